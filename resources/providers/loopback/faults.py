"""What can go wrong on purpose, and what was asked: the server's plan and its log.

What does not belong here: how a vendor words a fault (`gemini_format.py` and its neighbours).
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from posthub_assets.domain.ports import Usage


class Fault(StrEnum):
    """One way for a call to go wrong."""

    RATE_LIMITED = "rate-limited"
    """429, with the pause in the vendor's own way where `retry_after_s` is given."""
    QUOTA_EXHAUSTED = "quota-exhausted"
    KEY_REVOKED = "key-revoked"
    BAD_REQUEST = "bad-request"
    """400, with a sentence that quotes the prompt and the key back, as some servers do."""
    NOT_FOUND = "not-found"
    SERVER_ERROR = "server-error"
    UNAVAILABLE = "unavailable"
    SLOW = "slow"
    """The answer comes after `delay_s`, as a whole."""
    TRICKLE = "trickle"
    """A byte of white space each twentieth of a second, and never an answer."""
    RESET = "reset"
    HALF_ANSWER = "half-answer"
    """The connection ends in the middle of the body."""
    INVALID_JSON = "invalid-json"
    TOO_LARGE = "too-large"
    """White space up to `size_bytes` before the body."""
    WRONG_SCHEMA = "wrong-schema"
    REFUSED = "refused"
    BLOCKED_PROMPT = "blocked-prompt"
    BLOCKED_ANSWER = "blocked-answer"
    TRUNCATED = "truncated"
    THOUGHT_ONLY = "thought-only"
    """The limit of tokens is spent on thinking; there is no answer at all."""
    EMPTY = "empty"
    EXPIRED = "expired"
    """For a batch's row: it was not answered in time."""


OPERATIONS = ("text", "image", "research", "batch", "row", "file", "check")
"""What a call is; `row` is a question within a batch."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault that waits for its call."""

    fault: Fault
    on: str | None = None
    retry_after_s: float | None = None
    delay_s: float = 60.0
    size_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call as the server saw it."""

    provider: str
    operation: str
    model: str
    status: int
    """The HTTP status that was sent; 0 where the connection was broken."""
    usage: Usage
    """What the vendor bills, whether or not the answer arrived; zeros where it bills nothing."""
    body: Mapping[str, Any] = field(repr=False)
    is_batch: bool = False
    """A question of a batch: billed at half the price."""
    fault: Fault | None = None


@dataclass(slots=True)
class Books:
    """The plan and the log. May be used from any thread."""

    _plans: defaultdict[str, deque[Planned]] = field(default_factory=lambda: defaultdict(deque))
    _calls: list[LoggedCall] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, provider: str, planned: Planned, times: int) -> None:
        """Let the next calls go wrong in this way."""
        with self._lock:
            self._plans[provider].extend([planned] * times)

    def forget(self) -> None:
        """Drop every planned fault that has not met its call."""
        with self._lock:
            self._plans.clear()

    def take(self, provider: str, operation: str) -> Planned | None:
        """Give the first planned fault that fits this call, and remove it from the plan."""
        if not self._plans:
            return None
        with self._lock:
            plans = self._plans[provider]
            for planned in plans:
                if planned.on == operation or (planned.on is None and operation != "row"):
                    plans.remove(planned)
                    return planned
        return None

    def log(self, call: LoggedCall) -> None:
        """Write a call down."""
        with self._lock:
            self._calls.append(call)

    def calls(self, provider: str | None = None) -> tuple[LoggedCall, ...]:
        """Give the calls so far, in the order they came."""
        with self._lock:
            return tuple(c for c in self._calls if provider in (None, c.provider))

    def clear(self) -> None:
        """Empty the log."""
        with self._lock:
            self._calls.clear()
