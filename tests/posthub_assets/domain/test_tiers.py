"""What a tier includes, and what is left of it for a month that starts late."""

from __future__ import annotations

import pytest

from posthub_assets.domain.tiers import ALLOWANCES, Tier, prorated_quota


def test_the_tiers_hold_what_was_promised():
    assert {tier.value: one.topics_per_month for tier, one in ALLOWANCES.items()} == {
        "TRIAL": 12,
        "BASIC": 12,
        "PRO": 24,
        "ULTIMATE": 72,
    }
    assert {
        tier.value: (one.personas_made, one.personas_active) for tier, one in ALLOWANCES.items()
    } == {"TRIAL": (6, 3), "BASIC": (6, 3), "PRO": (6, 6), "ULTIMATE": (12, 12)}
    assert [tier.value for tier, one in ALLOWANCES.items() if one.image_variants >= 2] == [
        "PRO",
        "ULTIMATE",
    ]


@pytest.mark.parametrize("tier", Tier)
def test_a_whole_month_has_the_whole_quota(tier):
    assert prorated_quota(tier, 22, 22) == ALLOWANCES[tier].topics_per_month


def test_half_a_month_has_half_of_it():
    assert prorated_quota(Tier.PRO, 11, 22) == 12


def test_the_last_working_day_still_has_a_topic_and_the_day_after_none():
    assert prorated_quota(Tier.BASIC, 1, 23) == 1
    assert prorated_quota(Tier.BASIC, 0, 23) == 0
    assert prorated_quota(Tier.BASIC, 0, 0) == 0


def test_the_quota_never_grows_while_days_go_by():
    quotas = [prorated_quota(Tier.ULTIMATE, left, 21) for left in range(22)]
    assert quotas == sorted(quotas)
    assert max(quotas) == 72
