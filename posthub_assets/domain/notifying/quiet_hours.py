"""Quiet hours: e-mails wait until a person's morning, in the zone that the person lives by.

What does not belong here: where the settings are kept, reading the clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from posthub_assets.domain.errors import InvalidInput

QUIET_FROM = time(20, 0)
QUIET_UNTIL = time(8, 0)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person wants to be told. `zone` None means the company's own."""

    email: bool = True
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL
    zone: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Give what is stored in the person's settings."""
        return {
            "email": self.email,
            "quiet_from": f"{self.quiet_from:%H:%M}",
            "quiet_until": f"{self.quiet_until:%H:%M}",
            "zone": self.zone,
        }


def read_preferences(stored: Mapping[str, Any] | None) -> Preferences:
    """Read stored preferences; what is missing has its default. Raises InvalidInput."""
    given = stored or {}
    zone = given.get("zone")
    if zone is not None:
        check_zone(zone)
    return Preferences(
        email=given.get("email", True) is not False,
        quiet_from=read_time(given.get("quiet_from"), QUIET_FROM, "quiet_from"),
        quiet_until=read_time(given.get("quiet_until"), QUIET_UNTIL, "quiet_until"),
        zone=zone,
    )


def read_time(value: str | None, default: time, field: str) -> time:
    """Read `HH:MM`. Raises InvalidInput that names the field."""
    if value is None:
        return default
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise InvalidInput(f"{value!r} is no time of day; write it like 20:00.", field=field)
    return time.fromisoformat(value)


def check_zone(name: str) -> ZoneInfo:
    """Give an IANA zone. Raises InvalidInput for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"{name!r} is no time zone; write it like Europe/Prague.", field="zone"
        ) from None


def earliest(now: datetime, preferences: Preferences, company_zone: str) -> datetime:
    """Give the first moment at or after `now` that is not quiet, in UTC.

    Equal ends mean that nothing is quiet. Where the clock is set forward over the end, the moment
    is the one that `zoneinfo` gives for it.
    """
    start, end = preferences.quiet_from, preferences.quiet_until
    if start == end:
        return now
    zone = check_zone(preferences.zone or company_zone)
    local = now.astimezone(zone)
    clock = local.time()
    over_midnight = start > end
    is_quiet = (clock >= start or clock < end) if over_midnight else start <= clock < end
    if not is_quiet:
        return now
    day = local.date() + timedelta(days=1 if over_midnight and clock >= start else 0)
    return datetime.combine(day, end, zone).astimezone(UTC)
