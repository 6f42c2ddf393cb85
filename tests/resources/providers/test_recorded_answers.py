"""Real answers of real vendors, replayed at the transport, read by the adapters."""

from __future__ import annotations

import base64
import json

import pytest

from posthub_assets.domain.errors import (
    BlockedPrompt,
    PermanentProviderError,
    RefusedAnswer,
    TruncatedAnswer,
)
from posthub_assets.domain.ports import Usage
from posthub_assets.domain.vendors import ImagePrompt, TextPrompt
from resources.providers.loopback.protocol import Reply

pytestmark = [pytest.mark.anyio, pytest.mark.shared_data]

CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "country": {"type": "string"}},
    "required": ["city", "country"],
}


def ask(**given) -> TextPrompt:
    return TextPrompt(**{"model": "asked", "system": "", "user": "?", "max_tokens": 5} | given)


def draw() -> ImagePrompt:
    return ImagePrompt("asked", "Generate an image of an axolotl.", "", "1:1")


@pytest.fixture
def gemini(opened, replayer):
    return opened("gemini", base_url=replayer.url)


@pytest.fixture
def openai(opened, replayer):
    return opened("openai", base_url=f"{replayer.url}/v1")


@pytest.mark.parametrize(
    ("name", "model", "usage"),
    [
        ("test_google_native_output", "gemini-2.0-flash", Usage(8, 20)),
        ("test_google_prompted_output", "gemini-2.0-flash", Usage(80, 13)),
        (
            "test_google_discriminated_union_native_output",
            "gemini-2.5-flash",
            Usage(14, 16 + 181, reasoning_tokens=181),
        ),
    ],
)
async def test_geminis_structured_output_is_read(recorded, gemini, replayer, *, name, model, usage):
    [body] = recorded(f"google/{name}.yaml")
    answer = await gemini.complete(ask(schema=CITY))
    assert answer.text == body["candidates"][0]["content"]["parts"][0]["text"]
    assert json.loads(answer.text)
    assert (answer.model, answer.usage) == (model, usage)
    assert replayer.asked["generationConfig"]["responseJsonSchema"] == CITY
    assert replayer.asked["generationConfig"]["responseMimeType"] == "application/json"
    assert replayer.requests[-1].path == "/v1/models/asked:generateContent"


async def test_geminis_cached_tokens_are_part_of_its_input(recorded, gemini):
    recorded("google/test_google_model_cached_content.yaml", "generateContent")
    first, second = await gemini.complete(ask()), await gemini.complete(ask())
    assert first.usage == Usage(3520, 2 + 42, cached_tokens=3512, reasoning_tokens=42)
    assert second.usage == Usage(3520, 2 + 51, cached_tokens=3512, reasoning_tokens=51)


async def test_a_cut_off_answer_of_gemini_is_billed(recorded, gemini):
    recorded("google/test_google_model_max_tokens.yaml")
    with pytest.raises(TruncatedAnswer) as caught:
        await gemini.complete(ask())
    assert caught.value.usage == Usage(15, 5)
    assert caught.value.model == "gemini-2.5-flash"


async def test_thinking_that_eats_the_limit_is_a_cut_off_answer_and_billed(recorded, gemini):
    recorded("google/test_google_model_max_tokens_thinking_model_empty_response.yaml")
    with pytest.raises(TruncatedAnswer) as caught:
        await gemini.complete(ask())
    assert caught.value.usage == Usage(15, 2, reasoning_tokens=2)
    assert caught.value.model == "gemini-2.5-pro"


async def test_geminis_safety_filter_is_a_blocked_prompt_and_billed(recorded, gemini):
    recorded("google/test_google_model_safety_settings.yaml")
    with pytest.raises(BlockedPrompt, match="SAFETY") as caught:
        await gemini.complete(ask())
    assert caught.value.usage == Usage(14, 0)


@pytest.mark.parametrize(
    ("name", "usage"),
    [
        (
            "TestImageGenerationCapability.test_image_generation_local_fallback_google",
            Usage(22, 1216 + 179, reasoning_tokens=179, image_tokens=1120),
        ),
        (
            "test_google_vertexai_image_generation_with_output_format",
            Usage(9, 1290, image_tokens=1290),
        ),
    ],
)
async def test_geminis_pictures_are_read(recorded, gemini, replayer, name, usage):
    [body] = recorded(f"google/{name}.yaml")
    painting = await gemini.paint(draw())
    inline = body["candidates"][0]["content"]["parts"][0]["inlineData"]
    assert painting.data == _bytes(inline["data"])
    assert painting.media_type == inline["mimeType"]
    assert painting.usage == usage
    config = replayer.asked["generationConfig"]
    assert config == {"responseModalities": ["IMAGE"], "imageConfig": {"aspectRatio": "1:1"}}


def _bytes(recorded: str) -> bytes:
    """Recordings may hold the alphabet of URLs."""
    return base64.b64decode(recorded.replace("-", "+").replace("_", "/"))


async def test_a_model_that_answers_in_words_draws_nothing_and_is_billed(recorded, gemini):
    recorded("google/test_google_image_or_text_output.yaml")
    with pytest.raises(RefusedAnswer) as caught:
        await gemini.paint(draw())
    assert caught.value.usage == Usage(18, 48)
    painting = await gemini.paint(draw())
    assert painting.usage == Usage(10, 1304, image_tokens=1290)


async def test_openais_structured_output_is_read(recorded, openai, replayer):
    bodies = recorded("openai/test_native_output.yaml")
    replayer.replies.pop(0)  # a tool's call, of which we make none
    answer = await openai.complete(ask(schema=CITY, schema_name="City"))
    assert answer.text == bodies[1]["output"][0]["content"][0]["text"]
    assert json.loads(answer.text)
    assert answer.usage == Usage(89, 16)
    assert answer.model == bodies[1]["model"]
    told = replayer.asked["text"]["format"]
    assert (told["type"], told["name"], told["strict"]) == ("json_schema", "City", True)
    assert replayer.asked["store"] is False


async def test_openais_prompt_cache_is_part_of_its_input(recorded, openai):
    recorded("openai/test_openai_responses_prompt_cache_e2e.yaml")
    first, second = await openai.complete(ask()), await openai.complete(ask())
    assert first.usage == Usage(4020, 5, cache_written_tokens=4012)
    assert second.usage == Usage(4020, 5, cached_tokens=4012)


@pytest.mark.parametrize(
    ("name", "usage"),
    [
        ("test_openai_responses_gpt_5_6_minimal_thinking_uses_low_effort", Usage(18, 5)),
        ("test_responses_usage_limit_not_exceeded", Usage(18, 28)),
    ],
)
async def test_openais_texts_are_read(recorded, openai, replayer, name, usage):
    body = recorded(f"openai/{name}.yaml")[-1]
    del replayer.replies[:-1]  # a count of tokens, which we ask for nowhere
    answer = await openai.complete(ask())
    assert answer.usage == usage
    assert answer.model == body["model"]
    assert answer.text


async def test_openais_400_is_told_in_its_words(recorded, openai):
    recorded("openai/test_openai_responses_model_http_error.yaml")
    with pytest.raises(PermanentProviderError, match="decimal below minimum value") as caught:
        await openai.complete(ask(temperature=-1))
    assert type(caught.value) is PermanentProviderError
    assert caught.value.usage is None


async def test_an_unknown_parameter_of_a_picture_is_told_in_openais_words(
    shared_data, openai, replayer
):
    import yaml

    text = (shared_data / "provider_responses/openllmetry/openai_image_gen.yaml").read_text()
    answers = [one["response"] for one in yaml.safe_load(text)["interactions"]]
    refused = next(one for one in answers if one["status"]["code"] == 400)
    replayer.replies.append(Reply(refused["body"]["string"].encode(), 400))
    with pytest.raises(PermanentProviderError, match="Unknown parameter: 'quality'"):
        await openai.paint(draw())
