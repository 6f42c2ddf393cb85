"""Reads what OpenAI's answers say they consumed: Responses, chat completions and images.

The fields: https://developers.openai.com/api/reference, and `types/responses/response_usage.py`,
`types/images_response.py` of the SDK. What does not belong here: prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from posthub_assets.domain.ports import Usage
from resources.providers.wire import count, mappings


def usage_of(body: Mapping[str, Any]) -> Usage:
    """Read the `usage` of an answer's body; every field may be absent or null.

    `input_tokens` already has the cached ones in it, `output_tokens` the reasoning. An image's
    answer without details of the output counts all of it as image tokens.
    """
    told = body.get("usage")
    if not isinstance(told, Mapping):
        return Usage()
    read = told.get("input_tokens_details") or told.get("prompt_tokens_details")
    written = told.get("output_tokens_details") or told.get("completion_tokens_details")
    output = count(told, "output_tokens", "completion_tokens")
    is_picture = isinstance(body.get("data"), list) and not isinstance(written, Mapping)
    return Usage(
        input_tokens=count(told, "input_tokens", "prompt_tokens"),
        output_tokens=output,
        cached_tokens=count(read, "cached_tokens"),
        cache_written_tokens=count(read, "cache_write_tokens"),
        reasoning_tokens=count(written, "reasoning_tokens"),
        image_tokens=output if is_picture else count(written, "image_tokens"),
        image_input_tokens=count(read, "image_tokens"),
        searches=sum(one.get("type") == "web_search_call" for one in mappings(body.get("output"))),
    )
