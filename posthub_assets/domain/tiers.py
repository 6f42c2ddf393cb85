"""Tiers: what a month of each contains.

What does not belong here: prices and Stripe (billing), provider limits (gateway).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """The four plans."""

    TRIAL = "TRIAL"
    BASIC = "BASIC"
    PRO = "PRO"
    ULTIMATE = "ULTIMATE"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a tier includes: counts per month (topics) or per company (personas)."""

    topics_per_month: int
    personas_made: int
    personas_active: int
    image_variants: int
    """Variants per approved social post; 0 means the tier has no images."""


ALLOWANCES: dict[Tier, Allowance] = {
    Tier.TRIAL: Allowance(12, 6, 3, 0),
    Tier.BASIC: Allowance(12, 6, 3, 0),
    Tier.PRO: Allowance(24, 6, 6, 2),
    Tier.ULTIMATE: Allowance(72, 12, 12, 2),
}


def prorated_quota(tier: Tier, days_left: int, days_in_month: int) -> int:
    """Give the topics of a month that starts late, in proportion to its working days.

    `days_left` and `days_in_month` count working days. At least one topic as long as a working
    day is left; 0 where none is.
    """
    if days_left <= 0 or days_in_month <= 0:
        return 0
    share = ALLOWANCES[tier].topics_per_month * days_left / days_in_month
    return max(1, min(ALLOWANCES[tier].topics_per_month, round(share)))
