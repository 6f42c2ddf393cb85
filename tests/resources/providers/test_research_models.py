"""The contract of `ResearchModel`, on its adapter, against the stand-in."""

from __future__ import annotations

import asyncio
import json
import traceback
from decimal import Decimal

import pytest

from posthub_assets.domain.errors import (
    BlockedPrompt,
    EmptyAnswer,
    InvalidAnswer,
    KeyRejected,
    PermanentProviderError,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    RefusedAnswer,
    TransientProviderError,
    TruncatedAnswer,
)
from posthub_assets.domain.vendors import ResearchPrompt
from resources.providers.loopback import Fault
from resources.providers.loopback.protocol import Reply
from resources.providers.perplexity import usage_of
from resources.providers.wire import Timeouts

pytestmark = pytest.mark.anyio

KEY = "sk-proj-0123456789abcdefghijklmnop"
SECRET = "Who buys lighthouses, which nobody may know before the spring?"
PROMPT = ResearchPrompt("perplexity/sonar", "Be exact.", SECRET, 800)
UNBILLED = [
    (Fault.RATE_LIMITED, RateLimited),
    (Fault.QUOTA_EXHAUSTED, QuotaExhausted),
    (Fault.KEY_REVOKED, KeyRejected),
    (Fault.BAD_REQUEST, PermanentProviderError),
    (Fault.NOT_FOUND, PermanentProviderError),
    (Fault.SERVER_ERROR, TransientProviderError),
    (Fault.UNAVAILABLE, TransientProviderError),
    (Fault.RESET, TransientProviderError),
    (Fault.HALF_ANSWER, TransientProviderError),
    (Fault.INVALID_JSON, TransientProviderError),
    (Fault.BLOCKED_PROMPT, BlockedPrompt),
]
BILLED = [
    (Fault.TRUNCATED, TruncatedAnswer),
    (Fault.EMPTY, EmptyAnswer),
    (Fault.BLOCKED_ANSWER, BlockedPrompt),
    (Fault.REFUSED, RefusedAnswer),
]


async def failure(model) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await model.research(PROMPT)
    return caught.value


async def test_an_answer_comes_with_its_pages_and_the_exact_bill(server, opened):
    answer = await opened("perplexity").research(PROMPT)
    [call] = server.calls()
    assert answer.text
    assert answer.model == "perplexity/sonar"
    assert len({page.url for page in answer.citations}) == len(answer.citations) == 3
    assert answer.citations[0].title
    assert answer.citations[0].quote
    assert answer.usage == call.usage
    assert answer.usage.is_billed
    assert answer.usage.searches == 1
    assert call.body["tools"] == [{"type": "web_search"}]
    assert call.body["instructions"] == "Be exact."


@pytest.mark.parametrize(("fault", "expected"), UNBILLED)
async def test_research_that_is_not_billed_ends_in_its_error(server, opened, fault, expected):
    server.plan("perplexity", fault)
    model = opened("perplexity")
    error = await failure(model)
    assert type(error) is expected
    assert error.provider == "perplexity"
    assert error.usage is None
    assert len(server.calls()) == 1, "a call is made once"
    told = f"{error!r}{''.join(traceback.format_exception(error))}{model!r}"
    assert KEY not in told
    assert SECRET not in told


@pytest.mark.parametrize(("fault", "expected"), BILLED)
async def test_research_that_is_billed_ends_in_its_error_with_the_bill(
    server, opened, fault, expected
):
    server.plan("perplexity", fault)
    error = await failure(opened("perplexity"))
    assert type(error) is expected
    assert error.usage == server.calls()[-1].usage
    assert error.usage.cost_usd > 0
    assert error.model == "perplexity/sonar"


async def test_the_pause_that_is_asked_for_is_kept(server, opened):
    server.plan("perplexity", Fault.RATE_LIMITED, retry_after_s=3)
    error = await failure(opened("perplexity"))
    assert error.retry_after_s == 3


async def test_an_answer_over_its_bound_is_not_read_to_its_end(server, opened):
    server.plan("perplexity", Fault.TOO_LARGE, size_bytes=5_000_000)
    error = await failure(opened("perplexity", answer_bytes=100_000))
    assert type(error) is InvalidAnswer


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.TRICKLE])
async def test_slow_research_is_not_waited_for(server, opened, fault):
    model = opened("perplexity", timeouts=Timeouts(read_s=0.3, whole_s=0.5))
    await model._opening.get()
    server.plan("perplexity", fault, delay_s=30)
    async with asyncio.timeout(10):
        assert type(await failure(model)) is TransientProviderError


async def test_research_can_be_cancelled(server, opened):
    model = opened("perplexity")
    await model._opening.get()
    server.plan("perplexity", Fault.SLOW, delay_s=30)
    call = asyncio.create_task(model.research(PROMPT))
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(call, 10)
    assert (await model.research(PROMPT)).text


async def test_a_key_is_checked_without_a_search(server, opened):
    model = opened("perplexity")
    await model.check()
    assert "tools" not in server.calls()[-1].body
    server.plan("perplexity", Fault.KEY_REVOKED)
    with pytest.raises(KeyRejected):
        await model.check()


async def test_a_401_that_speaks_of_credits_is_an_account_without_money(replayer, opened):
    told = {"error": {"message": "You have run out of API credits.", "type": "auth", "code": 401}}
    replayer.replies.append(Reply(json.dumps(told).encode(), 401))
    error = await failure(opened("perplexity", base_url=replayer.url))
    assert type(error) is QuotaExhausted


async def test_a_bill_is_read_as_it_is_written(replayer, opened):
    body = b"""{"id": "r", "model": "perplexity/sonar", "status": "completed", "output": [
      {"type": "message", "content": [{"type": "output_text", "text": "Yes."}]}],
      "usage": {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5,
        "cost": {"currency": "USD", "total_cost": 0.00000010000000000000000001}}}"""
    replayer.replies.append(Reply(body))
    answer = await opened("perplexity", base_url=replayer.url).research(PROMPT)
    assert answer.usage.cost_usd == Decimal("0.00000010000000000000000001")


def test_an_answer_without_a_bill_is_not_billed():
    assert usage_of({"usage": {"input_tokens": 3, "cost": None}}).is_billed is False
    assert usage_of({"usage": None}).input_tokens == 0
    assert usage_of({}).is_billed is False
