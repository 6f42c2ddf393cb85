"""Experiments: arms that stick, intervals as they were published, a guardrail that can be wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.experiments import (
    MIN_DECIDED,
    Arm,
    Outcome,
    arm_of,
    bucket_of,
    cost_interval,
    guardrail,
    refuse_share,
    wilson_interval,
)

EXPERIMENT = UUID("01939c5e-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_that_were_published(successes, trials, low, high):
    found = wilson_interval(successes, trials)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@settings(deadline=None)
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_is_the_one_of_scipy(counts):
    successes, trials = counts
    theirs = binomtest(successes, trials).proportion_ci(method="wilson")
    ours = wilson_interval(successes, trials)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert 0 <= ours.low <= successes / trials <= ours.high <= 1


def test_without_a_trial_nothing_is_known():
    assert (wilson_interval(0, 0).low, wilson_interval(0, 0).high) == (0, 1)


@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3)])
def test_what_is_no_proportion_is_refused(successes, trials):
    with pytest.raises(InvalidInput):
        wilson_interval(successes, trials)


def test_a_company_stays_in_its_arm_when_the_share_grows():
    for company in [uuid4() for _ in range(200)]:
        if arm_of(EXPERIMENT, company, 10) is Arm.CANDIDATE:
            assert arm_of(EXPERIMENT, company, 30) is Arm.CANDIDATE


def test_the_place_of_a_company_is_the_same_for_ever():
    company = UUID("01939c5e-0000-7000-8000-000000000002")
    assert bucket_of(EXPERIMENT, company) == 60


def test_the_share_is_the_share():
    companies = [UUID(int=n << 64) for n in range(20_000)]
    inside = sum(arm_of(EXPERIMENT, one, 20) is Arm.CANDIDATE for one in companies)
    # 20 % of 20,000, within five standard errors.
    assert abs(inside - 4_000) < 5 * (20_000 * 0.2 * 0.8) ** 0.5


def test_two_experiments_sort_companies_differently():
    other = UUID("01939c5e-0000-7000-8000-000000000009")
    companies = [UUID(int=n << 64) for n in range(5_000)]
    both = sum(bucket_of(EXPERIMENT, one) < 50 and bucket_of(other, one) < 50 for one in companies)
    assert abs(both - 1_250) < 5 * (5_000 * 0.25 * 0.75) ** 0.5


@pytest.mark.parametrize("share", [0, 100, -5])
def test_a_share_leaves_no_arm_empty(share):
    with pytest.raises(InvalidInput):
        refuse_share(share)


def test_a_candidate_that_is_clearly_worse_is_stopped_with_the_numbers():
    because = guardrail(Outcome(decided=40, first_pass=36), Outcome(decided=25, first_pass=5))
    assert because == (
        "The candidate's first-pass approval is clearly worse: 5 of 25 (9 to 39 %) against "
        "36 of 40 (77 to 96 %)."
    )


@pytest.mark.parametrize(
    ("control", "candidate"),
    [
        ((40, 36), (MIN_DECIDED - 1, 0)),
        ((MIN_DECIDED - 1, MIN_DECIDED - 1), (40, 0)),
        ((40, 30), (40, 22)),
        ((40, 5), (40, 38)),
        ((0, 0), (0, 0)),
    ],
)
def test_a_candidate_that_is_not_clearly_worse_goes_on(control, candidate):
    assert guardrail(Outcome(*control), Outcome(*candidate)) is None


def test_the_guardrail_speaks_from_twenty_decided_items_on():
    worse = Outcome(decided=MIN_DECIDED, first_pass=0)
    assert guardrail(Outcome(decided=MIN_DECIDED, first_pass=MIN_DECIDED), worse) is not None


def outcome_of(costs: list[float], approved: list[bool]) -> Outcome:
    money = [Decimal(str(one)) for one in costs]
    return Outcome(
        decided=len(money),
        approved=sum(approved),
        cost_usd=sum(money, Decimal(0)),
        cost_squares=sum((one * one for one in money), Decimal(0)),
        cost_approved_usd=sum((c for c, a in zip(money, approved, strict=True) if a), Decimal(0)),
    )


def test_the_cost_of_what_was_not_approved_is_borne_by_what_was():
    found = outcome_of([1.0, 2.0, 3.0], [True, False, True])
    assert found.cost_per_approved_usd == Decimal(3)
    assert Outcome().cost_per_approved_usd is None
    assert Outcome(decided=2, cost_usd=Decimal(1)).cost_per_approved_usd is None


def test_the_costs_interval_is_that_of_the_residuals():
    import numpy as np

    draw = np.random.default_rng(7)
    costs = [float(one) for one in draw.gamma(2, 0.5, 60).round(4)]
    approved = [bool(one) for one in draw.random(60) < 0.7]
    found = cost_interval(outcome_of(costs, approved))
    ratio = sum(costs) / sum(approved)
    residuals = np.array(costs) - ratio * np.array(approved)
    error = residuals.std(ddof=1) / 60**0.5 / np.mean(approved)
    assert found is not None
    assert found.low == pytest.approx(ratio - 1.959964 * error, rel=1e-6)
    assert found.high == pytest.approx(ratio + 1.959964 * error, rel=1e-6)


def test_few_items_have_no_interval_of_cost():
    enough = outcome_of([1.0] * 30, [True] * 29 + [False])
    assert cost_interval(enough) is not None
    assert cost_interval(replace(enough, decided=29)) is None
    assert cost_interval(replace(enough, approved=0)) is None
