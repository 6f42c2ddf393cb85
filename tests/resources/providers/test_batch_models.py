"""The contract of `BatchModel`, on every adapter, against the stand-in."""

from __future__ import annotations

import json
import traceback

import pytest

from posthub_assets.domain.bodies import PersonaBody
from posthub_assets.domain.errors import (
    BlockedPrompt,
    EmptyAnswer,
    KeyRejected,
    PermanentProviderError,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    TransientProviderError,
    TruncatedAnswer,
)
from posthub_assets.domain.vendors import Completion, TextPrompt
from resources.providers.loopback import Fault
from resources.providers.loopback.protocol import Reply

pytestmark = pytest.mark.anyio

KEY = "sk-proj-0123456789abcdefghijklmnop"
BILLED_ROWS = {
    Fault.TRUNCATED: TruncatedAnswer,
    Fault.EMPTY: EmptyAnswer,
    Fault.BLOCKED_ANSWER: BlockedPrompt,
}
UNBILLED_ROWS = {
    Fault.SERVER_ERROR: TransientProviderError,
    Fault.EXPIRED: TransientProviderError,
}
FAULTS = [
    (Fault.RATE_LIMITED, RateLimited),
    (Fault.QUOTA_EXHAUSTED, QuotaExhausted),
    (Fault.KEY_REVOKED, KeyRejected),
    (Fault.SERVER_ERROR, TransientProviderError),
    (Fault.RESET, TransientProviderError),
    (Fault.HALF_ANSWER, TransientProviderError),
    (Fault.INVALID_JSON, TransientProviderError),
]


@pytest.fixture(params=["gemini", "openai"])
def vendor(request):
    return request.param


def prompts(*keys: str, **given) -> dict[str, TextPrompt]:
    return {
        key: TextPrompt(
            **{"model": "a-model", "system": "Be brief.", "user": f"Tell of {key}.\n«ž»"}
            | {"max_tokens": 500}
            | given
        )
        for key in keys
    }


async def test_answers_come_back_by_key_with_their_usage(server, opened, vendor):
    model = opened(vendor)
    reference = await model.submit(prompts("a", "b", "c"), label="posthub-1")
    state = await model.look(reference)
    assert state.is_over
    assert state.status
    assert set(state.answers) == {"a", "b", "c"}
    rows = [call for call in server.calls() if call.is_batch]
    assert [answer.usage for answer in state.answers.values()] == [row.usage for row in rows]
    assert len({answer.text for answer in state.answers.values()}) == 3
    assert {answer.model for answer in state.answers.values()} == {"a-model"}


async def test_a_question_in_a_batch_is_the_same_as_one_asked_alone(server, opened, vendor):
    model = opened(vendor)
    asked = prompts("a", schema=PersonaBody.model_json_schema(), temperature=0.5)
    single = await model.complete(asked["a"])
    state = await model.look(await model.submit(asked, label="posthub-2"))
    assert state.answers["a"] == single
    assert PersonaBody.model_validate_json(single.text)


async def test_a_batch_that_runs_is_asked_about_again(server, opened, vendor):
    server.batch_wait_s = 60
    model = opened(vendor)
    reference = await model.submit(prompts("a"), label="posthub-3")
    state = await model.look(reference)
    assert not state.is_over
    assert not state.answers
    assert state.check_again.total_seconds() > 0
    server.batch_wait_s = 0
    assert (await model.look(reference)).is_over


async def test_a_cancelled_batch_is_over_without_answers(server, opened, vendor):
    server.batch_wait_s = 60
    model = opened(vendor)
    reference = await model.submit(prompts("a"), label="posthub-4")
    await model.cancel(reference)
    state = await model.look(reference)
    assert state.is_over
    assert not state.answers


@pytest.mark.parametrize("fault", BILLED_ROWS)
async def test_a_row_that_was_billed_is_its_error_with_usage(server, opened, vendor, fault):
    server.plan(vendor, fault, on="row")
    model = opened(vendor)
    state = await model.look(await model.submit(prompts("a", "b"), label="posthub-5"))
    failed = state.answers["a"]
    assert type(failed) is BILLED_ROWS[fault]
    assert failed.usage == next(c.usage for c in server.calls() if c.is_batch)
    assert failed.model == "a-model"
    assert isinstance(state.answers["b"], Completion)


@pytest.mark.parametrize("fault", UNBILLED_ROWS)
async def test_a_row_that_failed_is_its_error_and_the_others_are_there(
    server, opened, vendor, fault
):
    server.plan(vendor, fault, on="row")
    model = opened(vendor)
    state = await model.look(await model.submit(prompts("a", "b"), label="posthub-5"))
    assert type(state.answers["a"]) is UNBILLED_ROWS[fault]
    assert state.answers["a"].usage is None
    assert isinstance(state.answers["b"], Completion)


@pytest.mark.parametrize(("fault", "expected"), FAULTS)
async def test_a_batch_that_cannot_be_handed_in_or_looked_at_ends_in_its_error(
    server, opened, vendor, fault, expected
):
    model = opened(vendor)
    server.plan(vendor, fault, on="batch")
    with pytest.raises(ProviderError) as caught:
        await model.submit(prompts("a"), label="posthub-6")
    assert type(caught.value) is expected
    assert KEY not in "".join(traceback.format_exception(caught.value))
    reference = await model.submit(prompts("a"), label="posthub-7")
    server.plan(vendor, fault, on="batch")
    with pytest.raises(ProviderError) as caught:
        await model.look(reference)
    assert type(caught.value) is expected
    assert (await model.look(reference)).is_over


async def test_a_file_that_came_in_half_is_no_answer(server, opened):
    model = opened("openai")
    reference = await model.submit(prompts("a", "b"), label="posthub-8")
    server.plan("openai", Fault.INVALID_JSON, on="file")
    with pytest.raises(TransientProviderError):
        await model.look(reference)
    assert len((await model.look(reference)).answers) == 2


async def test_a_batch_that_nobody_knows_is_said_to_be_unknown(opened, vendor):
    with pytest.raises(PermanentProviderError):
        await opened(vendor).look("batches/none" if vendor == "gemini" else "batch_none")


async def test_a_batch_without_a_question_is_not_handed_in(server, opened, vendor):
    with pytest.raises(PermanentProviderError):
        await opened(vendor).submit({}, label="posthub-9")
    assert not server.calls()


async def test_a_batch_over_geminis_limit_is_not_handed_in(server, opened):
    large = prompts("a", user="x" * 21_000_000)
    with pytest.raises(PermanentProviderError, match="20 MB"):
        await opened("gemini").submit(large, label="posthub-10")
    assert not server.calls()


async def test_an_error_of_a_batch_does_not_quote_its_questions(replayer, opened, vendor):
    asked = prompts("a", user="Of the merger that nobody may know of before the spring.")
    told = {"error": {"message": f"Cannot read {asked['a'].user!r}", "code": "bad", "status": 400}}
    replayer.replies.append(Reply(json.dumps(told).encode(), 400))
    with pytest.raises(PermanentProviderError) as caught:
        await opened(vendor, base_url=replayer.url).submit(asked, label="posthub-11")
    assert "merger" not in "".join(traceback.format_exception(caught.value))
