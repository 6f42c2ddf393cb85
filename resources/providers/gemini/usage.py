"""Reads what Gemini's answers say they consumed.

The fields: https://ai.google.dev/api/generate-content#UsageMetadata. What does not belong here:
prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from posthub_assets.domain.ports import Usage
from resources.providers.wire import count, mappings

PICTURES_READ = frozenset({"IMAGE", "DOCUMENT"})
"""A document's pages are read, and billed, as pictures."""


def usage_of(body: Mapping[str, Any]) -> Usage:
    """Read the `usageMetadata` of an answer's body; every field may be absent or null.

    `promptTokenCount` has the cached ones in it, what tools put into the prompt is counted apart;
    `candidatesTokenCount` has the pictures' tokens in it, but not those of thinking.
    """
    told = body.get("usageMetadata")
    if not isinstance(told, Mapping):
        return Usage()
    thoughts = count(told, "thoughtsTokenCount")
    return Usage(
        input_tokens=count(told, "promptTokenCount") + count(told, "toolUsePromptTokenCount"),
        output_tokens=count(told, "candidatesTokenCount") + thoughts,
        cached_tokens=count(told, "cachedContentTokenCount"),
        reasoning_tokens=thoughts,
        image_tokens=_of_kinds(told.get("candidatesTokensDetails"), frozenset({"IMAGE"})),
        image_input_tokens=_of_kinds(told.get("promptTokensDetails"), PICTURES_READ),
        searches=sum(
            len(asked)
            for one in mappings(body.get("candidates"))
            if isinstance(grounds := one.get("groundingMetadata"), Mapping)
            and isinstance(asked := grounds.get("webSearchQueries"), list)
        ),
    )


def _of_kinds(details: object, kinds: frozenset[str]) -> int:
    return sum(
        count(one, "tokenCount") for one in mappings(details) if one.get("modality") in kinds
    )
