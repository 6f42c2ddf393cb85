"""`company.yaml`: the brief that an account manager types in, checked in full.

Every problem is found and told at once, each with its field and what is allowed there.
What does not belong here: the documents beside the file (`company_folder.py`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from posthub_assets.domain.bodies import Platform
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.tiers import Tier
from resources.countries import country_of

MAX_FILE_BYTES = 200_000
MAX_SLUG_CHARS = 63
"""A DNS label's length; the slug becomes part of paths and partition keys."""
MAX_TEXT_CHARS = 5_000
MAX_COLORS = 8
MAX_EVENTS = 500
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
TEXTS = ("organization", "industry", "business_field", "audience")
FIELDS = (
    "slug",
    "name",
    "organization",
    "website",
    "language",
    "timezone",
    "country",
    "industry",
    "business_field",
    "audience",
    "tier",
    "platforms",
    "brand",
    "marketing_events",
)


@dataclass(frozen=True, slots=True)
class EventEntry:
    """A marketing event of the company."""

    date: date
    title: str


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """A valid `company.yaml`. Texts that were not given are empty."""

    slug: str
    name: str
    organization: str
    """The company's name where none is given."""
    website: str
    language: str
    timezone: str
    country: str
    industry: str
    business_field: str
    audience: str
    tier: Tier
    platforms: tuple[Platform, ...]
    brand_colors: tuple[str, ...]
    """`#RRGGBB`, in capitals."""
    marketing_events: tuple[EventEntry, ...]
    unknown_fields: tuple[str, ...] = ()
    """One sentence for each field of the file that means nothing to us."""


def read_company_file(path: Path) -> CompanyFile:
    """Read and check a `company.yaml`.

    Raises InvalidInput: one message that names each field that is wrong and what it may be; its
    `field` is the first of them.
    """
    return parse_company(_load(path), path.name)


def parse_company(content: Mapping[Any, Any], name: str) -> CompanyFile:
    """Check the fields of a brief, wherever they come from; `name` is how messages call it.

    Raises InvalidInput, like `read_company_file`.
    """
    reading = _Reading(content)
    company = reading.company()
    if reading.problems:
        listed = "\n".join(f"  {field}: {problem}" for field, problem in reading.problems)
        raise InvalidInput(f"{name} cannot be used:\n{listed}", field=reading.problems[0][0])
    return company


def _load(path: Path) -> dict[str, Any]:
    import yaml

    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInput(
                f"{path.name} is larger than {MAX_FILE_BYTES // 1000} kB; it should be a page.",
                field=path.name,
            )
        content = load_yaml_texts(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise InvalidInput(
            f"There is no {path.name} in {path.parent}. It names the company, its language, time "
            "zone and tier.",
            field=path.name,
        ) from error
    except (OSError, UnicodeDecodeError, ValueError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise InvalidInput(f"{path.name} cannot be read: {reason}", field=path.name) from error
    if not isinstance(content, dict):
        raise InvalidInput(
            f"{path.name} must be a list of `field: value` lines, beginning with slug and name.",
            field=path.name,
        )
    return content


class _Reading:
    """One pass over the fields; problems are collected, not raised."""

    def __init__(self, content: Mapping[Any, Any]) -> None:
        self.content = content
        self.problems: list[tuple[str, str]] = []

    def company(self) -> CompanyFile:
        name = self._text("name", required=True)
        texts = {field: self._text(field) for field in TEXTS}
        texts["organization"] = texts["organization"] or name
        return CompanyFile(
            slug=self._slug(),
            name=name,
            website=self._website(),
            language=self._language(),
            timezone=self._timezone(),
            country=self._country() or country_of(self._text("timezone")),
            tier=self._tier(),
            platforms=self._platforms(),
            brand_colors=self._colors(),
            marketing_events=self._events(),
            unknown_fields=self._unknown(),
            **texts,
        )

    def _bad(self, field: str, problem: str) -> None:
        self.problems.append((field, problem))

    def _text(self, field: str, *, required: bool = False) -> str:
        value = self.content.get(field)
        if value is None or value == "":
            if required:
                self._bad(field, "is missing.")
            return ""
        if not isinstance(value, str):
            self._bad(field, "must be text. Put it in quotes.")
            return ""
        text = " ".join(value.split())
        if len(text) > MAX_TEXT_CHARS:
            self._bad(field, f"has {len(text)} characters; the limit is {MAX_TEXT_CHARS}.")
        if "\x00" in text:
            self._bad(field, "holds a NUL character.")
        return text

    def _slug(self) -> str:
        slug = self._text("slug", required=True)
        if slug and (not SLUG.fullmatch(slug) or len(slug) > MAX_SLUG_CHARS):
            self._bad(
                "slug",
                f"{slug!r} may hold small letters a-z, digits and single hyphens between them, "
                f"at most {MAX_SLUG_CHARS} characters.",
            )
        return slug

    def _website(self) -> str:
        website = self._text("website")
        try:
            parts = urlsplit(website)
            fits = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            fits = False
        if website and not fits:
            self._bad("website", f"{website!r} must begin with https:// or http://.")
        return website

    def _language(self) -> str:
        language = self._text("language", required=True)
        if language and not re.fullmatch(r"[a-z]{2,3}", language):
            self._bad(
                "language",
                f"{language!r} must be a language code of two or three small letters, such as en, "
                "cs, fa or uk.",
            )
        return language

    def _timezone(self) -> str:
        zone = self._text("timezone", required=True)
        try:
            if zone:
                ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._bad(
                "timezone",
                f"{zone!r} is not an IANA time zone; write it like Europe/Prague or "
                "America/New_York.",
            )
        return zone

    def _country(self) -> str:
        country = self._text("country")
        if country and not re.fullmatch(r"[A-Z]{2}", country):
            self._bad("country", f"{country!r} must be two capital letters (ISO 3166), such as CZ.")
        return country

    def _tier(self) -> Tier:
        tier = self._text("tier", required=True)
        if tier in Tier.__members__:
            return Tier(tier)
        if tier:
            self._bad("tier", f"{tier!r} is not one of {', '.join(Tier)}.")
        return Tier.TRIAL

    def _platforms(self) -> tuple[Platform, ...]:
        named = self._list("platforms", "platforms", required=True)
        known = {str(platform) for platform in Platform}
        for name in named:
            if not isinstance(name, str) or name not in known:
                self._bad("platforms", f"{name!r} is not one of {', '.join(Platform)}.")
        found = [Platform(name) for name in named if isinstance(name, str) and name in known]
        return tuple(dict.fromkeys(found))

    def _colors(self) -> tuple[str, ...]:
        brand = self.content.get("brand") or {"colors": []}
        if not isinstance(brand, dict):
            self._bad("brand", "must hold a line `colors: [...]`.")
            return ()
        colors = self._list("colors", "brand.colors", of=brand)
        if len(colors) > MAX_COLORS:
            self._bad("brand.colors", f"holds {len(colors)} colours; the limit is {MAX_COLORS}.")
        for position, color in enumerate(colors):
            if not isinstance(color, str) or not COLOR.fullmatch(color):
                problem = f'{color!r} must look like "#1C304A", in quotes.'
                self._bad(f"brand.colors[{position}]", problem)
        return tuple(str(color).upper() for color in colors)

    def _events(self) -> tuple[EventEntry, ...]:
        listed = self._list("marketing_events", "marketing_events")
        if len(listed) > MAX_EVENTS:
            self._bad("marketing_events", f"holds {len(listed)}; the limit is {MAX_EVENTS}.")
            return ()
        events = (self._event(f"marketing_events[{n}]", entry) for n, entry in enumerate(listed))
        return tuple(event for event in events if event is not None)

    def _event(self, field: str, entry: object) -> EventEntry | None:
        if not isinstance(entry, dict):
            self._bad(field, "must hold a date and a title.")
            return None
        title, day = entry.get("title"), as_date(entry.get("date"))
        if not isinstance(title, str) or not title.strip():
            self._bad(f"{field}.title", "is missing, or is not text.")
            return None
        if day is None:
            self._bad(
                f"{field}.date", f"{entry.get('date')!r} is not a date; write it like 2026-12-31."
            )
            return None
        return EventEntry(day, " ".join(title.split()))

    def _list(
        self, key: str, field: str, *, of: Mapping[Any, Any] | None = None, required: bool = False
    ) -> list[Any]:
        value = (self.content if of is None else of).get(key)
        if value in (None, "", []):
            if required:
                self._bad(field, "is missing; name at least one.")
            return []
        if not isinstance(value, list):
            self._bad(field, "must be a list: [one, two].")
            return []
        return value

    def _unknown(self) -> tuple[str, ...]:
        sentences = []
        for field in self.content:
            if field not in FIELDS:
                near = difflib.get_close_matches(str(field), FIELDS, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                sentences.append(f"the field {field!s:.60} is not known and was left out.{hint}")
        return tuple(sentences)


def load_yaml_texts(text: str) -> Any:
    """Read YAML with all scalars as text: a country `NO` is not false, a bad date no crash.

    No object other than text, list and dict can come of it, whatever tags the file holds.
    Raises yaml.YAMLError.
    """
    import yaml

    return yaml.load(text, Loader=yaml.BaseLoader)  # builds text, lists and dicts only


def as_date(value: object) -> date | None:
    """Give the date of text that begins with YYYY-MM-DD, or None."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
