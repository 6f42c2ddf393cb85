"""The rules that mean something for any text let real published posts pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from posthub_assets.domain.quality.calibration import (
    ANY_TEXT_RULES,
    Published,
    judge,
    published_body,
    rates,
)

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def posts(shared_data: Path) -> list[Published]:
    folder = shared_data / "companies" / "18f" / "published_posts"
    return [Published(f.name, f.read_text(encoding="utf-8")) for f in sorted(folder.glob("*.md"))]


def test_at_most_one_published_post_in_twenty_fails_a_rule_for_any_text(posts):
    found = {rate.rule: rate for rate in rates(judge(posts, "en"))}
    assert len(posts) == 54
    for rule in ANY_TEXT_RULES:
        rate = found[rule]
        assert rate.failed * 20 <= len(posts), (rule, rate.failing)
        assert rate.passed + rate.warned + rate.failed == len(posts)


def test_a_copy_among_published_posts_is_still_found(posts):
    copy = Published("copy.md", posts[7].text.replace(" the ", " this "))
    found = {rate.rule: rate for rate in rates(judge([*posts, copy], "en"))}
    assert set(found["near_duplicates"].failing) == {posts[7].name, "copy.md"}
    assert set(found["repeated_sentences"].failing) >= {posts[7].name, "copy.md"}


def test_raw_pages_are_full_of_leftovers_and_clean_ones_are_not(posts):
    raw = [post for post in posts if "{{" in post.text]
    assert len(raw) > 20
    assert not any("{{" in published_body(post).markdown for post in raw)
    assert not any(published_body(post).markdown.startswith("---") for post in posts)


@pytest.mark.parametrize("code", ["en", "cs", "fa", "uk"])
def test_real_pages_in_four_languages_are_readable_and_in_their_language(code, shared_data):
    folder = shared_data / "companies" / "django-girls" / "documents" / code
    pages = [Published(f.name, f.read_text(encoding="utf-8")) for f in sorted(folder.glob("*.md"))]
    found = {rate.rule: rate for rate in rates(judge(pages, code))}
    for rule in ("readability", "near_duplicates", "template_leftovers", "empty_facts"):
        assert found[rule].failed == 0, (rule, found[rule].failing)
    # One Ukrainian page does end in a paragraph of English, and the rule is right to say so.
    assert found["language"].failed <= (1 if code == "uk" else 0)
