"""A page's text: without its furniture, and without what readers do not see.

What is hidden from people is hidden from models: comments, scripts, hidden elements, invisible
characters. What is said openly is kept, whatever it says; prompts enclose it as material.
What does not belong here: fetching, prompts.
"""

from __future__ import annotations

import re
from typing import Any

from resources.text_decoding import decode_text

TEXT_TYPES = frozenset({"text/plain", "text/markdown"})
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
LEAST_CHARS = 60
"""Below this a page says nothing: a menu, a redirect, a wall that asks for cookies."""

_UNSEEN_ELEMENTS = ("script", "style", "template", "noscript", "iframe", "object", "svg", "head")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)"
    r"|font-size\s*:\s*0(?:px|em|rem|%)?\s*(?:;|$)",
    re.IGNORECASE,
)
# Control characters but line ends and tabs; marks of direction; tags and other invisible ones. The
# zero-width non-joiner is a letter of Persian and stays.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u180e\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def text_of(name: str, body: bytes, media_type: str) -> tuple[str, str]:
    """Give (title, Markdown) of a page; both empty where it says nothing.

    Raises UnreadableDocument where the bytes are no text.
    """
    is_page = media_type not in TEXT_TYPES
    source = decode_text(name, body, html=is_page)
    if not is_page:
        return "", _clean(source)
    return _of_page(source)


def _of_page(source: str) -> tuple[str, str]:
    import trafilatura
    from lxml import etree
    from lxml import html as parser

    try:
        tree = parser.document_fromstring(source.encode("utf-8"), parser=_utf8())
    except (etree.ParserError, ValueError):
        return "", ""
    title = _clean(" ".join((tree.findtext(".//title") or "").split()))
    _take_out_unseen(tree)
    found = trafilatura.extract(
        tree,
        output_format="markdown",
        include_comments=False,
        include_links=False,
        include_tables=True,
        deduplicate=False,
        favor_recall=True,
    )
    text = _clean(found or "")
    return title[:300], text if len(text) >= LEAST_CHARS else ""


def _utf8() -> Any:
    from lxml import html as parser

    return parser.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def _take_out_unseen(tree: Any) -> None:
    for element in list(tree.iter()):
        if isinstance(element.tag, str) and _is_unseen(element):
            element.drop_tree()


def _is_unseen(element: Any) -> bool:
    if element.getparent() is None or element.tag in ("html", "body"):
        return False
    return (
        element.tag in _UNSEEN_ELEMENTS
        or element.get("hidden") is not None
        or element.get("aria-hidden", "").casefold() == "true"
        or bool(_HIDING.search(element.get("style", "")))
    )


def _clean(text: str) -> str:
    lines = (line.rstrip() for line in _INVISIBLE.sub("", text).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
