"""Pictures of OpenAI's gpt-image models: the request's body, and the picture in the answer.

`POST /v1/images/generations` and `/v1/images/edits`; pictures come as base64. Sizes: the SDK's
`resources/images.py` (gpt-image-2 and later take any size whose edges are divisible by 16).
What does not belong here: cutting to size, writing on pictures.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from math import log
from typing import Any

from posthub_assets.domain.errors import EmptyAnswer, InvalidAnswer
from posthub_assets.domain.vendors import ImagePrompt, Painting
from resources.providers.openai.answers import NAME, billed
from resources.providers.openai.usage import usage_of
from resources.providers.wire import mappings

STEP_PX = 16
LONGEST_PX = 1536
MOST_PIXELS = 1024 * 1536
"""Of the standard sizes; larger ones cost more tokens."""
STANDARD = ((1024, 1024), (1536, 1024), (1024, 1536))
MAGIC = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


def ratio_of(aspect_ratio: str) -> float:
    """Give width by height of `4:5` and the like; 1 where it cannot be read."""
    width, _, height = aspect_ratio.partition(":")
    try:
        return float(width) / float(height)
    except (ValueError, ZeroDivisionError):
        return 1.0


def size_px(aspect_ratio: str, model: str) -> tuple[int, int]:
    """Give the width and height nearest to the ratio that the model draws, in pixels."""
    ratio = ratio_of(aspect_ratio)
    if ratio == 1 or not model.startswith("gpt-image-2"):
        return min(STANDARD, key=lambda size: abs(log(size[0] / size[1]) - log(ratio)))
    edges = range(768, LONGEST_PX + 1, STEP_PX)
    sizes = [size for edge in edges if (size := _sized(edge, ratio))[0] * size[1] <= MOST_PIXELS]
    return min(sizes, key=lambda size: (abs(size[0] / size[1] / ratio - 1), -size[0] * size[1]))


def _sized(edge: int, ratio: float) -> tuple[int, int]:
    """Give the size of this longer edge; no narrower than 3:1, which is OpenAI's limit."""
    other = max(edge * min(ratio, 1 / ratio), edge / 3)
    short = -(-round(other) // STEP_PX) * STEP_PX if other <= edge / 3 else _step(other)
    return (edge, short) if ratio > 1 else (short, edge)


def _step(length: float) -> int:
    return max(STEP_PX, round(length / STEP_PX) * STEP_PX)


def words(prompt: ImagePrompt) -> str:
    """Give the prompt's text, with what must not be in the picture said in words."""
    if not prompt.negative.strip():
        return prompt.text
    return f"{prompt.text}\n\nThe picture must not show: {prompt.negative.strip()}"


def image_body(prompt: ImagePrompt) -> dict[str, Any]:
    """Give the parameters that making and changing a picture have in common."""
    width, height = size_px(prompt.aspect_ratio, prompt.model)
    body: dict[str, Any] = {
        "model": prompt.model,
        "prompt": words(prompt),
        "size": f"{width}x{height}",
        "n": 1,
    }
    if prompt.quality:
        body["quality"] = prompt.quality
    return body


def read_picture(body: Mapping[str, Any], prompt_model: str) -> Painting:
    """Read the picture. Raises EmptyAnswer, InvalidAnswer, both with usage.

    The answer does not name its model; the one that was asked for is given.
    """
    usage, model = usage_of(body), str(body.get("model") or prompt_model)
    encoded = next((one.get("b64_json") for one in mappings(body.get("data"))), None)
    if not encoded:
        raise billed(EmptyAnswer("openai made no picture.", provider=NAME), usage, model)
    try:
        data = decoded(str(encoded))
    except ValueError as error:
        told = InvalidAnswer("openai sent a picture that cannot be read.", provider=NAME)
        raise billed(told, usage, model) from error
    return Painting(data=data, media_type=media_type(data), model=model, usage=usage)


def decoded(encoded: str) -> bytes:
    """Give the bytes of base64. Raises ValueError where it is none, or no picture."""
    try:
        data = b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if not media_type(data):
        raise ValueError("neither PNG, JPEG nor WebP")
    return data


def media_type(data: bytes) -> str:
    """Give the media type by the first bytes; empty where it is none that we know."""
    return next((kind for magic, kind in MAGIC.items() if data.startswith(magic)), "")
