"""The contract of `ImageModel`, on every adapter, against the stand-in."""

from __future__ import annotations

import asyncio
import traceback
from io import BytesIO

import pytest
from PIL import Image

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
)
from posthub_assets.domain.vendors import ImagePrompt
from resources.providers.loopback import Fault
from resources.providers.wire import Bounds, Timeouts

pytestmark = pytest.mark.anyio

KEY = "sk-proj-0123456789abcdefghijklmnop"
SECRET = "A lighthouse in the fog, of which nobody may know before the spring."
RATIOS = {"1:1": 1.0, "4:5": 0.8, "9:16": 0.5625, "16:9": 1.7778, "1.91:1": 1.91}
FAULTS = [
    (Fault.RATE_LIMITED, RateLimited),
    (Fault.QUOTA_EXHAUSTED, QuotaExhausted),
    (Fault.KEY_REVOKED, KeyRejected),
    (Fault.BAD_REQUEST, PermanentProviderError),
    (Fault.SERVER_ERROR, TransientProviderError),
    (Fault.UNAVAILABLE, TransientProviderError),
    (Fault.RESET, TransientProviderError),
    (Fault.HALF_ANSWER, TransientProviderError),
    (Fault.INVALID_JSON, TransientProviderError),
    (Fault.BLOCKED_PROMPT, BlockedPrompt),
    (Fault.BLOCKED_ANSWER, BlockedPrompt),
    (Fault.EMPTY, EmptyAnswer),
]


@pytest.fixture(params=["gemini", "openai"])
def vendor(request):
    return request.param


def prompt(**given) -> ImagePrompt:
    asked = {"model": "gpt-image-2.5-flare", "text": SECRET, "negative": "", "aspect_ratio": "1:1"}
    return ImagePrompt(**asked | given)


async def failure(model) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await model.paint(prompt())
    return caught.value


@pytest.mark.parametrize("aspect_ratio", RATIOS)
async def test_a_picture_has_nearly_the_shape_that_was_asked_for(
    server, opened, vendor, aspect_ratio
):
    painting = await opened(vendor).paint(prompt(aspect_ratio=aspect_ratio))
    with Image.open(BytesIO(painting.data)) as picture:
        picture.load()
        ratio = picture.width / picture.height
    assert painting.media_type == "image/png"
    assert ratio == pytest.approx(RATIOS[aspect_ratio], rel=0.08)
    [call] = server.calls()
    assert painting.usage == call.usage
    assert painting.usage.image_tokens == painting.usage.output_tokens > 0


async def test_what_must_not_be_there_is_said_in_words(server, opened, vendor):
    await opened(vendor).paint(prompt(negative="people, text"))
    assert "must not show: people, text" in str(server.calls()[-1].body)


async def test_a_picture_can_be_changed(server, opened, vendor):
    model = opened(vendor)
    first = await model.paint(prompt())
    second = await model.paint(prompt(text="the same at night", source=first.data))
    call = server.calls()[-1]
    assert second.usage == call.usage
    assert second.usage.image_input_tokens > 0
    assert second.data != first.data


async def test_a_quality_of_the_models_own_is_sent_and_costs_more(server, opened, vendor):
    low, high = ("1K", "2K") if vendor == "gemini" else ("low", "high")
    model = opened(vendor)
    cheap = await model.paint(prompt(quality=low))
    dear = await model.paint(prompt(quality=high))
    assert dear.usage.image_tokens > cheap.usage.image_tokens


@pytest.mark.parametrize(("fault", "expected"), FAULTS)
async def test_a_picture_that_does_not_come_ends_in_its_error(
    server, opened, vendor, fault, expected
):
    server.plan(vendor, fault)
    error = await failure(opened(vendor))
    assert type(error) is expected
    assert error.provider == vendor
    assert len(server.calls()) == 1, "a call is made once"
    told = "".join(traceback.format_exception(error))
    assert KEY not in told
    assert SECRET not in told


async def test_an_empty_answer_is_billed(server, opened, vendor):
    server.plan(vendor, Fault.EMPTY)
    error = await failure(opened(vendor))
    assert error.usage == server.calls()[-1].usage
    assert error.model == "gpt-image-2.5-flare"


async def test_words_instead_of_a_picture_are_a_refusal(server, opened):
    server.plan("gemini", Fault.REFUSED)
    error = await failure(opened("gemini"))
    assert type(error) is RefusedAnswer
    assert error.usage == server.calls()[-1].usage
    assert error.usage.output_tokens > 0


async def test_a_picture_over_its_bound_is_not_read_to_its_end(server, opened, vendor):
    server.plan(vendor, Fault.TOO_LARGE, size_bytes=5_000_000)
    error = await failure(opened(vendor, bounds=Bounds(image_bytes=1_000_000)))
    assert type(error) is InvalidAnswer


async def test_pictures_may_be_larger_than_texts(server, opened, vendor):
    server.plan(vendor, Fault.TOO_LARGE, size_bytes=9 * 1024 * 1024)
    assert (await opened(vendor).paint(prompt())).data


async def test_a_slow_painter_is_not_waited_for(server, opened, vendor):
    model = opened(vendor, timeouts=Timeouts(read_s=0.15))
    await model._opening.get()
    server.plan(vendor, Fault.SLOW, delay_s=30)
    async with asyncio.timeout(10):
        assert type(await failure(model)) is TransientProviderError
