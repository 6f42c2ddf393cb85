"""What a call cost, from what it used. What does not belong here: prices (`resources/pricing/`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from posthub_assets.domain.errors import UnknownPrice
from posthub_assets.domain.ports import Usage

ESTIMATED = "estimate"


def price_of(
    provider: str,
    models: Sequence[str],
    usage: Usage,
    *,
    batch: bool = False,
    at_most: Decimal = Decimal(0),
) -> tuple[Usage, str]:
    """Give the usage with its exact cost, and where the price comes from.

    `models` are names of the same model: as the vendor names it in its answer, and as it was asked
    for; the first with a price counts. Where none has one, `at_most` is booked: what was reserved
    for the call, which is too much and never nothing.
    """
    from resources.pricing import price

    now = datetime.now(UTC)
    for name in dict.fromkeys(one for one in models if one):
        try:
            told = price(provider, name, usage, at=now, batch=batch)
        except UnknownPrice:
            continue
        return replace(usage, cost_usd=told.cost_usd), told.source
    return replace(usage, cost_usd=at_most), ESTIMATED
