"""Code of a document as a post may show it: short, whole, with its language.

What does not belong here: which sentence leads it in (`extraction.py`).
"""

from __future__ import annotations

import re
from textwrap import dedent

from posthub_assets.domain.editorial.units import FENCE

MAX_CODE_ROWS = 24
"""Longer code is a file, not an example."""
_OPENING = re.compile(r"```[\w+#.-]*[ \t]*")
_TEMPLATING = re.compile(r"\{%-? *(?:raw|endraw|filename|include)|<%|[\w.+-]+@[\w-]+\.\w{2,}")
_VALUE = re.compile(r"\{\{")


def fenced(text: str, start: int, end: int) -> str:
    """Give the code of `text[start:end]` as a fence; "" where it may not be shown.

    Shown is a closed fence or an indented block that stands at the margin, has at most 24 rows
    and no templating of its site. A value in double braces is shown in a page's source only;
    elsewhere it is a hole that the site fills.
    """
    before = text[:start]
    if before and not before.endswith("\n"):
        return ""
    block = text[start:end].replace("\r\n", "\n").rstrip()
    if block.startswith(FENCE):
        opening, *rows = block.split("\n")
        if not _OPENING.fullmatch(opening) or not rows or rows.pop() != FENCE:
            return ""
    else:
        opening, rows = FENCE, block.split("\n")
        if any(row.strip() and not row.startswith(("    ", "\t")) for row in rows):
            return ""
        rows = dedent("\n".join(rows)).strip("\n").split("\n")
    code = "\n".join(rows)
    if not code.strip() or len(rows) > MAX_CODE_ROWS or FENCE in code:
        return ""
    if _TEMPLATING.search(code) or (_VALUE.search(code) and "</" not in code):
        return ""
    return f"{opening.rstrip()}\n{code}\n{FENCE}"
