"""What was asked, in no vendor's words, and what is said to it, with the tokens that it took.

Tokens are counted as a quarter of the characters, upwards; a model that thinks spends an eighth of
its output on it. What does not belong here: bodies on the wire (`*_format.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from posthub_assets.domain.ports import Usage
from resources.providers.loopback.faults import Fault
from resources.providers.loopback.pictures import picture

Answer = Callable[[str, str, str, Mapping[str, Any] | None], str]
"""provider, system, user, schema (None: Markdown) -> the text, or JSON that fits the schema."""

CHARACTERS_A_TOKEN = 4
SOURCE_IMAGE_TOKENS = 258
TOKENS_A_MEGAPIXEL = {"low": 272, "medium": 1056, "high": 4160, "1K": 1120, "2K": 420, "4K": 150}
LEAST_CACHED_TOKENS = 1024
CACHE_STEP_TOKENS = 128
SEARCH_USD = Decimal("0.005")
TOKEN_USD = Decimal("0.000001")


class Ended(StrEnum):
    """Why the model stopped."""

    STOP = "stop"
    LENGTH = "length"
    FILTER = "filter"
    BLOCKED = "blocked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question."""

    provider: str
    operation: str
    model: str
    system: str = ""
    user: str = ""
    schema: Mapping[str, Any] | None = None
    size_px: tuple[int, int] = (1024, 1024)
    quality: str = "medium"
    image_kind: str = "png"
    has_source: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One answer."""

    text: str
    ended: Ended
    usage: Usage
    picture: bytes | None = field(default=None, repr=False)


ENDINGS = {
    Fault.TRUNCATED: Ended.LENGTH,
    Fault.THOUGHT_ONLY: Ended.LENGTH,
    Fault.BLOCKED_ANSWER: Ended.FILTER,
    Fault.BLOCKED_PROMPT: Ended.BLOCKED,
    Fault.REFUSED: Ended.REFUSED,
}
SILENT = frozenset({Fault.EMPTY, Fault.THOUGHT_ONLY, Fault.BLOCKED_ANSWER, Fault.BLOCKED_PROMPT})
REFUSAL = "I cannot help with that."


@dataclass(slots=True)
class Speaker:
    """Answers questions; remembers long system prompts, which are cheaper the second time."""

    answer: Answer
    _cached: set[int] = field(default_factory=set)

    def say(self, asked: Asked, fault: Fault | None) -> Said:
        """Answer, or fail to in the way that is asked for."""
        ended = ENDINGS.get(fault, Ended.STOP) if fault else Ended.STOP
        if asked.operation == "image":
            return self._paint(asked, fault, ended)
        text = self._text(asked, fault)
        usage = self._usage(asked, text, fault)
        return Said(text, ended, usage)

    def _text(self, asked: Asked, fault: Fault | None) -> str:
        if fault in SILENT:
            return ""
        if fault is Fault.REFUSED:
            return REFUSAL
        if fault is Fault.WRONG_SCHEMA:
            return '{"of_another_schema": true}'
        text = self.answer(asked.provider, asked.system, asked.user, asked.schema)
        return text[: len(text) // 2] if fault is Fault.TRUNCATED else text

    def _paint(self, asked: Asked, fault: Fault | None, ended: Ended) -> Said:
        usage = Usage(
            input_tokens=tokens(asked.user) + SOURCE_IMAGE_TOKENS * asked.has_source,
            image_input_tokens=SOURCE_IMAGE_TOKENS * asked.has_source,
        )
        if fault is Fault.REFUSED:
            return Said(REFUSAL, ended, replace(usage, output_tokens=tokens(REFUSAL)))
        if fault in SILENT or fault is Fault.TRUNCATED:
            return Said("", ended, usage)
        width, height = asked.size_px
        rate = TOKENS_A_MEGAPIXEL.get(asked.quality, TOKENS_A_MEGAPIXEL["medium"])
        spent = -(-width * height * rate // (1024 * 1024))
        usage = replace(usage, output_tokens=spent, image_tokens=spent)
        return Said("", ended, usage, picture(asked.user, width, height, asked.image_kind))

    def _usage(self, asked: Asked, text: str, fault: Fault | None) -> Usage:
        system = tokens(asked.system)
        read = system + tokens(asked.user)
        if fault is Fault.BLOCKED_PROMPT:
            return Usage(input_tokens=read)
        written = tokens(text)
        thought = 64 if fault is Fault.THOUGHT_ONLY else written // 8
        usage = Usage(
            input_tokens=read,
            output_tokens=written + thought,
            cached_tokens=self._cached_of(asked, system),
            reasoning_tokens=thought,
        )
        if asked.operation != "research":
            return usage
        bill = (usage.input_tokens + usage.output_tokens) * TOKEN_USD + SEARCH_USD
        return replace(
            usage, reasoning_tokens=0, cached_tokens=0, searches=1, cost_usd=bill, is_billed=True
        )

    def _cached_of(self, asked: Asked, system: int) -> int:
        if system < LEAST_CACHED_TOKENS:
            return 0
        known = hash((asked.provider, asked.model, asked.system))
        if known not in self._cached:
            self._cached.add(known)
            return 0
        return system // CACHE_STEP_TOKENS * CACHE_STEP_TOKENS


def tokens(text: str) -> int:
    """Give the tokens of a text: a quarter of its characters, upwards."""
    return -(-len(text) // CHARACTERS_A_TOKEN)
