"""Experiments between two versions of a prompt: who is in which arm, and what the numbers say.

A company is in one arm for all of an experiment. The arms are judged by what supervisors do:
`first pass` is an item whose first version was approved with no word against it before. What does
not belong here: which version is served, and reading decisions
(`resources/database/repositories/experiments.py`).
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from posthub_assets.domain.errors import InvalidInput

Z_95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: 95 % lies between it and its negative."""
MIN_DECIDED = 20
"""Decided items in each arm before the guardrail speaks: below, 95 % intervals say very little."""
MIN_ITEMS_FOR_COST = 30
"""Items before the cost's interval is given: Cochran's rule of thumb for a ratio's bias and
normality (Sampling Techniques, 3rd ed. 1977, section 6.5)."""


class Arm(StrEnum):
    """What a company is served while an experiment runs."""

    CONTROL = "control"
    CANDIDATE = "candidate"


def bucket_of(experiment_id: UUID, company_id: UUID) -> int:
    """Give the company's place in an experiment, 0 to 99, the same for ever.

    SHA-256 over both ids, so that two experiments do not sort companies alike. The first 64 bits
    modulo 100 favour no bucket by more than 1e-17.
    """
    digest = hashlib.sha256(f"{experiment_id}:{company_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100


def arm_of(experiment_id: UUID, company_id: UUID, share_percent: int) -> Arm:
    """Give the arm of a company; `share_percent` of all companies get the candidate."""
    inside = bucket_of(experiment_id, company_id) < share_percent
    return Arm.CANDIDATE if inside else Arm.CONTROL


def refuse_share(share_percent: int) -> None:
    """Refuse a share that leaves one arm empty. Raises InvalidInput."""
    if not 1 <= share_percent <= 99:
        raise InvalidInput(
            f"The share is {share_percent} %; it must be from 1 to 99.", field="share"
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval, both ends included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the items of one arm that somebody decided about.

    `cost_usd` is what the arm's version cost for them, with every revision; `cost_squares` sums
    the squares of the items' costs, `cost_approved_usd` the costs of those that are approved.
    """

    decided: int = 0
    first_pass: int = 0
    approved: int = 0
    cost_usd: Decimal = Decimal(0)
    cost_squares: Decimal = Decimal(0)
    cost_approved_usd: Decimal = Decimal(0)

    @property
    def first_pass_rate(self) -> float | None:
        """The share of decided items that were approved at once, 0 to 1; None without any."""
        return self.first_pass / self.decided if self.decided else None

    @property
    def cost_per_approved_usd(self) -> Decimal | None:
        """What an approved item cost, those that were not approved included; None without any."""
        return self.cost_usd / self.approved if self.approved else None


def wilson_interval(successes: int, trials: int, z: float = Z_95) -> Interval:
    """Give the score interval of a proportion, 0 to 1; (0, 1) without any trial.

    Wilson 1927, JASA 22:209-212; method 3 of Newcombe 1998, Statistics in Medicine 17:857-872.
    Raises InvalidInput where `successes` is not from 0 to `trials`.
    """
    if not 0 <= successes <= trials:
        raise InvalidInput(f"{successes} of {trials} is no proportion.", field="successes")
    if trials == 0:
        return Interval(0.0, 1.0)
    rate = successes / trials
    squared = z * z
    scale = 1 + squared / trials
    middle = (rate + squared / (2 * trials)) / scale
    half = z * math.sqrt(rate * (1 - rate) / trials + squared / (4 * trials * trials)) / scale
    # At the ends the formula gives exactly 0 and 1; floating point may miss them.
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == trials else middle + half
    return Interval(low, high)


def cost_interval(outcome: Outcome, z: float = Z_95) -> Interval | None:
    """Give the interval of the cost per approved item, in USD; None below 30 items.

    A ratio of two means over items, by the normal approximation: Cochran 1977, section 2.11,
    variance of the residuals cost - ratio x approved. The lower end is never below 0.
    """
    ratio = outcome.cost_per_approved_usd
    if ratio is None or outcome.decided < MIN_ITEMS_FOR_COST:
        return None
    count = outcome.decided
    squares = (
        outcome.cost_squares
        - 2 * ratio * outcome.cost_approved_usd
        + ratio * ratio * outcome.approved
    )
    variance = max(0.0, float(squares)) / (count - 1)
    error = math.sqrt(variance / count) / (outcome.approved / count)
    return Interval(max(0.0, float(ratio) - z * error), float(ratio) + z * error)


def guardrail(control: Outcome, candidate: Outcome) -> str | None:
    """Say why an experiment must stop, or None where it may go on.

    It stops where the candidate is clearly worse: its whole 95 % interval lies below the
    control's, with 20 decided items in each arm. Two such intervals that do not touch are
    stricter than a test at 5 %, which leaves room for looking every night.
    """
    if min(control.decided, candidate.decided) < MIN_DECIDED:
        return None
    theirs = wilson_interval(candidate.first_pass, candidate.decided)
    ours = wilson_interval(control.first_pass, control.decided)
    if theirs.high >= ours.low:
        return None
    return (
        "The candidate's first-pass approval is clearly worse: "
        f"{_rate(candidate, theirs)} against {_rate(control, ours)}."
    )


def _rate(outcome: Outcome, interval: Interval) -> str:
    low, high = round(interval.low * 100), round(interval.high * 100)
    return f"{outcome.first_pass} of {outcome.decided} ({low} to {high} %)"
