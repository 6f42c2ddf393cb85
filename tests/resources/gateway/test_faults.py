"""Whatever a vendor does: the next one answers, or the reason is told; and every call is booked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from posthub_assets.domain.bodies import SocialPostBody
from posthub_assets.domain.errors import (
    PermanentProviderError,
    ProviderError,
    RateLimited,
    RefusedAnswer,
    TransientProviderError,
)
from resources.gateway import till
from resources.providers.loopback import Fault

pytestmark = pytest.mark.anyio

TRIED_AGAIN = (
    Fault.RATE_LIMITED,
    Fault.SERVER_ERROR,
    Fault.UNAVAILABLE,
    Fault.RESET,
    Fault.HALF_ANSWER,
    Fault.INVALID_JSON,
)
"""Worth another attempt at the same vendor."""

FINAL = {
    Fault.QUOTA_EXHAUSTED: "quota-exhausted",
    Fault.KEY_REVOKED: "key-rejected",
    Fault.BAD_REQUEST: "provider-refused",
    Fault.BLOCKED_PROMPT: "prompt-blocked",
    Fault.BLOCKED_ANSWER: "prompt-blocked",
    Fault.TRUNCATED: "answer-truncated",
    Fault.EMPTY: "answer-empty",
}
"""Asking again gives the same: the next vendor is asked at once."""

BILLED = (Fault.BLOCKED_ANSWER, Fault.TRUNCATED)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Between attempts nothing is waited for: what is counted are the attempts."""
    monkeypatch.setattr(till, "FIRST_PAUSE_S", 0.01)


@pytest.mark.parametrize("fault", TRIED_AGAIN)
async def test_what_passes_is_tried_again_at_the_same_vendor(shop, fault):
    shop.server.plan("gemini", fault, times=2)
    answer = await shop.post()
    assert answer.provider == "gemini"
    rows = await shop.rows()
    assert [row.status for row in rows] == ["failed", "failed", "completed"]
    assert [row.attempt for row in rows] == [0, 1, 2]
    requests, spent, reserved = await shop.spent()
    assert (requests, reserved) == (3, 0)
    assert spent == sum(row.cost_usd for row in rows) > 0


@pytest.mark.parametrize("fault", TRIED_AGAIN)
async def test_what_does_not_pass_goes_to_the_next_vendor(shop, fault):
    shop.server.plan("gemini", fault, times=3)
    answer = await shop.post()
    assert answer.provider == "openai"
    assert [row.provider for row in await shop.rows()] == ["gemini"] * 3 + ["openai"]


@pytest.mark.parametrize(("fault", "code"), FINAL.items())
async def test_what_is_final_goes_to_the_next_vendor_at_once(shop, fault, code):
    shop.server.plan("gemini", fault)
    answer = await shop.post()
    assert answer.provider == "openai"
    assert isinstance(answer.value, SocialPostBody)
    first, second = await shop.rows()
    assert (first.status, first.error_code, second.status) == ("failed", code, "completed")
    if fault in BILLED:
        assert first.cost_usd > 0, "a cut-off answer costs as much as a whole one"
        assert first.input_tokens > 0
    _, spent, reserved = await shop.spent()
    assert (spent, reserved) == (first.cost_usd + second.cost_usd, 0)


@pytest.mark.parametrize("fault", [*TRIED_AGAIN, *FINAL])
async def test_when_nobody_answers_the_reason_names_each_vendor(shop, fault):
    for provider in ("gemini", "openai"):
        shop.server.plan(provider, fault, times=6)
    with pytest.raises(ProviderError) as caught:
        await shop.post()
    assert "gemini" in str(caught.value)
    assert "openai" in str(caught.value)
    kind = TransientProviderError if fault in TRIED_AGAIN else PermanentProviderError
    assert isinstance(caught.value, kind)
    rows = await shop.rows()
    assert {row.status for row in rows} == {"failed"}
    assert len(rows) == (6 if fault in TRIED_AGAIN else 2)
    _, spent, reserved = await shop.spent()
    assert reserved == 0
    assert spent == sum((row.cost_usd for row in rows), start=Decimal(0))


async def test_a_vendor_that_says_when_is_asked_then(shop):
    shop.server.plan("gemini", Fault.RATE_LIMITED, retry_after_s=0.2)
    answer = await shop.post()
    assert answer.provider == "gemini"


async def test_a_vendor_that_asks_for_a_long_pause_is_not_waited_for(shop):
    shop.server.plan("gemini", Fault.RATE_LIMITED, retry_after_s=600)
    assert (await shop.post()).provider == "openai"
    shop.server.plan("gemini", Fault.RATE_LIMITED, retry_after_s=600)
    shop.server.plan("openai", Fault.RATE_LIMITED, retry_after_s=900)
    with pytest.raises(RateLimited) as caught:
        await shop.post(variant=1)
    assert caught.value.retry_after_s == 600, "the job comes back when the first of them may"


async def test_an_answer_of_another_shape_is_repaired_once(shop):
    shop.server.plan("gemini", Fault.WRONG_SCHEMA)
    answer = await shop.post()
    assert answer.provider == "gemini"
    first, second = await shop.rows()
    assert (first.status, first.error_code, second.status) == (
        "failed",
        "invalid-answer",
        "completed",
    )
    assert first.cost_usd > 0
    assert "of_another_schema" in shop.said[-1][1], "the refused answer is shown"
    assert "text: Field required" in shop.said[-1][1], "and what is wrong with it"


async def test_a_refusal_is_told_as_one(shop, open_shop):
    """OpenAI says that it refuses; with Gemini a refusal is words where JSON was asked for."""
    only = await open_shop("openai")
    shop.server.plan("openai", Fault.REFUSED)
    with pytest.raises(RefusedAnswer):
        await only.post()
    (row,) = await only.rows()
    assert (row.error_code, row.cost_usd > 0) == ("answer-refused", True)
    shop.server.plan("gemini", Fault.REFUSED)
    assert (await shop.post()).provider == "gemini"
    assert [row.error_code for row in await shop.rows()] == ["invalid-answer", None]


async def test_what_cannot_be_repaired_goes_to_the_next_vendor(shop):
    shop.server.plan("gemini", Fault.WRONG_SCHEMA, times=2)
    answer = await shop.post()
    assert answer.provider == "openai"
    assert [row.provider for row in await shop.rows()] == ["gemini", "gemini", "openai"]


async def test_a_failed_answer_is_asked_for_again_and_never_served(shop):
    for provider in ("gemini", "openai"):
        shop.server.plan(provider, Fault.WRONG_SCHEMA, times=2)
    with pytest.raises(PermanentProviderError):
        await shop.post()
    answer = await shop.post()
    assert not answer.from_journal


@pytest.mark.parametrize("fault", [Fault.BLOCKED_PROMPT, Fault.SERVER_ERROR, Fault.KEY_REVOKED])
async def test_pictures_go_to_the_next_vendor_as_well(shop, fault):
    shop.server.plan("gemini", fault, times=3, on="image")
    answer = await shop.picture()
    assert answer.provider == "openai"
    assert (answer.value.width_px, answer.value.height_px) == (1200, 627)
    assert (await shop.rows())[-1].image_tokens > 0


async def test_research_is_tried_twice_and_then_told(shop):
    shop.server.plan("perplexity", Fault.SERVER_ERROR, times=2)
    with pytest.raises(TransientProviderError):
        await shop.research()
    assert len(await shop.rows()) == 2
    found = await shop.research()
    assert found.value.sources
    assert (await shop.rows())[-1].price_source == "the vendor's bill"
