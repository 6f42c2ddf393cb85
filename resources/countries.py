"""The country of a time zone, from the table that the package `tzdata` carries.

Used where a company names no country: working days without the public holidays of a country would
plan a post for Christmas Day. What does not belong here: the holidays themselves.
"""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def _countries() -> dict[str, str]:
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def country_of(timezone: str) -> str:
    """Give the ISO 3166-1 alpha-2 country of an IANA zone; empty where it belongs to none."""
    return _countries().get(timezone, "")
