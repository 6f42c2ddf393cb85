"""What every vendor over HTTP has in common: limits in time and size, secrets, statuses.

What does not belong here: SDKs, which are imported when
a client is opened (`bounded.py`), what a vendor's own codes mean (each vendor's `errors.py`), and
attempts: a call is made once.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar

from posthub_assets.domain.errors import (
    InvalidAnswer,
    KeyRejected,
    PermanentProviderError,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    TransientProviderError,
)

C = TypeVar("C")

SENTENCE_CHARACTERS = 500
TOLD_CHARACTERS = 20_000
"""Nobody reads an error further; the search for the prompt in it is bounded by this."""
LONGEST_PAUSE_S = 86_400.0
SHARED_CHARACTERS = 24
"""A run of so many characters that a message shares with the prompt is the prompt's."""

GONE = "[...]"
TRANSIENT_STATUSES = frozenset({408, 409, 425, 499})
"""Besides 5xx: a timeout, a lock, too early, and Google's own "the client went away"."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long is waited, in seconds: for a connection, for the next byte, and for all of it."""

    connect_s: float = 10.0
    read_s: float = 120.0
    whole_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """The largest answer that is read, in bytes; a larger one is cut off while it comes in."""

    text_bytes: int = 8 * 1024 * 1024
    image_bytes: int = 48 * 1024 * 1024
    batch_bytes: int = 256 * 1024 * 1024


class AnswerTooLarge(Exception):
    """The answer went over its bound and was not read to its end."""


ANSWER_BYTES: ContextVar[int] = ContextVar("ANSWER_BYTES", default=Bounds().text_bytes)
"""The bound of the call that is being made; the transport reads it."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What no message may hold: the key, and the words of the prompt."""

    key: str = field(repr=False)
    texts: tuple[str, ...] = field(default=(), repr=False)

    def clean(self, told: str) -> str:
        """Give the text without the key and without passages of the prompt; its start at most."""
        told = told[:TOLD_CHARACTERS]
        if self.key:
            told = told.replace(self.key, GONE)
        for text in self.texts:
            told = _without_shared(told, text)
        return told

    def sentence(self, told: object) -> str:
        """Give a vendor's words on one line, cleaned, of 500 characters at most."""
        words = " ".join(self.clean(str(told or "")).split())
        return (
            words if len(words) <= SENTENCE_CHARACTERS else words[: SENTENCE_CHARACTERS - 1] + "…"
        )

    def scrub(self, error: BaseException) -> None:
        """Clean the texts of an error and of all that it was raised from, in place."""
        known: set[int] = set()
        one: BaseException | None = error
        while one is not None and id(one) not in known:
            known.add(id(one))
            one.args = tuple(self.clean(a) if isinstance(a, str) else a for a in one.args)
            if isinstance(getattr(one, "message", None), str):
                one.message = self.clean(one.message)  # type: ignore[attr-defined]
            one = one.__cause__ or one.__context__


def _without_shared(told: str, text: str) -> str:
    size = min(SHARED_CHARACTERS, len(text))
    if size < SHARED_CHARACTERS // 2 or len(told) < size:
        return told
    runs = {told[i : i + size] for i in range(len(told) - size + 1)}
    shared = {run for i in range(len(text) - size + 1) if (run := text[i : i + size]) in runs}
    marked = [False] * len(told)
    for start in range(len(told) - size + 1):
        if told[start : start + size] in shared:
            marked[start : start + size] = [True] * size
    kept = []
    for place, character in enumerate(told):
        if not marked[place]:
            kept.append(character)
        elif place == 0 or not marked[place - 1]:
            kept.append(GONE)
    return "".join(kept)


class Opening(Generic[C]):
    """A client that is opened once, in a thread, because importing an SDK takes a second or two.

    A client belongs to the event loop that opened it; under another loop a new one is opened.
    """

    __slots__ = ("_client", "_lock", "_loop", "_make")

    def __init__(self, make: Callable[[], C]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._client: C | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def get(self) -> C:
        """Give the running loop's client."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            return await asyncio.to_thread(self._open, loop)
        return self._client

    def _open(self, loop: asyncio.AbstractEventLoop) -> C:
        with self._lock:
            if self._client is None or self._loop is not loop:
                self._client, self._loop = self._make(), loop
            return self._client

    def take(self) -> C | None:
        """Give the client that is open, to be closed, and forget it."""
        client, self._client = self._client, None
        return client


@asynccontextmanager
async def one_call(
    kinds: Callable[[], tuple[type[Exception], ...]],
    translate: Callable[[Exception], ProviderError],
    *,
    answer_bytes: int,
    whole_s: float,
) -> AsyncIterator[None]:
    """Bound a call in size and time, and raise its errors of these kinds translated.

    The kinds are asked for when there is an error, so that an SDK is not imported for them.
    """
    token = ANSWER_BYTES.set(answer_bytes)
    try:
        async with asyncio.timeout(whole_s):
            yield
    except Exception as error:
        if isinstance(error, ProviderError) or not isinstance(error, kinds()):
            raise
        raise translate(error) from error
    finally:
        ANSWER_BYTES.reset(token)


def too_large_in(error: BaseException | None) -> bool:
    """Tell whether an answer that was cut off is what an SDK's error was raised from."""
    while error is not None:
        if isinstance(error, AnswerTooLarge):
            return True
        error = error.__cause__
    return False


def too_large(provider: str) -> ProviderError:
    """Give the error for an answer over its bound. What it cost is not known."""
    limit = ANSWER_BYTES.get() / 1024 / 1024
    return InvalidAnswer(
        f"{provider} sent more than {limit:.3g} MB; the answer was not read to its end.",
        provider=provider,
    )


def unreachable(provider: str, error: BaseException) -> TransientProviderError:
    """Give the error for a timeout, a broken connection, or an answer that is no JSON."""
    return TransientProviderError(
        f"{provider} did not answer properly ({type(error).__name__}); try again later.",
        provider=provider,
    )


def of_status(
    provider: str,
    status: int,
    said: str,
    headers: Mapping[str, str],
    *,
    is_out_of_quota: bool = False,
    retry_after_s: float | None = None,
) -> ProviderError:
    """Give the error for an HTTP status. `said` is the vendor's sentence, cleaned and bounded."""
    if is_out_of_quota or status == 402:
        return QuotaExhausted(
            f"The account at {provider} has no money or quota left: {said}", provider=provider
        )
    if status == 401:
        # Not the vendor's words: OpenAI's hold a part of the key.
        return KeyRejected(
            f"{provider} does not take the key (401). Set another one.", provider=provider
        )
    if status == 403:
        return KeyRejected(f"{provider} does not allow this key that: {said}", provider=provider)
    if status == 429:
        wait_s = retry_after(headers) if retry_after_s is None else retry_after_s
        return RateLimited(
            f"{provider} asks us to slow down: {said}", provider=provider, retry_after_s=wait_s
        )
    if status >= 500 or status in TRANSIENT_STATUSES:
        return TransientProviderError(f"{provider} answered {status}: {said}", provider=provider)
    return PermanentProviderError(
        f"{provider} refused the request ({status}): {said}", provider=provider
    )


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Give the seconds that `Retry-After` names, as a number or a date (RFC 9110, 10.2.3).

    OpenAI's `retry-after-ms` is read too. None where there is none that can be read; a day at most.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _pause(milliseconds / 1000)
    given = headers.get("retry-after")
    seconds = _number(given)
    if seconds is not None:
        return _pause(seconds)
    try:
        when = parsedate_to_datetime(given or "")
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return _pause((when - (now or datetime.now(UTC))).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _pause(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_PAUSE_S)


def count(holder: object, *names: str) -> int:
    """Give the first of these counts that is there; 0 where none is, or where it is no count."""
    if not isinstance(holder, Mapping):
        return 0
    for name in names:
        value = holder.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return 0


def mappings(value: object) -> Iterable[Mapping[str, Any]]:
    """Give those entries of a list that are JSON objects; nothing where it is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
