"""A full month before it starts: calls, tokens and USD by stage, from the tier and typical calls.

The typical calls were measured on the prompts of this repository with a public organisation's
documents (24 topics, in English); languages in other scripts take up to twice the tokens.
What does not belong here: prices (given), what was really spent (the ledger).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from posthub_assets.domain.tiers import ALLOWANCES, Tier

MEASURED_ON = "2026-11-27"
PLATFORMS = 5
"""Of a company that uses all of them: limits must carry it."""

HEAD_ROOM = Decimal("1.5")
"""A month with a round of changes for every second item still fits."""

BASIC_CEILING = (1_000, 1_000_000, Decimal(100))
"""Requests, tokens and USD of a month that carry BASIC; no tier has less."""


@dataclass(frozen=True, slots=True)
class TypicalCall:
    """Tokens of one call of a stage; `prompt` and `answer` are medians."""

    prompt: int
    answer: int
    images: int = 0


TYPICAL: Mapping[str, TypicalCall] = {
    "topics": TypicalCall(prompt=14_000, answer=6_000),
    "blog_posts": TypicalCall(prompt=8_000, answer=6_500),
    "social_posts": TypicalCall(prompt=5_500, answer=1_500),
    "image_variants": TypicalCall(prompt=600, answer=1_400, images=1),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """USD of one typical call, by what it is made of."""

    input_mtok_usd: Decimal
    output_mtok_usd: Decimal
    image_usd: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class StageForecast:
    """What one stage of a month comes to."""

    stage: str
    requests: int
    tokens: int
    cost_usd: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """A stage as it was forecast and as it came."""

    stage: str
    forecast: StageForecast
    actual: StageForecast

    @property
    def share(self) -> Decimal | None:
        """Actual cost over forecast cost; None where nothing was forecast."""
        if not self.forecast.cost_usd:
            return None
        return (self.actual.cost_usd / self.forecast.cost_usd).quantize(Decimal("0.01"))


def calls_of(tier: Tier, platforms: int) -> dict[str, int]:
    """Give the calls of a full month by stage, when everything is approved at first sight."""
    allowance = ALLOWANCES[tier]
    posts = allowance.topics_per_month
    social = posts * platforms
    return {
        "topics": 1,
        "blog_posts": posts,
        "social_posts": social,
        "image_variants": social * allowance.image_variants,
    }


def forecast(
    tier: Tier, platforms: int, text: Unit, image: Unit | None = None
) -> tuple[StageForecast, ...]:
    """Forecast a month at prices of text and of pictures; without pictures they cost nothing."""
    stages = []
    for stage, calls in calls_of(tier, platforms).items():
        typical = TYPICAL[stage]
        unit = image or Unit(Decimal(0), Decimal(0)) if typical.images else text
        each = (
            typical.prompt * unit.input_mtok_usd + typical.answer * unit.output_mtok_usd
        ) / 1_000_000 + typical.images * unit.image_usd
        stages.append(
            StageForecast(stage, calls, calls * (typical.prompt + typical.answer), calls * each)
        )
    return tuple(stages)


def compare(
    before: Sequence[StageForecast], after: Sequence[StageForecast]
) -> tuple[Difference, ...]:
    """Set what a month cost beside its forecast, by stage; what neither names is left out."""
    expected = {one.stage: one for one in before}
    came = {one.stage: one for one in after}
    names = [*expected, *(name for name in came if name not in expected)]
    return tuple(
        Difference(name, expected.get(name, _nothing(name)), came.get(name, _nothing(name)))
        for name in names
    )


def _nothing(stage: str) -> StageForecast:
    return StageForecast(stage, 0, 0, Decimal(0))


def _ceiling(tier: Tier) -> tuple[int, int, Decimal]:
    """Give a month's limits: the forecast with head-room, and never less than BASIC has."""
    calls = calls_of(tier, PLATFORMS)
    requests = int(HEAD_ROOM * sum(calls.values()))
    typical = {stage: one.prompt + one.answer for stage, one in TYPICAL.items()}
    tokens = int(HEAD_ROOM * sum(count * typical[stage] for stage, count in calls.items()))
    # At the dearest text model and image model on offer in November 2026: 20 USD for a million
    # output tokens, a quarter of a dollar for a picture at its highest quality.
    usd = HEAD_ROOM * forecast_total(tier)
    least_requests, least_tokens, least_usd = BASIC_CEILING
    return (
        max(least_requests, _round_up(requests, 100)),
        max(least_tokens, _round_up(tokens, 100_000)),
        max(least_usd, Decimal(_round_up(int(usd) + 1, 10))),
    )


def forecast_total(tier: Tier) -> Decimal:
    """Give the USD of a full month on all platforms with the dearest models on offer."""
    text = Unit(Decimal(4), Decimal(20))
    image = Unit(Decimal(5), Decimal(0), Decimal("0.25"))
    return sum((one.cost_usd for one in forecast(tier, PLATFORMS, text, image)), start=Decimal(0))


def _round_up(number: int, step: int) -> int:
    return -(-number // step) * step


TIER_CEILINGS: Mapping[Tier, tuple[int, int, Decimal]] = {tier: _ceiling(tier) for tier in Tier}
"""Requests, tokens and USD of a company's month by tier, where nothing else is written down."""
