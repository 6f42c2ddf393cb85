"""Makes Gemini's requests, and reads the bodies of its answers.

A blocked prompt and a cut-off answer are HTTP 200: `promptFeedback` and `finishReason` tell
(https://ai.google.dev/api/generate-content#FinishReason). Bodies are read as JSON, not as the SDK's
objects: a value that the SDK does not know yet is no reason to lose an answer that was paid for.
What does not belong here: HTTP errors (`errors.py`), batches.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.errors import (
    BlockedPrompt,
    EmptyAnswer,
    InvalidAnswer,
    ProviderError,
    RefusedAnswer,
    TruncatedAnswer,
)
from posthub_assets.domain.vendors import Completion, ImagePrompt, Painting, TextPrompt
from resources.providers.gemini.errors import NAME
from resources.providers.gemini.schemas import gemini_schema
from resources.providers.gemini.usage import usage_of
from resources.providers.openai.answers import billed
from resources.providers.openai.images import decoded, media_type, ratio_of, words
from resources.providers.wire import Hidden, mappings

if TYPE_CHECKING:
    from google.genai.types import Content, GenerateContentConfig

BLOCKED = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "LANGUAGE",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "MODEL_ARMOR",
        "ESCALATION",
        "PUP_LIMITED_DISABLED",
    }
)
CUT_OFF = frozenset({"MAX_TOKENS", "CONTINUATION"})
ENDED = frozenset({"STOP", "FINISH_REASON_UNSPECIFIED", ""})
NOTHING_DRAWN = frozenset({"NO_IMAGE", "IMAGE_OTHER"})

RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
"""https://ai.google.dev/gemini-api/docs/image-generation#aspect_ratios, read in November 2026."""

SIZES = frozenset({"512", "1K", "2K", "4K"})


def text_config(prompt: TextPrompt) -> GenerateContentConfig:
    """Give the configuration of a text request."""
    from google.genai import types

    config = types.GenerateContentConfig(
        max_output_tokens=prompt.max_tokens,
        temperature=prompt.temperature,
        system_instruction=prompt.system or None,
    )
    if prompt.schema is not None:
        config.response_mime_type = "application/json"
        config.response_json_schema = gemini_schema(prompt.schema)
    return config


def called_once(config: GenerateContentConfig) -> GenerateContentConfig:
    """Switch off what would send further requests, and ask for the answer's body as it came."""
    from google.genai import types

    config.automatic_continuation = False
    config.automatic_function_calling = types.AutomaticFunctionCallingConfig(disable=True)
    config.should_return_http_response = True
    return config


def image_config(prompt: ImagePrompt) -> GenerateContentConfig:
    """Give the configuration of a request for one picture."""
    from google.genai import types

    size = prompt.quality.upper()
    return types.GenerateContentConfig(
        response_modalities=["IMAGE"],
        image_config=types.ImageConfig(
            aspect_ratio=nearest_ratio(prompt.aspect_ratio),
            image_size=size if size in SIZES else None,
        ),
    )


def image_contents(prompt: ImagePrompt) -> Content:
    """Give the words, after the picture that is to be changed where there is one."""
    from google.genai import types

    parts = [types.Part(text=words(prompt))]
    if prompt.source is not None:
        parts.insert(
            0, types.Part.from_bytes(data=prompt.source, mime_type=prompt.source_media_type)
        )
    return types.Content(role="user", parts=parts)


def nearest_ratio(aspect_ratio: str) -> str:
    """Give that ratio of Gemini's which is nearest, by how much a cut would take away."""
    wanted = ratio_of(aspect_ratio)
    return min(RATIOS, key=lambda one: max(ratio_of(one) / wanted, wanted / ratio_of(one)))


def read_text(body: Mapping[str, Any], prompt_model: str) -> Completion:
    """Read a text. Raises ProviderError, with usage and model where it was billed."""
    usage, model = usage_of(body), str(body.get("modelVersion") or prompt_model)
    text = _words(body)
    error = _failure(body)
    if error is None and not text.strip():
        error = EmptyAnswer("The model ended without saying anything.", provider=NAME)
    if error is not None:
        raise billed(error, usage, model)
    return Completion(text=text, model=model, usage=usage)


def read_picture(body: Mapping[str, Any], prompt_model: str, hidden: Hidden) -> Painting:
    """Read the first picture that is no draft of the model's thinking. Raises ProviderError."""
    usage, model = usage_of(body), str(body.get("modelVersion") or prompt_model)
    error = _failure(body)
    if error is not None:
        raise billed(error, usage, model)
    drawn = [one for part in _parts(body) if isinstance(one := part.get("inlineData"), Mapping)]
    if not drawn:
        raise billed(_undrawn(hidden.sentence(_words(body))), usage, model)
    try:
        data = decoded(str(drawn[0].get("data") or ""))
    except ValueError as failure:
        told = InvalidAnswer("gemini sent a picture that cannot be read.", provider=NAME)
        raise billed(told, usage, model) from failure
    return Painting(data=data, media_type=media_type(data), model=model, usage=usage)


def _undrawn(said: str) -> ProviderError:
    if said:
        return RefusedAnswer(
            f"The model answered in words, not with a picture: {said}", provider=NAME
        )
    return EmptyAnswer("gemini made no picture.", provider=NAME)


def _candidate(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(mappings(body.get("candidates"))), {})


def _parts(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = _candidate(body).get("content")
    parts = content.get("parts") if isinstance(content, Mapping) else None
    return [part for part in mappings(parts) if not part.get("thought")]


def _words(body: Mapping[str, Any]) -> str:
    return "".join(str(part.get("text") or "") for part in _parts(body))


def _failure(body: Mapping[str, Any]) -> ProviderError | None:
    """Tell what kept the answer from being whole; None where nothing did."""
    feedback = body.get("promptFeedback")
    reason = feedback.get("blockReason") if isinstance(feedback, Mapping) else None
    if reason:
        return BlockedPrompt(f"The filter of gemini stopped the prompt ({reason}).", provider=NAME)
    ended = str(_candidate(body).get("finishReason") or "")
    if ended in BLOCKED:
        return BlockedPrompt(f"The filter of gemini stopped the answer ({ended}).", provider=NAME)
    if ended in CUT_OFF:
        return TruncatedAnswer("gemini stopped at the limit of tokens.", provider=NAME)
    if ended in NOTHING_DRAWN:
        return EmptyAnswer(f"gemini made no picture ({ended}).", provider=NAME)
    if ended not in ENDED:
        return InvalidAnswer(f"gemini ended before its answer was whole ({ended}).", provider=NAME)
    return None
