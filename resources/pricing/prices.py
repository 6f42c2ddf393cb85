"""What a call cost by what it used, and the most that a call can cost before it is made.

Amounts are exact. An unknown price is an error and never zero. genai-prices is asked without its
updater: prices change with a release of ours, and the ledger says which one they came from.
What does not belong here: which models there are (`catalogue.py`), budgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import UnknownPrice
from posthub_assets.domain.ports import Usage
from resources.pricing.catalogue import Catalogue, Override, catalogue, facts_of

if TYPE_CHECKING:
    from genai_prices.types import ModelPrice

MILLION = Decimal(1_000_000)
THOUSAND = Decimal(1000)
NANO = Decimal("0.000000001")
"""The ledger keeps nine places."""

NAMES = {"gemini": "google", "openai": "openai", "perplexity": "perplexity"}
"""What genai-prices calls our vendors."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What a call cost, and where the price comes from."""

    cost_usd: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """The most that a call can come to: tokens in and out, and USD."""

    tokens: int
    cost_usd: Decimal
    batch: bool = False


def price(vendor: str, model: str, usage: Usage, *, at: datetime, batch: bool = False) -> Priced:
    """Price what a call used, at the price of its moment `at` (with a time zone).

    The vendor's own bill counts before any price of ours. In a batch tokens cost half, searches the
    full price. Raises UnknownPrice that names vendor and model.
    """
    if usage.is_billed:
        return Priced(_rounded(usage.cost_usd), "the vendor's bill")
    known = catalogue()
    override = _override_of(known, vendor, model, at)
    if override is not None:
        tokens, searches = _by_override(override, usage)
        source = f"override of {override.valid_from:%Y-%m-%d}"
    else:
        tokens, searches, source = _by_package(vendor, model, usage, at)
    discount = known.batch_discount.get(vendor, Decimal(1)) if batch else Decimal(1)
    return Priced(_rounded(tokens * discount + searches), source)


def estimate(
    vendor: str,
    model: str,
    *,
    prompt_tokens: int,
    max_tokens: int,
    images: int = 0,
    sources: int = 0,
    searches: int = 0,
    batch: bool = False,
    at: datetime,
) -> Estimate:
    """Bound what a call can come to: nothing of it is read from a cache, every limit is reached.

    `prompt_tokens` may be the prompt's UTF-8 bytes: no tokenizer makes more tokens than bytes.
    `images` are made, `sources` are looked at.
    Raises UnknownPrice, InvalidInput for a model that is not offered.
    """
    facts = facts_of(vendor, model)
    painted = images * facts.image_tokens
    spoken = max_tokens + (facts.thinking_tokens if images else 0)
    # A question that searches reads what it found.
    looked_at = sources * facts.source_tokens
    read = prompt_tokens + looked_at + (facts.max_output_tokens if searches else 0)
    usage = Usage(
        input_tokens=read,
        image_input_tokens=looked_at,
        cache_written_tokens=read if facts.bills_cache_writes else 0,
        output_tokens=painted + spoken,
        image_tokens=painted,
        searches=searches * max(1, facts.searches),
    )
    told = price(vendor, model, usage, at=at, batch=batch)
    return Estimate(read + painted + spoken, told.cost_usd, batch)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(NANO)


def _override_of(known: Catalogue, vendor: str, model: str, at: datetime) -> Override | None:
    fitting = [
        one
        for one in known.overrides
        if (one.vendor, one.model) == (vendor, model) and one.valid_from <= at.date()
    ]
    return max(fitting, key=lambda one: one.valid_from, default=None)


def _by_override(one: Override, usage: Usage) -> tuple[Decimal, Decimal]:
    """Price each sort of token; a sort without a price of its own costs what its whole costs."""
    plain_input = usage.input_tokens - usage.cached_tokens - usage.image_input_tokens
    plain_output = usage.output_tokens - usage.image_tokens
    sorts = (
        (plain_input, one.input),
        (usage.cached_tokens, one.input if one.cached is None else one.cached),
        (usage.image_input_tokens, one.input if one.image_input is None else one.image_input),
        (plain_output, one.output),
        (usage.image_tokens, one.output if one.image_output is None else one.image_output),
    )
    tokens = sum((count * rate for count, rate in sorts), start=Decimal(0)) / MILLION
    return tokens, usage.searches * one.searches / THOUSAND


def _by_package(
    vendor: str, model: str, usage: Usage, at: datetime
) -> tuple[Decimal, Decimal, str]:
    import genai_prices

    if vendor not in NAMES:
        raise UnknownPrice(f"What {vendor} costs is not known.", provider=vendor)
    try:
        tokens = _asked(vendor, model, _tokens_of(usage), at)
        searched = {"web_searches": usage.searches} if usage.searches else {}
        searches = _asked(vendor, model, searched, at) if searched else Decimal(0)
    except LookupError as error:
        raise UnknownPrice(
            f"What {model} of {vendor} costs is not known, so it is not asked. "
            "Choose another model, or add its price to resources/pricing/models.yaml.",
            provider=vendor,
        ) from error
    return tokens, searches, f"genai-prices {genai_prices.__version__}"


def _tokens_of(usage: Usage) -> dict[str, int]:
    counts = {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cached_tokens,
        "cache_write_tokens": usage.cache_written_tokens,
        "input_image_tokens": usage.image_input_tokens,
        "output_image_tokens": usage.image_tokens,
    }
    return {name: count for name, count in counts.items() if count}


def _asked(vendor: str, model: str, counts: dict[str, int], at: datetime) -> Decimal:
    from genai_prices import Usage as Counted

    told = _price_list(NAMES[vendor], model, at.replace(minute=0, second=0, microsecond=0))
    return Decimal(told.calc_price(Counted(**counts))["total_price"])


@lru_cache(maxsize=256)
def _price_list(provider_id: str, model: str, at: datetime) -> ModelPrice:
    """Find a model's prices of an hour: finding takes ten times as long as adding up."""
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    told = calc_price(Counted(), model, provider_id=provider_id, genai_request_timestamp=at)
    return told.model_price
