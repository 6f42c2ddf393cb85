"""Limits on requests, tokens and money, by company, organisation and provider, by day and month.

Days and months are those of UTC: a budget that began anew at a different moment for each company
could not be added up for its organisation.
What does not belong here: counting, which is Postgres's, and prices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from posthub_assets.domain.calendar import add_months
from posthub_assets.domain.spending.forecast import TIER_CEILINGS
from posthub_assets.domain.tiers import Tier

Period = Literal["day", "month"]
Owner = Literal["provider", "organization", "company"]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most of each in a period; None is no limit of that sort."""

    requests: int | None = None
    tokens: int | None = None
    cost_usd: Decimal | None = None

    @property
    def is_open(self) -> bool:
        """True where nothing is limited."""
        return self.requests is None and self.tokens is None and self.cost_usd is None


@dataclass(frozen=True, slots=True)
class LimitDefaults:
    """What holds where nothing is written down. What is None there follows from the tier."""

    month: Ceiling = field(default_factory=Ceiling)
    day: Ceiling = field(default_factory=Ceiling)


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit that a call has to fit under."""

    owner: Owner
    period: Period
    starts_on: date
    ceiling: Ceiling

    @property
    def resets_at(self) -> datetime:
        """The moment at which the period is over, in UTC."""
        if self.period == "day":
            following = self.starts_on + timedelta(days=1)
        else:
            following = add_months(self.starts_on, 1)
        return datetime(following.year, following.month, following.day, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WrittenLimit:
    """A limit that somebody wrote down, of a company or (None) of its organisation."""

    company_id: str | None
    period: Period
    ceiling: Ceiling


def limits_on(
    now: datetime,
    *,
    company_id: str,
    tier: Tier,
    tiers: Mapping[Tier, int],
    written: Iterable[WrittenLimit],
    provider_month_usd: Decimal | None,
    defaults: LimitDefaults,
) -> tuple[Limit, ...]:
    """Give the limits on a call of a company, in the order in which they are to be locked.

    `tiers` counts the organisation's active companies by tier: where no limit of the organisation
    is written down, it has what its companies have together. `provider_month_usd` is the platform's
    budget with the provider. What limits nothing is left out.
    """
    today = now.astimezone(UTC).date()
    firsts: dict[Period, date] = {"month": today.replace(day=1), "day": today}
    known = {(one.company_id, one.period): one.ceiling for one in written}
    found = [Limit("provider", "month", firsts["month"], Ceiling(cost_usd=provider_month_usd))]
    for owner, key in (("organization", None), ("company", company_id)):
        for period, first in firsts.items():
            ceiling = known.get((key, period))
            if ceiling is None:
                own = {tier: 1} if key else tiers
                ceiling = _together(own, period, defaults)
            found.append(Limit(owner, period, first, ceiling))  # type: ignore[arg-type]
    return tuple(one for one in found if not one.ceiling.is_open)


def _together(tiers: Mapping[Tier, int], period: Period, defaults: LimitDefaults) -> Ceiling:
    """Add up the ceilings of companies. One that is unlimited makes the sum unlimited."""
    each = [(_of_tier(tier, period, defaults), count) for tier, count in tiers.items() if count]
    requests = [(one.requests, count) for one, count in each]
    tokens = [(one.tokens, count) for one, count in each]
    costs = [(one.cost_usd, count) for one, count in each]
    return Ceiling(
        None if any(most is None for most, _ in requests) else sum(m * n for m, n in requests if m),
        None if any(most is None for most, _ in tokens) else sum(m * n for m, n in tokens if m),
        None
        if any(most is None for most, _ in costs)
        else sum((m * n for m, n in costs if m), start=Decimal(0)),
    )


def _of_tier(tier: Tier, period: Period, defaults: LimitDefaults) -> Ceiling:
    if period == "day":
        return defaults.day
    own, said = TIER_CEILINGS[tier], defaults.month
    return Ceiling(
        own[0] if said.requests is None else said.requests,
        own[1] if said.tokens is None else said.tokens,
        own[2] if said.cost_usd is None else said.cost_usd,
    )
