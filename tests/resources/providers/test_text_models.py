"""The contract of `TextModel`, on every adapter, against the stand-in."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback

import pytest

from posthub_assets.domain.bodies import PersonaBody
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
from posthub_assets.domain.vendors import TextPrompt
from resources.providers.loopback import Fault
from resources.providers.wire import Bounds, Timeouts

pytestmark = pytest.mark.anyio

KEY = "sk-proj-0123456789abcdefghijklmnop"
SECRET = "The prompt speaks of a merger that nobody may know of before the spring."
ADAPTERS = [
    pytest.param(("gemini", {}), id="gemini"),
    pytest.param(("openai", {}), id="openai"),
    pytest.param(("openai", {"speaks": "chat"}), id="openai-chat"),
]
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
]
BILLED = [
    (Fault.TRUNCATED, TruncatedAnswer),
    (Fault.THOUGHT_ONLY, TruncatedAnswer),
    (Fault.EMPTY, EmptyAnswer),
    (Fault.BLOCKED_ANSWER, BlockedPrompt),
]


@pytest.fixture(params=ADAPTERS)
def vendor(request):
    return request.param


def prompt(**given) -> TextPrompt:
    return TextPrompt(
        **{"model": "a-model-3", "system": "Be brief.", "user": SECRET, "max_tokens": 500, **given}
    )


async def failure(model, asked: TextPrompt | None = None) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await model.complete(asked or prompt())
    return caught.value


async def test_an_answer_comes_with_its_model_and_usage(server, opened, vendor):
    name, given = vendor
    answer = await opened(name, **given).complete(prompt())
    [call] = server.calls()
    assert answer.text.startswith("# ")
    assert answer.model == "a-model-3"
    assert answer.usage == call.usage
    assert answer.usage.output_tokens > answer.usage.reasoning_tokens > 0


async def test_cached_tokens_are_part_of_the_input(server, opened, vendor):
    name, given = vendor
    model = opened(name, **given)
    long = prompt(system="A rule of the house. " * 300, user=f"{name}{given}")
    await model.complete(long)
    answer = await model.complete(long)
    assert answer.usage == server.calls()[-1].usage
    assert answer.usage.input_tokens > answer.usage.cached_tokens > 1024


async def test_a_schema_is_answered_in_json_that_fits_it(server, opened, vendor):
    name, given = vendor
    asked = prompt(schema=PersonaBody.model_json_schema(), schema_name="PersonaBody")
    answer = await opened(name, **given).complete(asked)
    assert PersonaBody.model_validate_json(answer.text)


async def test_an_answer_of_another_schema_is_handed_on(server, opened, vendor):
    name, given = vendor
    server.plan(name, Fault.WRONG_SCHEMA)
    answer = await opened(name, **given).complete(prompt(schema=PersonaBody.model_json_schema()))
    assert json.loads(answer.text) == {"of_another_schema": True}


async def test_temperature_and_system_are_sent_only_where_they_are_given(server, opened, vendor):
    name, given = vendor
    model = opened(name, **given)
    await model.complete(prompt(temperature=0.5))
    await model.complete(prompt(system=""))
    warm, plain = (json.dumps(call.body) for call in server.calls())
    assert '"temperature": 0.5' in warm
    assert "Be brief." in warm
    assert "temperature" not in plain
    assert not any(word in plain for word in ("instructions", "systemInstruction", '"system"'))


@pytest.mark.parametrize(("fault", "expected"), UNBILLED)
async def test_a_call_that_is_not_billed_ends_in_its_error(
    server, opened, vendor, caplog, *, fault, expected
):
    caplog.set_level(logging.DEBUG)
    name, given = vendor
    server.plan(name, fault)
    model = opened(name, **given)
    error = await failure(model)
    assert type(error) is expected
    assert error.provider == name
    assert error.usage is None
    assert len(server.calls()) == 1, "a call is made once"
    told = f"{error!r}{error}{''.join(traceback.format_exception(error))}{model!r}"
    assert KEY not in told + caplog.text
    assert SECRET not in told
    assert len(str(error)) < 700


@pytest.mark.parametrize(("fault", "expected"), BILLED)
async def test_a_call_that_is_billed_ends_in_its_error_with_usage(
    server, opened, vendor, fault, expected
):
    name, given = vendor
    server.plan(name, fault)
    error = await failure(opened(name, **given))
    [call] = server.calls()
    assert type(error) is expected
    assert error.provider == name
    assert error.usage == call.usage
    assert error.usage.input_tokens > 0
    assert error.model == "a-model-3"


@pytest.mark.parametrize("speaks", ["responses", "chat"])
async def test_a_refusal_is_told_in_the_models_words(server, opened, speaks):
    """Gemini has no words for a refusal of text: it is an answer like any other."""
    server.plan("openai", Fault.REFUSED)
    error = await failure(opened("openai", speaks=speaks))
    assert type(error) is RefusedAnswer
    assert "I cannot help with that." in str(error)
    assert error.usage == server.calls()[-1].usage


async def test_a_blocked_prompt_says_so(server, opened, vendor):
    name, given = vendor
    server.plan(name, Fault.BLOCKED_PROMPT)
    error = await failure(opened(name, **given))
    assert type(error) is BlockedPrompt
    assert (error.usage is not None) == (name == "gemini"), "only Gemini tells what it counted"


async def test_the_pause_that_a_vendor_asks_for_is_kept(server, opened, vendor):
    name, given = vendor
    server.plan(name, Fault.RATE_LIMITED, retry_after_s=7.5)
    server.plan(name, Fault.RATE_LIMITED)
    model = opened(name, **given)
    told, silent = await failure(model), await failure(model)
    assert (told.says_when, told.retry_after_s) == (True, 7.5)
    assert silent.says_when is False


@pytest.mark.parametrize(
    ("fault", "timeouts"),
    [
        (Fault.SLOW, Timeouts(connect_s=1, read_s=0.15)),
        (Fault.TRICKLE, Timeouts(connect_s=1, read_s=1, whole_s=0.4)),
    ],
)
async def test_a_vendor_that_is_slow_is_not_waited_for(server, opened, vendor, fault, timeouts):
    name, given = vendor
    model = opened(name, timeouts=timeouts, **given)
    await model._opening.get()
    server.plan(name, fault, delay_s=30)
    began_s = asyncio.get_running_loop().time()
    assert type(await failure(model)) is TransientProviderError
    assert asyncio.get_running_loop().time() - began_s < 10


async def test_an_answer_over_its_bound_is_not_read_to_its_end(server, opened, vendor):
    name, given = vendor
    server.plan(name, Fault.TOO_LARGE, size_bytes=32_000_000)
    model = opened(name, bounds=Bounds(text_bytes=100_000), **given)
    error = await failure(model)
    assert type(error) is InvalidAnswer
    assert "0.0954 MB" in str(error)
    assert (await model.complete(prompt())).text


async def test_a_call_that_is_cancelled_ends_at_once_and_the_next_one_works(server, opened, vendor):
    name, given = vendor
    model = opened(name, **given)
    await model._opening.get()
    server.plan(name, Fault.SLOW, delay_s=30)
    call = asyncio.create_task(model.complete(prompt()))
    await asyncio.sleep(0.2)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(call, 10)
    assert (await model.complete(prompt())).text


async def test_nobody_there_is_worth_another_attempt(opened, vendor):
    name, given = vendor
    error = await failure(opened(name, base_url="http://127.0.0.1:9", **given))
    assert type(error) is TransientProviderError


async def test_many_calls_at_once_share_one_client(server, opened, vendor):
    name, given = vendor
    model = opened(name, **given)
    answers = await asyncio.gather(
        *(model.complete(prompt(user=f"question {number}")) for number in range(40))
    )
    assert len({answer.text for answer in answers}) == 40
    assert len(server.calls()) == 40


def test_an_adapter_serves_one_event_loop_after_the_other(server):
    from resources.providers.openai import OpenAI

    model = OpenAI(KEY, server.base_url("openai"))

    async def once() -> str:
        answer = await model.complete(prompt())
        await model.close()
        return answer.text

    assert asyncio.run(once()) == asyncio.run(once())


@pytest.mark.parametrize("name", ["gemini", "openai"])
async def test_a_key_is_checked_for_nothing(server, opened, name):
    model = opened(name)
    await model.check()
    server.plan(name, Fault.KEY_REVOKED)
    with pytest.raises(KeyRejected):
        await model.check()
    assert [call.operation for call in server.calls()] == ["check", "check"]
