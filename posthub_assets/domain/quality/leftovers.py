"""Leftovers: words that came from a template, a tool or a chatbot and were never meant for readers.

Code (fenced, indented or between backticks) is not searched: a post about templates may show one.
What does not belong here: values that say "unknown" (`emptiness.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from posthub_assets.domain.quality.findings import Finding, fail, warn

RULE = "template_leftovers"


@dataclass(frozen=True, slots=True)
class Leftover:
    """One sort of leftover: what it is called, how it looks, and what a person should do.

    Where it is not `certain`, the words may be meant: then it is a warning. One of the `hints`,
    casefolded, stands in every match: a text without them is not searched. Without hints every text
    is searched.
    """

    name: str
    pattern: re.Pattern[str]
    advice: str
    certain: bool = True
    hints: tuple[str, ...] = ()

    def find(self, text: str, folded: str) -> Iterator[re.Match[str]]:
        """Give the matches in `text`; `folded` is a line end and the text, casefolded."""
        if self.hints and not any(hint in folded for hint in self.hints):
            return iter(())
        return self.pattern.finditer(text)


_FILL = "Write the words that belong there, or delete it."
_DELETE = "Delete it."
_I = re.IGNORECASE

_HTML_NAMES = (
    "a|abbr|article|aside|audio|b|blockquote|body|br|button|caption|center|cite|code|col|dd|del|"
    "details|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|"
    "html|i|iframe|img|input|ins|label|legend|li|link|main|mark|meta|nav|noscript|object|ol|option|"
    "p|param|picture|pre|q|s|script|section|select|small|source|span|strike|strong|style|sub|"
    "summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|u|ul|video"
)

_CHATBOT = (
    # English
    r"\bas an? (?:AI|artificial intelligence)\b(?: (?:language )?model| assistant|,)",
    r"\bas a (?:large )?language model\b",
    r"\bI(?: am|['’]m) (?:just |only )?an? (?:AI|language model)\b",
    r"\bmy (?:knowledge cut-?off|training data)\b",
    r"\bI (?:cannot|can['’]t) (?:browse|access) the internet\b",
    r"^(?:Sure|Certainly|Of course)[!,.] (?:Here|I)\b",
    r"\bregenerate response\b",
    # Czech
    r"\bjako (?:umělá inteligence|AI|(?:velký )?jazykový model)\b",
    r"\bjakožto (?:umělá inteligence|AI|jazykový model)\b",
    r"\bjsem (?:jen |pouze )?(?:umělá inteligence|jazykový model)\b",
    # Ukrainian
    r"\bяк (?:штучний інтелект|ШІ|(?:велика )?мовна модель)\b",
    r"\bя (?:лише |всього лише )?(?:штучний інтелект|мовна модель)\b",
    # Persian, with a space or a zero-width non-joiner in "به عنوان"
    r"به[\s\u200c]*عنوان[\s\u200c]*(?:یک|ي?ك)?[\s\u200c]*(?:هوش[\s\u200c]*مصنوع[یي]|مدل[\s\u200c]*زبان[یي])",
)

_CHATBOT_HINTS = (
    *(" an ai", " a ai", "artificial intelligence", "language model", "knowledge cut"),
    *("training data", "the internet", "regenerate response"),
    *("\nsure", "\ncertainly", "\nof course"),
    *("umělá inteligence", "jako ai", "jakožto ai", "jazykový model"),
    *("штучний інтелект", "як ші", "мовна модель"),
    *("هوش", "مدل"),
)

LEFTOVERS: tuple[Leftover, ...] = (
    Leftover(
        "front matter of a page",
        re.compile(r"\A\ufeff?\s*(?:---|\+\+\+)[ \t]*\r?\n(?:[^\n]*\n)*?[\w-]+[ \t]*[:=]"),
        "Delete the block of settings at the top.",
    ),
    Leftover(
        "front matter of a page",
        re.compile(
            r"^(?:layout|permalink|slug|draft|tags|redirect_from):[ \t]*[\w/\[\"'-]*[ \t]*$", re.M
        ),
        _DELETE,
        hints=("layout:", "permalink:", "slug:", "draft:", "tags:", "redirect_from:"),
    ),
    Leftover(
        "templating",
        re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<%.*?%>|\$\{[^{}\n]*\}", re.DOTALL),
        _FILL,
        hints=("{", "<%"),
    ),
    Leftover(
        "templating",
        re.compile(r"\{\{|\}\}|\{%|%\}|\{:[^{}\n]*\}"),
        _FILL,
        hints=("{", "}"),
    ),
    Leftover(
        "an unfilled placeholder",
        re.compile(r"(?<![\w$\\{])\{[A-Za-z_][\w .-]{0,40}\}"),
        _FILL,
        hints=("{",),
    ),
    Leftover(
        "an unfilled placeholder",
        re.compile(
            r"\[(?:todo|tbd|tba|tk|xxx|fixme|placeholder|insert\b[^\]\n]*|your\b[^\]\n]*"
            r"|(?:company|brand|product|customer|first|last|full)[ _-]?name|doplnit|doplňte[^\]\n]*"
            r"|вставте[^\]\n]*|додати|نام شرکت|تکمیل شود)(?:[:,][^\]\n]*)?\](?!\()",
            _I,
        ),
        _FILL,
    ),
    Leftover(
        "an unfilled placeholder", re.compile(r"\[[A-Z][A-Z0-9]*(?:[ _][A-Z0-9]+)+\](?!\()"), _FILL
    ),
    Leftover(
        "an unfilled placeholder",
        re.compile(r"\b(?:TODO|FIXME)\b[ \t]*:|^[ \t]*(?:TODO|FIXME)\b|\bTKTK\b|\bXXXX*\b", re.M),
        _FILL,
        hints=("todo", "fixme", "tktk", "xxx"),
    ),
    Leftover(
        "an unfilled placeholder",
        re.compile(r"<(?:your|company|insert|enter|name of)\b[^<>\n]{0,40}>", _I),
        _FILL,
    ),
    Leftover(
        "placeholder text",
        re.compile(r"Lorem ipsum|(?i:lorem ipsum[,]? dolor|dolor sit amet|consectetur adipiscing)"),
        _FILL,
        hints=("lorem ipsum", "dolor sit amet", "consectetur"),
    ),
    Leftover(
        "a mention of placeholder text",
        re.compile(r"lorem ipsum", _I),
        "Make sure that it is spoken of, not left over.",
        certain=False,
        hints=("lorem ipsum",),
    ),
    Leftover(
        "HTML",
        re.compile(
            rf"<!--.*?-->|<!doctype[^>]*>|</?(?:{_HTML_NAMES})(?=[\s/>])[^<>]*>", _I | re.DOTALL
        ),
        "Delete the tag; keep the words. Where it is an example, put it between backticks.",
    ),
    Leftover(
        "a citation mark of a chatbot",
        re.compile(
            r"【[^】\n]*†[^】\n]*】|:?contentReference\[oaicite[^\n]*?\}?|\boaicite\b|\bturn\d+search\d+|\[cite_start\]|utm_source=chatgpt\.com"
        ),
        _DELETE,
        hints=("【", "oaicite", "search", "[cite_start]", "utm_source=chatgpt.com"),
    ),
    Leftover(
        "a chatbot speaking of itself",
        re.compile("|".join(_CHATBOT), _I | re.MULTILINE),
        "Delete the sentence, or write what the company would say.",
        hints=_CHATBOT_HINTS,
    ),
    Leftover(
        "a link without a target",
        re.compile(r"\]\((?:\s*|#|undefined|null|None)\)"),
        "Give the link its address, or keep only its words.",
    ),
    Leftover(
        "text in a broken encoding",
        re.compile(r"\ufffd|[\ue000-\uf8ff]|Ã[\u0080-\u00bf]|â€[™œ\u009d“”˜¦]|Ð[\u0080-\u00bf]Ð"),
        "Write the characters anew.",
    ),
)
"""In the order in which they are searched. An earlier sort hides a later one at the same place."""


def leftovers(prose: str, where: str, *, with_span: bool) -> Iterator[Finding]:
    """Name each leftover in `prose`.

    `prose` has its code blanked out; `where` is the field in a person's words ("the text");
    spans are given only where `prose` is the item's main text.
    """
    taken: list[tuple[int, int]] = []
    folded = "\n" + prose.casefold()
    for sort in LEFTOVERS:
        for match in sort.find(prose, folded):
            start, end = match.span()
            if any(start < t_end and t_start < end for t_start, t_end in taken):
                continue
            taken.append((start, end))
            found = fail if sort.certain else warn
            yield found(
                RULE,
                f"“{_shown(match.group())}” in {where} is {sort.name}. {sort.advice}",
                (start, end) if with_span else None,
                match.group(),
                sort.name,
            )


def _shown(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 60 else line[:59] + "…"
