"""Cells of CSV files that a spreadsheet must not take for formulas. Pure.

What does not belong here: which columns a file has.
"""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""OWASP, CSV injection (read in November 2026)."""


def guarded(cell: object) -> str:
    """Give the cell's text, with an apostrophe before one that begins like a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
