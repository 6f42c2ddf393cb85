"""Markdown as HTML that can do no harm."""

from __future__ import annotations

import re

import pytest

from api.pages.showing import readable


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<svg/onload=alert(1)>",
        "<iframe src='https://example.com'></iframe>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        "![x](https://example.com/beacon.png)",
        '[x](https://example.com "\\" onclick=alert(1) ")',
        "[x]: javascript:alert(1)\n\n[x]",
        "```html\n<script>alert(1)</script>\n```",
    ],
)
def test_nothing_in_a_text_runs_or_is_loaded(markdown):
    tags = re.findall(r"<(\w+)([^>]*)>", readable(markdown).lower())
    assert {name for name, _ in tags} <= {"p", "a", "pre", "code"}
    for _, attributes in tags:
        assert not re.search(r"(script|data):|\son\w+\s*=|src=", attributes), attributes


def test_a_link_says_no_more_than_where_it_leads():
    html = readable("[see](https://example.com/?a=1&b=%22)")
    assert html == (
        '<p><a href="https://example.com/?a=1&amp;b=%22" rel="noopener noreferrer nofollow"'
        ' target="_blank">see</a></p>\n'
    )
    assert readable("[see](/v1/contents)") == "<p><a>see</a></p>\n"


def test_headings_go_below_the_pages_own():
    assert readable("# One\n\n###### Six") == "<h2>One</h2>\n<h6>Six</h6>\n"


def test_a_heading_that_repeats_the_title_is_left_out():
    assert readable("# Bees\n\nFly.", "Bees") == "<p>Fly.</p>\n"
    assert readable("# Bees fly\n\nFly.", "Bees").startswith("<h2>Bees fly</h2>")


def test_a_picture_is_shown_by_its_words():
    assert readable("![a <b> jar](https://example.com/x.png)") == "<p>[a &lt;b&gt; jar]</p>\n"
