"""Prices: exact, by the moment of the call, and never zero for what is not known."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from posthub_assets.domain.errors import InvalidInput, UnknownPrice
from posthub_assets.domain.ports import Usage
from resources.pricing import default_model, estimate, facts_of, models_of, price, prices
from resources.pricing.catalogue import catalogue, parse

NOVEMBER = datetime(2026, 11, 27, tzinfo=UTC)


def test_each_sort_of_token_has_its_price():
    usage = Usage(
        input_tokens=1_000_000, cached_tokens=400_000, output_tokens=1_000_000, reasoning_tokens=5
    )
    told = price("gemini", "gemini-3.8-flash", usage, at=NOVEMBER)
    plain = Decimal("0.6") * Decimal("0.75") + Decimal("0.4") * Decimal("0.075") + Decimal("3.75")
    assert told.cost_usd == plain


def test_pictures_are_priced_by_their_tokens():
    usage = Usage(input_tokens=0, output_tokens=1_000_000, image_tokens=1_000_000)
    told = price("gemini", "gemini-nano-banana-2.1", usage, at=NOVEMBER)
    assert told.cost_usd == Decimal(30)


def test_a_price_is_that_of_its_moment():
    usage = Usage(input_tokens=1_000_000)
    before = price("gemini", "gemini-3.8-flash", usage, at=NOVEMBER)
    after = price("gemini", "gemini-3.8-flash", usage, at=datetime(2027, 1, 2, tzinfo=UTC))
    assert after.cost_usd == 2 * before.cost_usd


def test_a_batch_costs_half_but_its_searches_do_not():
    usage = Usage(input_tokens=1_000_000)
    whole = price("openai", "gpt-6-luna", usage, at=NOVEMBER)
    half = price("openai", "gpt-6-luna", usage, at=NOVEMBER, batch=True)
    assert half.cost_usd * 2 == whole.cost_usd > 0
    searched = Usage(searches=1000)
    assert (
        price("openai", "gpt-6-luna", searched, at=NOVEMBER, batch=True).cost_usd
        == price("openai", "gpt-6-luna", searched, at=NOVEMBER).cost_usd
        > 0
    )


def test_the_vendors_own_bill_goes_before_any_price():
    usage = Usage(input_tokens=5, cost_usd=Decimal("0.123456789"), is_billed=True)
    told = price("perplexity", "a-model-that-nobody-knows", usage, at=NOVEMBER)
    assert told == prices.Priced(Decimal("0.123456789"), "the vendor's bill")


@pytest.mark.parametrize(
    ("vendor", "model"), [("gemini", "gemini-99"), ("openai", "nothing"), ("nobody", "nothing")]
)
def test_an_unknown_price_is_an_error_that_names_it_and_never_zero(vendor, model):
    with pytest.raises(UnknownPrice, match=vendor):
        price(vendor, model, Usage(input_tokens=1), at=NOVEMBER)


@pytest.mark.parametrize("model", ["gpt-6-luna-2026-09-08", "gemini-flash-latest"])
def test_a_dated_name_is_priced_as_its_model(model):
    vendor = "openai" if model.startswith("gpt") else "gemini"
    assert price(vendor, model, Usage(input_tokens=1000), at=NOVEMBER).cost_usd > 0


def test_an_override_of_ours_holds_from_its_day_on(monkeypatch):
    known = parse(
        {
            "models": [],
            "batch_discount": {},
            "overrides": [
                {
                    "vendor": "gemini",
                    "model": "gemini-3.8-flash",
                    "from": datetime(2026, 12, 1, tzinfo=UTC).date(),
                    "input": 7,
                    "output": 9,
                    "source": "a test",
                }
            ],
        }
    )
    monkeypatch.setattr(prices, "catalogue", lambda: known)
    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000)
    before = price("gemini", "gemini-3.8-flash", usage, at=NOVEMBER)
    after = price("gemini", "gemini-3.8-flash", usage, at=datetime(2026, 12, 1, tzinfo=UTC))
    assert before.source.startswith("genai-prices")
    assert (after.cost_usd, after.source) == (Decimal(16), "override of 2026-12-01")


def test_every_model_on_offer_has_a_price_and_each_kind_a_default():
    for one in catalogue().models:
        used = Usage(input_tokens=1000, output_tokens=1000)
        assert price(one.vendor, one.name, used, at=NOVEMBER).cost_usd > 0, one.name
    for vendor, kind in (("gemini", "text"), ("openai", "image"), ("perplexity", "research")):
        assert default_model(vendor, kind) == models_of(vendor, kind)[0]


def test_an_estimate_is_above_whatever_the_call_can_use():
    facts = facts_of("gemini", "gemini-3.8-flash")
    told = estimate("gemini", "gemini-3.8-flash", prompt_tokens=6000, max_tokens=9000, at=NOVEMBER)
    most = Usage(input_tokens=6000, output_tokens=9000, reasoning_tokens=8000)
    assert told.cost_usd >= price("gemini", facts.name, most, at=NOVEMBER).cost_usd
    assert told.tokens == 15_000


def test_a_model_that_is_not_offered_is_refused_with_those_that_are():
    with pytest.raises(InvalidInput, match=r"gemini-3\.8-flash"):
        facts_of("gemini", "gemini-1")
    with pytest.raises(InvalidInput, match="no model for research"):
        default_model("gemini", "research")


@pytest.mark.shared_data
def test_real_usage_comes_to_the_price_that_was_published_for_it(shared_data):
    """Real usage bodies of our vendors, read by our adapters' own readers.

    Sound and film are left out, which PostHub never sends. The published prices are those of July
    2026; a price that changed since is asked for as of then.
    """
    from resources.providers.gemini.usage import usage_of as of_gemini
    from resources.providers.openai.usage import usage_of as of_openai

    july = datetime(2026, 7, 1, tzinfo=UTC)
    path = shared_data / "provider_responses" / "usage_bodies.json"
    matched, differing = 0, []
    for one in json.loads(path.read_text(encoding="utf-8")):
        body = one["body"]
        if "AUDIO" in str(body) or "VIDEO" in str(body):
            continue
        vendor, read = ("gemini", of_gemini) if "usageMetadata" in body else ("openai", of_openai)
        for published in _published(one, prices.NAMES[vendor]):
            told = price(vendor, one["model"], read(body), at=july).cost_usd
            matched += told == published
            if told != published:
                differing.append((one["model"], published, told))
    assert matched > 250
    assert differing == []


def _published(one: dict, provider: str) -> set[Decimal]:
    return {
        Decimal(told["input_price"]) + Decimal(told["output_price"])
        for found in one["extracted"]
        for told in found["extractors"]
        if told["provider_id"] == provider and "input_price" in told
    }
