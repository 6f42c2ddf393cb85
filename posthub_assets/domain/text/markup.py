"""From a document as it arrives (Markdown, HTML, templating) to plain Markdown, traced.

What does not belong here: marks inside a line (`inline.py`) and blocks (`documents.py`).
"""

from __future__ import annotations

import re

from posthub_assets.domain.text.languages.pack import word_set
from posthub_assets.domain.text.traced import Piece, Traced

LOST = "\ue000"
"""Stands where a value was that only the site's templating knew; its sentence is not whole."""

_FLAGS = re.DOTALL | re.IGNORECASE
_FENCE = re.compile(
    r"^(?P<open>[ \t>]*(?P<tick>`{3,}|~{3,})[^\n`]*\n).*?^(?P<close>[ \t>]*(?P=tick)[`~]*[ \t]*$)",
    re.DOTALL | re.MULTILINE,
)
_TEMPLATE_CODE = re.compile(r"(?<!`)`[^`\n]*\{[%{][^`\n]*`(?!`)")
_TEMPLATE_REGION = re.compile(
    r"\{%-?\s*(comment|filename|raw_code)\b.*?%\}.*?\{%-?\s*end\1\s*-?%\}", _FLAGS
)
_TEMPLATE_CODE_REGION = re.compile(
    r"\{%-?\s*(highlight|code)\b.*?%\}.*?\{%-?\s*end\1\s*-?%\}", _FLAGS
)
_TEMPLATE_TAG = re.compile(r"\{%-?\s*(?P<word>\w*).*?%\}|\{\{.*?\}\}", re.DOTALL)
_SILENT_TAGS = word_set(
    "if elif else endif unless endunless for endfor capture endcapture assign set block endblock "
    "raw endraw with endwith load extends import from macro endmacro"
)
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[:#.][^{}\n]*\}|\{:[^{}\n]*\}|\[\[toc\]\]|\[TOC\]")

_COMMENT = re.compile(r"<!--.*?-->|<!DOCTYPE[^>]*>|<\?xml.*?\?>", _FLAGS)
_SILENT_ELEMENTS = re.compile(
    r"<(script|style|svg|nav|footer|button|select|textarea|iframe|video|audio|object|noscript|form"
    r"|fieldset|template|figcaption|label|legend|canvas)\b[^>]*>.*?</\1\s*>",
    _FLAGS,
)
_BUTTON_LINK = re.compile(
    r"<a\b[^>]*class=[\"'][^\"']*\b(?:btn|button|usa-button|skip)[^\"']*[\"'][^>]*>.*?</a\s*>",
    _FLAGS,
)
_CODE_ELEMENT = re.compile(r"<(pre|table)\b[^>]*>.*?</\1\s*>", _FLAGS)
_HEADING = re.compile(r"[ \t]*<h([1-6])\b[^>]*>(.*?)</h\1\s*>", _FLAGS)
_TITLE = re.compile(r"<title\b[^>]*>(.*?)</title\s*>", _FLAGS)
_HEAD = re.compile(r"<head\b[^>]*>.*?</head\s*>", _FLAGS)
_QUOTE = re.compile(r"[ \t]*<blockquote\b[^>]*>(.*?)</blockquote\s*>", _FLAGS)
_QUIET = "\ue001"
_QUIET_TAG = re.compile(_QUIET)
_INLINE_CODE = r"(?<!`)(?P<ticks>`+)(?!`)[^`\n](?:.(?!\n[ \t]*\n))*?(?<!`)(?P=ticks)(?!`)"
_CODE_SPAN = re.compile(_INLINE_CODE, re.DOTALL)
_TAG = re.compile(
    _INLINE_CODE + r"|[ \t]*</?(?P<name>[a-zA-Z][a-zA-Z0-9-]*)\b"
    r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?>",
    re.DOTALL,
)
_BLOCK_TAGS = word_set(
    "address article aside body center dd details dialog div dl dt figure header hgroup hr html "
    "main ol p section summary ul"
)


def to_markdown(source: Traced, html: bool) -> Traced:
    """Take out templating and HTML. Code keeps its place as an empty fence; tables of HTML go.

    `html`: the document is an HTML page, where indentation and backticks mean nothing.
    """
    text = source if html else source.sub(_FENCE, _empty_fence).sub(_CODE_SPAN, _quiet_tags)
    text = _without_templating(text)
    text = text.drop(_COMMENT)
    text = _without_silent_html(text)
    text = text.sub(_HEADING, _heading).sub(_QUOTE, _quote).sub(_TAG, _tag)
    if html:
        text = text.drop(re.compile(r"(?m)^[ \t]+"))
    text = text.drop(re.compile(r"(?m)^(?P<indent>[ \t]*)[•▪◦‣·][ \t]+"), "- ")
    return text.drop(re.compile(r"\r\n?"), "\n").drop(_QUIET_TAG, "<")


def _quiet_tags(match: re.Match[str]) -> tuple[Piece, ...]:
    """Keep tags between backticks from being read as tags."""
    pieces: list[Piece] = []
    start = match.start()
    for part in re.split("(<)", match.group()):
        pieces.append(_QUIET if part == "<" else (start, start + len(part)))
        start += len(part)
    return tuple(pieces)


def _empty_fence(match: re.Match[str]) -> tuple[Piece, ...]:
    return (match.span("open"), match.span("close"))


def _without_templating(text: Traced) -> Traced:
    text = text.drop(_TEMPLATE_CODE, LOST).drop(_TEMPLATE_REGION)
    text = text.drop(_TEMPLATE_CODE_REGION, "\n\n```\n```\n\n")
    whole = text.text

    def rewrite(match: re.Match[str]) -> tuple[Piece, ...]:
        if (match.group("word") or "") in _SILENT_TAGS or _alone(whole, *match.span()):
            return ("",)
        return (LOST,)

    return text.sub(_TEMPLATE_TAG, rewrite).drop(_ATTRIBUTES)


def _alone(text: str, start: int, end: int) -> bool:
    """Tell whether nothing else stands on the lines of the span."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    after = text[end : stop if stop >= 0 else len(text)]
    return not before.strip(" \t>") and not after.strip()


def _without_silent_html(text: Traced) -> Traced:
    if "<" not in text.text:
        return text
    if not re.search(r"<h1\b", text.text, re.IGNORECASE):
        text = text.sub(_TITLE, lambda m: ("</head>\n\n# ", m.span(1), "\n\n"))
    text = text.drop(_HEAD).drop(_BUTTON_LINK)
    for _ in range(3):  # silent elements may lie in one another
        text = text.drop(_SILENT_ELEMENTS)
    return text.drop(_CODE_ELEMENT, "\n\n```\n```\n\n")


def _lines(match: re.Match[str], group: int, glue: str) -> list[Piece]:
    pieces: list[Piece] = []
    start = match.start(group)
    for line in match.group(group).split("\n"):
        stripped = line.strip()
        if stripped:
            at = start + line.index(stripped)
            pieces += [(at, at + len(stripped)), glue]
        start += len(line) + 1
    return pieces[:-1]


def _heading(match: re.Match[str]) -> tuple[Piece, ...]:
    marks = "#" * int(match.group(1))
    return (f"\n\n{marks} ", *_lines(match, 2, " "), "\n\n")


def _quote(match: re.Match[str]) -> tuple[Piece, ...]:
    return ("\n\n> ", *_lines(match, 1, "\n> "), "\n\n")


def _tag(match: re.Match[str]) -> tuple[Piece, ...] | None:
    if match.group("ticks"):
        return None
    name = match.group("name").lower()
    if name == "li":
        return ("\n- ",) if "</" not in match.group() else ("\n",)
    if name == "br":
        return ("\n",)
    if name == "code":
        return ("`",) if match.group().lstrip()[1] == "/" else (_space(match), "`")
    return ("\n\n",) if name in _BLOCK_TAGS else (_space(match),)


def _space(match: re.Match[str]) -> str:
    return " " if match.group()[0] in " \t" else ""
