"""Small readings of an order that several stages share.

What does not belong here: what a stage makes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar
from uuid import UUID

from posthub_assets.domain.content import APPROVED_STATUSES
from posthub_assets.domain.errors import NotFound, Postponed
from posthub_assets.domain.flow import Priority
from posthub_assets.domain.ports import Call
from posthub_assets.domain.work import Item, Order

A = TypeVar("A")


def others(order: Order, items: Sequence[Item]) -> tuple[Item, ...]:
    """Give the items but the one that the order revises."""
    revised = replaced(order)
    return tuple(one for one in items if one.content_id != revised)


def free_places(taken: set[str], count: int) -> list[str]:
    """Give the first `count` places (`01`, `02`, ...) that are not taken."""
    numbers = (f"{number:02d}" for number in range(1, count + len(taken) + 1))
    return [place for place in numbers if place not in taken][:count]


def replaced(order: Order) -> UUID | None:
    """Give the id of the item that a revision writes a new version of; None for a creation."""
    if order.job.verb != "revise":
        return None
    return subject_of(order).content_id


def subject_of(order: Order) -> Item:
    """Give the item that the order names. Raises NotFound where it names none."""
    if order.subject is None:
        raise NotFound("The work names no item.")
    return order.subject


def call_for(order: Order, detail: str = "", variant: int = 0) -> Call:
    """Say to the journal who asks and what for; the same work is the same call."""
    job = order.job
    parts = (job.kind, job.content_id or job.month or job.company_id, detail)
    return Call(
        organization_id=str(job.organization_id),
        company_id=str(job.company_id),
        subject=":".join(str(part) for part in parts if part),
        round=job.round,
        variant=variant,
        job_id=str(job.id),
        month=job.month,
        may_wait=job.priority >= Priority.BACKFILL,
    )


async def all_of(*questions: Awaitable[A]) -> list[A]:
    """Ask several questions at once; all are asked, also where one of them has to wait.

    Raises the first real failure, else Postponed where an answer comes with a batch: so that all
    questions of a job go with the same one.
    """
    answers = await asyncio.gather(*questions, return_exceptions=True)
    failures = [one for one in answers if isinstance(one, BaseException)]
    for failure in failures:
        if not isinstance(failure, Postponed):
            raise failure
    if failures:
        raise failures[0]
    return [one for one in answers if not isinstance(one, BaseException)]


def there_before(order: Order, children: Sequence[Item], place: str = "") -> Item | None:
    """Give the item that a draft for this place becomes a new version of, or None.

    The gate must know it: a text may be like its own older version.
    """
    if order.job.verb == "revise":
        return order.subject
    return next((one for one in children if one.place == place), None)


def done_from(parent: Item, children: Sequence[Item], order: Order) -> bool:
    """Tell whether a child needs no work: approved, or made from this very version of its parent.

    A revision always has work to do.
    """
    if order.job.verb == "revise":
        return False
    return any(
        one.status in APPROVED_STATUSES or one.parent_version_id == parent.version_id
        for one in children
    )
