"""A company's month beside what a full month was expected to cost, at the models that were used.

What does not belong here: the forecast itself (`posthub_assets/domain/spending/forecast.py`),
reading the journal (`database/repositories/usage.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from posthub_assets.domain.errors import UnknownPrice
from posthub_assets.domain.ports import Usage
from posthub_assets.domain.spending.forecast import (
    Difference,
    StageForecast,
    Unit,
    compare,
    forecast,
)
from posthub_assets.domain.tiers import Tier
from posthub_assets.domain.usage import STAGE_OF, UsageRow, dearest_of_stages

MILLION = 1_000_000


def beside_forecast(
    tier: Tier, platforms: int, rows: Sequence[UsageRow]
) -> tuple[Difference, ...] | None:
    """Set each stage beside its forecast, everything approved at first sight.

    None where nothing was paid yet: then no model says at what price to forecast.
    """
    if not any(one.cost_usd for one in rows):
        return None
    used = dearest_of_stages(rows)
    expected = forecast(
        tier,
        platforms,
        _unit(used.get("blog_posts") or used.get("topics")),
        _unit(used.get("image_variants")),
    )
    return compare(expected, by_stage(rows))


def by_stage(rows: Sequence[UsageRow]) -> list[StageForecast]:
    """Add up what came, by stage."""
    stages: dict[str, StageForecast] = {}
    for one in rows:
        stage = STAGE_OF.get(one.kind, one.kind)
        before = stages.get(stage) or StageForecast(stage, 0, 0, Decimal(0))
        stages[stage] = StageForecast(
            stage,
            before.requests + one.requests,
            before.tokens + one.input_tokens + one.output_tokens,
            before.cost_usd + one.cost_usd,
        )
    return list(stages.values())


def _unit(row: UsageRow | None) -> Unit:
    """Give the prices of the model that was used; nothing where none was, or it is `local`."""
    from resources.pricing import price

    if row is None:
        return Unit(Decimal(0), Decimal(0))
    now = datetime.now(UTC)

    def of(used: Usage) -> Decimal:
        return price(row.provider, row.model, used, at=now).cost_usd

    try:
        text_in = of(Usage(input_tokens=MILLION))
        text_out = of(Usage(output_tokens=MILLION, image_tokens=MILLION * bool(row.image_tokens)))
    except UnknownPrice:
        return Unit(Decimal(0), Decimal(0))
    return Unit(text_in, text_out)
