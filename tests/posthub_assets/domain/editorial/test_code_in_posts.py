"""Code in posts: it stands whole, after its lead-in, and is no words."""

from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.editorial.code_blocks import fenced
from posthub_assets.domain.editorial.extraction import extract_units
from posthub_assets.domain.editorial.restoring import parse_quote
from posthub_assets.domain.text.words import count_words

PAGE = """# Counting spokes

A wheel has thirty-six spokes in most workshops. Let Python count them for you:

```python
>>> print("spokes", 36)
spokes 36
```

Nice! It prints the name and the number of what was counted.
"""


def units_of(text):
    return extract_units([SourceDocument(id="d", name="d.md", text=text)], "en")


def test_code_follows_its_lead_in_and_keeps_its_language():
    (unit,) = units_of(PAGE)
    quote = unit.passage().quote
    assert 'for you:\n\n```python\n>>> print("spokes", 36)\nspokes 36\n```\n\nIt prints' in quote
    assert not unit.is_prose


def test_a_quote_with_code_is_read_back_as_it_was():
    (unit,) = units_of(PAGE)
    paragraphs, items, _ = parse_quote(unit.passage().quote, "en")
    assert paragraphs == unit.paragraphs
    assert items == ()


def test_code_counts_as_no_words():
    assert count_words("Two words.\n\n```python\nmany more words here\n```\n\nAnd three more.") == 5


def test_a_lead_in_goes_where_its_code_cannot_be_shown():
    page = PAGE.replace("spokes 36\n", "{% include 'count.txt' %}\n")
    assert "Let Python count" not in " ".join(unit.text for unit in units_of(page))


def test_long_open_and_quoted_code_is_not_shown():
    long = "```\n" + "row\n" * 30 + "```\n"
    assert fenced(long, 0, len(long)) == ""
    assert fenced("```\nopen\n", 0, 9) == ""
    assert fenced("> ```\n> x\n> ```\n", 2, 16) == ""


def test_indented_code_becomes_a_fence():
    text = "    >>> 1 + 1\n    2\n"
    assert fenced(text, 0, len(text)) == "```\n>>> 1 + 1\n2\n```"
