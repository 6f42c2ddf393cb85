"""Reading documents: what remains of a page, and where it stands in it."""

import pytest

from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.text.documents import BlockKind, read_blocks

PAGE = """---
title: "Our repair service"
lead: >
  We mend what others throw away.
  Most repairs take a day.
layout: page
---
{% include "menu.html" %}

## What we mend {#what}

We mend **chains**, _brakes_ and [wheels](https://example.org/wheels "Wheels"){.link}. Prices
start at {{ prices.least }} crowns.

![A wheel](wheel.jpg)

[![chat](https://badges.example.org/chat.svg)](https://example.org/chat)

1. Bring the bike &amp; the lock.
2. Tell us what rattles.[^1]
   - Noise from the `hub_gear` counts too.

> Slow is smooth.

```python
print("never read")
```

| part | price |
| --- | --- |
| chain | 10 |
"""


def read(text, name="page.md", media_type="text/markdown"):
    return read_blocks(SourceDocument(id="d", name=name, text=text, media_type=media_type))


def texts(blocks, kind):
    return [block.text for block in blocks if block.kind is kind]


def test_front_matter_gives_its_title_and_lead_and_nothing_else():
    blocks = read(PAGE)
    assert blocks[0].kind is BlockKind.HEADING
    assert blocks[0].text == "Our repair service"
    assert blocks[1].text == "We mend what others throw away. Most repairs take a day."
    assert all("layout" not in block.text for block in blocks)


def test_marks_links_images_and_templating_leave_only_words():
    paragraph = texts(read(PAGE), BlockKind.PARAGRAPH)[1]
    assert paragraph == "We mend chains, brakes and wheels. Prices start at crowns."


def test_a_templated_value_leaves_a_gap_that_says_where_it_was():
    block = next(b for b in read(PAGE) if b.text.startswith("We mend chains"))
    assert [block.text[gap - 3 : gap] for gap in block.gaps] == ["at "]


def test_lists_keep_their_order_their_depth_and_their_list():
    items = [b for b in read(PAGE) if b.kind is BlockKind.ITEM]
    assert [b.text for b in items] == [
        "Bring the bike & the lock.",
        "Tell us what rattles.",
        "Noise from the hub_gear counts too.",
    ]
    assert [b.level for b in items] == [1, 1, 2]
    assert items[0].ordered and not items[2].ordered
    assert items[0].list_id == items[1].list_id != items[2].list_id


def test_code_and_tables_keep_their_place_and_have_no_text():
    blocks = read(PAGE)
    assert [b.kind for b in blocks[-2:]] == [BlockKind.CODE, BlockKind.TABLE]
    assert not any(b.text for b in blocks[-2:])
    assert "never read" in PAGE[blocks[-2].start : blocks[-2].end]


def test_every_block_knows_its_headings_and_its_place():
    for block in read(PAGE):
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.QUOTE):
            first, last = block.text.split()[0], block.text.split()[-1].strip(".")
            assert first in PAGE[block.start : block.end]
            assert last in PAGE[block.start : block.end]
    assert read(PAGE)[3].heading_path == ("Our repair service", "What we mend")


HTML = """<!DOCTYPE html><html><head><title>Shop</title><style>p {color: red}</style></head><body>
<nav><a href="/">Home</a></nav>
<section><h1>
   The shop
   at the bridge</h1>
   <p>Open from <b>nine</b>&nbsp;to&nbsp;five.</p>
   <ul><li>New bikes</li><li>Old bikes</li></ul>
   <a class="btn btn-big" href="/buy">Buy now</a>
   <script>track()</script>
</section><footer>All rights reserved</footer></body></html>"""


def test_an_html_page_is_read_without_its_chrome():
    blocks = read(HTML, "shop.html", "text/html")
    assert [(b.kind, b.text) for b in blocks] == [
        (BlockKind.HEADING, "The shop at the bridge"),
        (BlockKind.PARAGRAPH, "Open from nine to five."),
        (BlockKind.ITEM, "New bikes"),
        (BlockKind.ITEM, "Old bikes"),
    ]


def test_plain_text_has_headings_where_short_lines_stand_alone():
    blocks = read("Our history\n\nWe began in a shed.\n\n• one wheel\n", "a.txt", "text/plain")
    assert [b.kind for b in blocks] == [BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM]


def test_tags_between_backticks_are_words():
    block = read("The `<h1>Big</h1>` tag is `{{ lost }}` here.")[0]
    assert block.kind is BlockKind.PARAGRAPH
    assert block.text == "The <h1>Big</h1> tag is here."
    assert len(block.gaps) == 1


def test_a_paragraph_in_bold_is_a_heading():
    blocks = read("# Top\n\n**Small print**\n\nWords follow.\n")
    assert [b.kind for b in blocks][:2] == [BlockKind.HEADING, BlockKind.HEADING]
    assert blocks[2].heading_path == ("Top", "Small print")


@pytest.mark.parametrize(
    "text", ["", "   \n", "---\ntitle:\n---\n", "<<<>>> {{ {% ** __", "]]](((", "\x00"]
)
def test_odd_markup_never_raises(text):
    assert isinstance(read(text), tuple)


def test_bare_addresses_and_emoticons_go():
    block = read("Look at https://example.org/a_b?c=d for more (www.example.org). :)")[0]
    assert block.text == "Look at for more."
    assert block.gaps


@pytest.mark.shared_data
def test_real_pages_leave_no_marks_behind(shared_data):
    for path in sorted((shared_data / "companies/18f/documents").iterdir())[:60]:
        for block in read(path.read_text(), path.name):
            for mark in ("{%", "{{", "](", "&nbsp;", "permalink:"):
                assert mark not in block.text, (path.name, block.text)
