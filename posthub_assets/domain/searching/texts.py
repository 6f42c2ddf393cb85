"""What of a body is searched: everything in words that a reader sees, without marks.

What does not belong here: words and stems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from posthub_assets.domain.text.languages.pack import word_set

_TITLES = ("title", "name", "company", "headline")
_FIRST = ("markdown", "text", "description", "summary", "biography", "alt_text")
_NOT_READ = word_set(
    """
passages evidence note source document_id document media_sha256 media_type layout text_color
background_color palette colors roles texts adjustments warnings media_sha256s show_id planned_on
archetype mbti level task platform url sources
"""
)
_ALSO_IN_MARKDOWN = frozenset({"faq", "takeaways"})

_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$", re.MULTILINE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:\s+\"[^\"]*\")?\)")
_LINE_START = re.compile(r"^[ \t]*(?:(?:#{1,6}|[-*+]|\d{1,3}[.)]|>)[ \t]+)+", re.MULTILINE)
_MARKS = re.compile(r"\*{1,3}|_{2,3}|`+|~~|^[ \t]*[-|: ]{3,}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Searched:
    """A title and a text of plain words, white space as single spaces."""

    title: str
    text: str


def searched(body: Mapping[str, Any] | None) -> Searched:
    """Give what is searched of a stored body of any kind; nothing of one that was erased."""
    if not body:
        return Searched("", "")
    title = next((str(body[name]) for name in _TITLES if body.get(name)), "")
    parts = list(_parts(body))
    return Searched(_spaced(title), _spaced("\n".join(parts)))


def _parts(body: Mapping[str, Any]) -> Iterator[str]:
    repeated = _ALSO_IN_MARKDOWN if body.get("markdown") else frozenset()
    title = next((name for name in _TITLES if body.get(name)), "")
    for name in _FIRST:
        value = body.get(name)
        if isinstance(value, str):
            yield plain_words(value) if name == "markdown" else value
    for name, value in body.items():
        if name not in _FIRST and name != title and name not in repeated:
            yield from _strings(name, value)


def _strings(name: str, value: Any) -> Iterator[str]:
    if name in _NOT_READ:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(name, one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _strings(key, one)


def plain_words(markdown: str) -> str:
    """Give the words of Markdown without its marks, tags and the addresses of links.

    Code keeps its words: people look for commands too.
    """
    text = _TAG.sub(" ", _FENCE.sub("", markdown))
    text = _LINK.sub(r"\1", text)
    return _MARKS.sub("", _LINE_START.sub("", text)).replace("|", " ")


def _spaced(text: str) -> str:
    return " ".join(text.split())
