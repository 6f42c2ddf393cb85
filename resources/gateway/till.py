"""One call, paid for: journal, budget, rate limit, vendor, books.

Whoever asks hands over a `Question` that knows how to buy its answer. What is bought twice, what is
refused, and what a failed call cost are decided here and nowhere else.
What does not belong here: what a question says (`texts.py`, `pictures.py`), choosing a provider.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import (
    BudgetExceeded,
    JobCancelled,
    PostHubError,
    Postponed,
    ProviderError,
    RateLimited,
    TransientProviderError,
)
from posthub_assets.domain.patience import allow_for
from posthub_assets.domain.ports import Call, Usage
from posthub_assets.domain.stopping import stop_is_asked, to_its_end
from resources.database.engine import Database, Scope
from resources.database.repositories import budgets, calls, journal, queued
from resources.gateway.costs import price_of
from resources.gateway.limit_book import LimitBook
from resources.rate_limiter import Rate, RateLimiter

if TYPE_CHECKING:
    from resources.pricing import Estimate

ATTEMPTS = 3
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
"""A vendor that asks for a longer pause is not waited for: the next provider is asked."""

HOLD_S = 900.0
"""Seconds for which a reservation is kept: rate limit, call and books together take less. Where a
caller died the budget is whole again after it."""

BATCH_HOLD_S = 26 * 3600.0
"""A vendor answers a batch within 24 hours."""

LONGEST_BUDGET_WAIT_S = 120.0
BUDGET_POLL_S = 2.0
"""Reservations are the most that calls can cost; near a limit they wait for one another."""

CLOSING_S = 10.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a call came to: `response` is what the journal keeps, and what is served again."""

    response: dict[str, Any]
    model: str
    usage: Usage
    media_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The line to wait in before a call: whose, and how fast it moves."""

    name: str
    scope: str = "platform"
    rate: Rate | None = None
    """None: the rate that the settings give to `name`."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request, ready to be bought."""

    call: Call
    provider: str
    request: journal.Request
    buy: Callable[[], Awaitable[Receipt]]
    lines: tuple[Line, ...]
    estimate: Estimate | None = None
    """The most that it can cost. None: it costs nothing, and no budget is asked."""
    attempts: int = 1
    is_budgeted: bool = True
    """False for a customer's own key: it is in the ledger, and counts against no limit of ours."""


@dataclass(frozen=True, slots=True)
class Bought:
    """An answer, and the journal's row that tells its story."""

    generation_id: UUID
    provider: str
    model: str
    response: dict[str, Any]
    usage: Usage
    from_journal: bool
    redacted: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Till:
    """Where calls are paid."""

    database: Database
    limiter: RateLimiter
    limits: LimitBook = field(default_factory=LimitBook)

    async def buy(self, question: Question) -> Bought:
        """Give the answer, from the journal or bought now.

        Raises ProviderError when every attempt failed, BudgetExceeded, StorageError, JobCancelled.
        """
        attempt = 0
        while True:
            there = await self._there_or_begun(question, attempt)
            if isinstance(there, journal.Entry):
                return _served(there)
            try:
                return await self._call(question, there)
            except TransientProviderError as error:
                attempt += 1
                pause_s = _pause_s(error, attempt)
                if attempt >= question.attempts or pause_s > LONGEST_PAUSE_S:
                    raise
                allow_for(pause_s)
                await asyncio.sleep(pause_s)

    async def hand_in(self, question: Question) -> Bought:
        """Give the answer where it is there; else put the question into the next batch.

        Raises Postponed where the answer will come with a batch, and what `buy` raises where this
        very question came back from a batch unanswered and has to be bought singly.
        """
        asked = await self._asked(question, BATCH_HOLD_S)
        async with self.database.transaction(_scope(question.call)) as connection:
            entry = await journal.find_answer(connection, question.call, question.request.hash)
            if entry is not None:
                return _served(entry)
            state = await queued.state_of(connection, question.call, question.request.hash)
            if state is None:
                await self._queue(connection, question, asked)
        if state == queued.UNANSWERED:
            return await self.buy(question)
        raise Postponed("The question waits for the vendor's batch; its answer comes within a day.")

    async def _queue(
        self, connection: AsyncConnection, question: Question, asked: calls.Asked | None
    ) -> None:
        id_ = await journal.start(
            connection, question.call, question.request, provider=question.provider, queued=True
        )
        if asked is not None:
            await budgets.reserve(
                connection,
                question.call,
                generation_id=id_,
                provider=question.provider,
                estimate=asked.estimate,
                limits=asked.limits,
                hold_s=asked.hold_s,
            )

    async def spoil(self, bought: Bought, call: Call, error: PostHubError) -> None:
        """Say that a paid answer is of no use, so that it is not served again."""
        async with self.database.transaction(_scope(call)) as connection:
            await journal.spoil(
                connection, bought.generation_id, code=error.code, message=str(error)
            )

    async def _there_or_begun(self, question: Question, attempt: int) -> journal.Entry | UUID:
        """Find the answer, or begin a call. Where open calls hold the budget, wait for them."""
        waited_s = 0.0
        while True:
            try:
                return await self._look_and_begin(question, attempt)
            except BudgetExceeded as error:
                if not error.may_pass or waited_s >= LONGEST_BUDGET_WAIT_S:
                    raise
            allow_for(BUDGET_POLL_S)
            await asyncio.sleep(BUDGET_POLL_S)
            waited_s += BUDGET_POLL_S

    async def _look_and_begin(self, question: Question, attempt: int) -> journal.Entry | UUID:
        """Find the answer, or reserve the budget and write down that a call begins."""
        return await calls.begin(
            self.database,
            question.call,
            question.request,
            provider=question.provider,
            attempt=attempt,
            asked=await self._asked(question, HOLD_S),
        )

    async def _asked(self, question: Question, hold_s: float) -> calls.Asked | None:
        """Say what a question may cost under which limits; None where no budget is asked."""
        if question.estimate is None or not question.is_budgeted:
            return None
        limits = await self.limits.read(self.database, question.call, question.provider)
        return calls.Asked(question.estimate, limits, hold_s)

    async def _call(self, question: Question, generation_id: UUID) -> Bought:
        """Wait in line, then ask. A stopped job leaves the line; what is asked is booked."""
        try:
            await self._wait_in_line(question)
        except BaseException as error:
            await self._close_failed(question, generation_id, error, time.monotonic())
            raise
        return await to_its_end(self._ask(question, generation_id))

    async def _wait_in_line(self, question: Question) -> None:
        waits = [
            await self.limiter.wait(line.name, line.scope, line.rate) for line in question.lines
        ]
        if any(waits):
            await calls.refuse_cancelled(self.database, question.call)

    async def _ask(self, question: Question, generation_id: UUID) -> Bought:
        began = time.monotonic()
        try:
            receipt = await question.buy()
        except BaseException as error:
            await self._close_failed(question, generation_id, error, began)
            raise
        return await self._close(question, generation_id, receipt, began)

    async def _close(
        self, question: Question, generation_id: UUID, receipt: Receipt, began: float
    ) -> Bought:
        usage, source = _priced(question, receipt.model, receipt.usage)
        await calls.close(
            self.database,
            question.call,
            generation_id,
            response=receipt.response,
            model=receipt.model,
            usage=usage,
            latency_ms=_milliseconds_since(began),
            price_source=source,
            media_sha256=receipt.media_sha256,
        )
        return Bought(
            generation_id,
            question.provider,
            receipt.model,
            receipt.response,
            usage,
            from_journal=False,
            redacted=question.request.redacted,
        )

    async def _close_failed(
        self, question: Question, generation_id: UUID, error: BaseException, began: float
    ) -> None:
        code = error.code if isinstance(error, PostHubError) else type(error).__name__
        if isinstance(error, asyncio.CancelledError) and stop_is_asked():
            code = JobCancelled.code
        usage, model, source = None, "", ""
        if isinstance(error, ProviderError) and error.usage is not None:
            model = error.model
            usage, source = _priced(question, model, error.usage)
        # The failure itself is what the caller must hear of, also where the books are closed.
        async with asyncio.timeout(CLOSING_S):
            await calls.close(
                self.database,
                question.call,
                generation_id,
                error_code=code,
                error=str(error),
                latency_ms=_milliseconds_since(began),
                model=model,
                usage=usage or Usage(),
                price_source=source,
            )


def _priced(question: Question, model: str, usage: Usage) -> tuple[Usage, str]:
    if question.estimate is None:
        return usage, ""
    return price_of(
        question.provider,
        (model, question.request.model),
        usage,
        at_most=question.estimate.cost_usd,
    )


def _served(entry: journal.Entry) -> Bought:
    return Bought(
        entry.id,
        entry.provider,
        entry.model,
        entry.response,
        entry.usage,
        from_journal=True,
    )


def _pause_s(error: TransientProviderError, attempt: int) -> float:
    """Give the seconds to wait before the next attempt: what the vendor says, or twice as long."""
    if isinstance(error, RateLimited) and error.says_when:
        return error.retry_after_s
    return FIRST_PAUSE_S * 2.0 ** (attempt - 1)


def _scope(call: Call) -> Scope:
    return Scope.of(UUID(call.organization_id))


def _milliseconds_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
