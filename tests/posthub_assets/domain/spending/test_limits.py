"""Limits: whose, until when, and what holds where nothing is written down."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from posthub_assets.domain.spending.forecast import (
    BASIC_CEILING,
    PLATFORMS,
    TIER_CEILINGS,
    StageForecast,
    Unit,
    calls_of,
    compare,
    forecast,
)
from posthub_assets.domain.spending.limits import (
    Ceiling,
    LimitDefaults,
    WrittenLimit,
    limits_on,
)
from posthub_assets.domain.tiers import Tier

NOW = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
PAGE = Path(__file__).resolve().parents[4] / "docs" / "budgets.md"


def limits(**changes):
    values = {
        "company_id": "c",
        "tier": Tier.BASIC,
        "tiers": {Tier.BASIC: 1},
        "written": (),
        "provider_month_usd": None,
        "defaults": LimitDefaults(),
    } | changes
    return limits_on(NOW, **values)


def test_without_anything_written_the_tier_holds_for_company_and_organisation():
    found = {(one.owner, one.period): one.ceiling for one in limits()}
    assert found == {
        ("organization", "month"): Ceiling(*BASIC_CEILING),
        ("company", "month"): Ceiling(*BASIC_CEILING),
    }


def test_an_organisation_has_what_its_companies_have_together():
    found = limits(tiers={Tier.BASIC: 2, Tier.ULTIMATE: 1})
    organization = next(one for one in found if one.owner == "organization")
    assert organization.ceiling.requests == 2 * 1000 + TIER_CEILINGS[Tier.ULTIMATE][0]


def test_what_is_written_goes_before_the_tier_even_where_it_is_more():
    written = [
        WrittenLimit("c", "month", Ceiling(cost_usd=Decimal(999))),
        WrittenLimit(None, "day", Ceiling(requests=5)),
    ]
    found = {(one.owner, one.period): one.ceiling for one in limits(written=written)}
    assert found["company", "month"] == Ceiling(cost_usd=Decimal(999))
    assert found["organization", "day"] == Ceiling(requests=5)


def test_limits_come_in_the_order_in_which_they_are_locked():
    defaults = LimitDefaults(day=Ceiling(requests=9))
    found = limits(provider_month_usd=Decimal(1), defaults=defaults)
    assert [(one.owner, one.period) for one in found] == [
        ("provider", "month"),
        ("organization", "month"),
        ("organization", "day"),
        ("company", "month"),
        ("company", "day"),
    ]


def test_periods_are_those_of_utc_and_begin_anew_at_midnight():
    found = {one.period: one for one in limits(defaults=LimitDefaults(day=Ceiling(requests=9)))}
    midnight = datetime(2027, 1, 1, tzinfo=UTC)
    assert found["month"].resets_at == found["day"].resets_at == midnight


def test_settings_replace_the_tiers_figures_one_by_one():
    found = limits(defaults=LimitDefaults(month=Ceiling(tokens=5)))
    company = next(one for one in found if one.owner == "company")
    assert (company.ceiling.tokens, company.ceiling.requests) == (5, 1000)


def test_the_basic_defaults_carry_basic_and_not_ultimate():
    requests = {tier: sum(calls_of(tier, PLATFORMS).values()) for tier in Tier}
    assert requests[Tier.BASIC] <= BASIC_CEILING[0] < requests[Tier.ULTIMATE]
    assert TIER_CEILINGS[Tier.BASIC] == BASIC_CEILING
    for ours, least in zip(TIER_CEILINGS[Tier.ULTIMATE], BASIC_CEILING, strict=True):
        assert ours > least


@pytest.mark.parametrize("tier", [Tier.BASIC, Tier.PRO, Tier.ULTIMATE])
def test_the_page_shows_the_figures_of_the_code(tier):
    requests, tokens, usd = TIER_CEILINGS[tier]
    calls = sum(calls_of(tier, PLATFORMS).values())
    row = f"| {calls:,} | {requests:,} | {tokens:,} | {usd:,} |"
    assert row in PAGE.read_text(encoding="utf-8")


def test_a_forecast_is_the_sum_of_its_calls():
    text = Unit(Decimal(1), Decimal(10))
    image = Unit(Decimal(0), Decimal(0), Decimal("0.04"))
    stages = {one.stage: one for one in forecast(Tier.PRO, 3, text, image)}
    assert stages["blog_posts"].requests == 24
    assert stages["social_posts"].requests == 72
    assert stages["image_variants"].requests == 144
    assert stages["image_variants"].cost_usd == 144 * Decimal("0.04")
    assert stages["blog_posts"].cost_usd == 24 * (Decimal("0.008") + Decimal("0.065"))


def test_a_month_is_set_beside_its_forecast_by_stage():
    before = [StageForecast("topics", 1, 100, Decimal(2))]
    after = [StageForecast("topics", 2, 150, Decimal(3)), StageForecast("x", 1, 1, Decimal(1))]
    topics, other = compare(before, after)
    assert topics.share == Decimal("1.50")
    assert (other.stage, other.share) == ("x", None)
