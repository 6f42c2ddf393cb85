"""Questions that nobody waits for: handed in together, asked about, collected.

A batch is one organisation's, one vendor's and one model's. What it does not answer is bought
singly by the job that asked. Every step may be broken off and done again.
What does not belong here: SQL (`database/repositories/queued.py`), when to look (`sensors/`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from posthub_assets.domain.errors import (
    PermanentProviderError,
    PostHubError,
    ProviderError,
    TransientProviderError,
)
from posthub_assets.domain.ports import Usage
from posthub_assets.domain.vendors import BatchState, Completion, TextPrompt
from resources.database.engine import EVERYTHING, Database, Scope
from resources.database.repositories import budgets, cancelling, journal, queued
from resources.gateway.costs import price_of
from resources.ids import new_id

if TYPE_CHECKING:
    from resources.gateway.vendors import Vendors

LOG = logging.getLogger(__name__)

LONGEST = timedelta(minutes=15)
FULL = 500
FIRST_LOOK = timedelta(minutes=2)
STUCK = timedelta(minutes=10)
"""A batch whose handing in broke off is given up after this; its questions are bought singly."""


class NoBatches:
    """Where no vendor is offered nothing is ever handed in."""

    async def turn(self) -> dict[str, int]:
        """Give nothing."""
        return {}


@dataclass(frozen=True, slots=True)
class Batches:
    """Implements the graph's port of the same name."""

    database: Database
    vendors: Vendors
    quiet: timedelta = queued.QUIET

    async def turn(self) -> dict[str, int]:
        """Hand in what is ready, collect what is over, wake the jobs that wait for nothing more.

        Gives how many of each. A vendor that does not answer is asked at the next turn. What only
        cancelled jobs asked for is withdrawn first, also at the vendor.
        """
        told = {"handed in": 0, "collected": 0, "jobs woken": 0}
        told |= {"withdrawn": await self._withdraw(), "cancelled": await self._cancel()}
        for group in await self._ready():
            told["handed in"] += await self._hand_in(group)
        for batch in await self._due():
            told["collected"] += await self._look(batch)
        async with self.database.transaction(EVERYTHING) as connection:
            told["jobs woken"] = await queued.wake(connection)
        return told

    async def _withdraw(self) -> int:
        """Take back what no vendor has yet: it costs nothing."""
        async with self.database.transaction(EVERYTHING) as connection:
            organizations = await cancelling.with_questions_to_withdraw(connection)
        count = 0
        for organization_id in organizations:
            async with self.database.transaction(Scope.of(organization_id)) as connection:
                for row_id in await cancelling.withdraw(connection, organization_id):
                    await budgets.settle(
                        connection, row_id, tokens=0, cost_usd=Usage().cost_usd, requests=0
                    )
                    count += 1
        return count

    async def _cancel(self) -> int:
        """Cancel batches in which nothing is asked for any more; what is answered is collected."""
        async with self.database.transaction(EVERYTHING) as connection:
            batches = await cancelling.abandoned(connection)
        count = 0
        for batch in batches:
            try:
                model = await self.vendors.batch_model(batch.provider, batch.organization_id)
                await model.cancel(batch.external_ref or "")
            except TransientProviderError as error:
                LOG.warning("batch %s cannot be cancelled now: %s", batch.id, error)
                continue
            except ProviderError as error:
                LOG.warning("batch %s is not cancelled: %s", batch.id, error)  # over already
            async with self.database.transaction(Scope.of(batch.organization_id)) as connection:
                await cancelling.given_up(connection, batch.id)
            count += 1
        return count

    async def _ready(self) -> list[queued.Group]:
        async with self.database.transaction(EVERYTHING) as connection:
            return await queued.ready(connection, quiet=self.quiet, longest=LONGEST, full=FULL)

    async def _due(self) -> list[queued.Open]:
        async with self.database.transaction(EVERYTHING) as connection:
            return await queued.due(connection, stuck=STUCK)

    async def _hand_in(self, group: queued.Group) -> int:
        batch_id = new_id()
        scope = Scope.of(group.organization_id)
        async with self.database.transaction(scope) as connection:
            requests = await queued.form(connection, group, batch_id, FULL)
        if not requests:
            return 0
        prompts = {str(key): _prompt(group.model, kept) for key, kept in requests.items()}
        try:
            model = await self.vendors.batch_model(group.provider, group.organization_id)
            reference = await model.submit(prompts, label=f"posthub-{batch_id}")
        except ProviderError as error:
            await self._give_up(batch_id, group.organization_id, str(error))
            return 0
        async with self.database.transaction(scope) as connection:
            await queued.submitted(connection, batch_id, reference, FIRST_LOOK)
        return len(prompts)

    async def _look(self, batch: queued.Open) -> int:
        if batch.external_ref is None:
            told = "Handing in broke off; whether the vendor has it is not known."
            await self._give_up(batch.id, batch.organization_id, told)
            return 0
        try:
            model = await self.vendors.batch_model(batch.provider, batch.organization_id)
            state = await model.look(batch.external_ref)
        except TransientProviderError as error:
            LOG.warning("batch %s cannot be asked about: %s", batch.id, error)
            await self._again(batch, "not reached", FIRST_LOOK)
            return 0
        except ProviderError as error:
            await self._give_up(batch.id, batch.organization_id, str(error))
            return 0
        if not state.is_over:
            await self._again(batch, state.status, state.check_again)
            return 0
        return await self._collect(batch, state)

    async def _again(self, batch: queued.Open, status: str, wait: timedelta) -> None:
        async with self.database.transaction(Scope.of(batch.organization_id)) as connection:
            await queued.look_again(connection, batch.id, status, wait)

    async def _collect(self, batch: queued.Open, state: BatchState) -> int:
        """Write every answer down in one transaction with the end of the batch."""
        answered = 0
        async with self.database.transaction(Scope.of(batch.organization_id)) as connection:
            rows = await queued.open_rows(connection, batch.id)
            for row in rows:
                answer = state.answers.get(str(row.id))
                answered += isinstance(answer, Completion)
                await _book(connection, batch, row.id, answer)
            await cancelling.book(connection, [row.job_id for row in rows if row.job_id])
            await queued.ended(connection, batch.id, collected=True, vendor_status=state.status)
        return answered

    async def _give_up(self, batch_id: UUID, organization_id: UUID, reason: str) -> None:
        async with self.database.transaction(Scope.of(organization_id)) as connection:
            for row in await queued.open_rows(connection, batch_id):
                await _unanswered(connection, row.id, reason)
            await queued.ended(
                connection, batch_id, collected=False, vendor_status="", error=reason[:2000]
            )


async def _book(
    connection: Any, batch: queued.Open, row_id: UUID, answer: Completion | Exception | None
) -> None:
    """Complete a question with its answer at half the price, or say that it has none."""
    if isinstance(answer, Completion):
        usage, source = _priced(batch, answer.model, answer.usage)
        await journal.complete(
            connection,
            row_id,
            response={"text": answer.text},
            model=answer.model,
            usage=usage,
            latency_ms=0,
            price_source=source,
        )
        await _settle(connection, row_id, usage)
    elif isinstance(answer, ProviderError) and answer.usage is not None:
        usage, source = _priced(batch, answer.model, answer.usage)
        await _unanswered(connection, row_id, str(answer), usage, source)
    else:
        told = answer or PermanentProviderError("The batch gave this question back unanswered.")
        reason = str(told) if isinstance(told, PostHubError) else type(told).__name__
        await _unanswered(connection, row_id, reason)


def _priced(batch: queued.Open, model: str, usage: Usage) -> tuple[Usage, str]:
    return price_of(batch.provider, (model, batch.model), usage, batch=True)


async def _unanswered(
    connection: Any, row_id: UUID, reason: str, usage: Usage | None = None, source: str = ""
) -> None:
    await journal.fail(
        connection,
        row_id,
        code=queued.UNANSWERED_CODE,
        message=reason,
        latency_ms=0,
        usage=usage,
        price_source=source,
    )
    await _settle(connection, row_id, usage or Usage())


async def _settle(connection: Any, row_id: UUID, usage: Usage) -> None:
    tokens = usage.input_tokens + usage.output_tokens
    await budgets.settle(connection, row_id, tokens=tokens, cost_usd=usage.cost_usd)


def _prompt(model: str, kept: Mapping[str, Any]) -> TextPrompt:
    """Read the question back from the journal, where it stands as it is sent."""
    return TextPrompt(
        model=model,
        system=kept["system"],
        user=kept["user"],
        max_tokens=kept["max_tokens"],
        temperature=kept["temperature"],
        schema=kept["schema"],
        schema_name=kept["schema_name"],
    )
