"""Taking hold of one item: whose it is, its lock, its current version, who may touch it.

The first step of every change by a person. The caller owns the transaction.
What does not belong here: the changes (`decisions.py`, `edits.py`, `lifecycle.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.errors import Conflict, NotFound, StaleVersion
from posthub_assets.domain.flow import DecidedItem
from posthub_assets.domain.people import Actor, Role
from posthub_assets.domain.tiers import Tier
from resources.database.hot import HotStatement

NOT_THERE = "There is no such item."


class Unwritten(Conflict):
    """The item was ordered and has no version yet; it is locked, and its organisation writable."""

    def __init__(self, organization_id: UUID) -> None:
        super().__init__("Nothing is written yet for this item. Wait until it is made.")
        self.organization_id = organization_id


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item under lock, with its current version and the person's role."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    kind: Kind
    status: Status
    month: date | None
    parent_id: UUID | None
    language: str
    title: str
    round: int
    scheduled_at: datetime | None
    version_id: UUID
    version: int
    sha256: str
    author_id: UUID | None
    parent_version_id: UUID | None
    erased: bool
    tier: Tier
    four_eyes: bool
    role: Role

    def for_flow(self) -> DecidedItem:
        """Give what the flow needs to know."""
        return DecidedItem(
            content_id=str(self.id),
            kind=self.kind,
            version_id=str(self.version_id),
            month=self.month,
            round=self.round,
            tier=self.tier,
        )


_DETAILS_COLUMNS = """
    v.id AS version_id, v.sha256, v.author_id, v.parent_version_id, v.body IS NULL AS erased,
    o.four_eyes, coalesce(m.tier, c.tier) AS tier
"""
_DETAILS_JOINS = """
    JOIN posthub.organization o ON o.id = v.organization_id
    JOIN posthub.company c ON c.id = {company}
    LEFT JOIN posthub.company_month m ON m.organization_id = v.organization_id
        AND m.company_id = c.id AND m.month = {month}
"""
# Lock and details in one trip, for who belongs to one organisation, which is writable already.
# Where another decision was waited for and wrote a version, the join with the version as of
# before the wait finds nothing, and the steps below are taken one by one. So are images, whose
# siblings are locked first.
_HOLD = HotStatement(
    """
    SELECT i.id, i.organization_id, i.company_id, i.kind, i.status, i.month, i.parent_id,
        i.language, i.title, i.round, i.scheduled_at, i.current_version AS version,
    """  # noqa: S608 - fixed texts
    + _DETAILS_COLUMNS
    + """
    FROM posthub.content i JOIN posthub.content_version v
        ON v.organization_id = i.organization_id AND v.content_id = i.id
            AND v.number = i.current_version
    """
    + _DETAILS_JOINS.format(company="i.company_id", month="i.month")
    + " WHERE i.id = :id AND i.kind <> 'image' FOR UPDATE OF i"
)
# Finds the item among what the person may read, and makes its organisation the writable one.
_ENTER = text(
    """
    SELECT organization_id, kind, parent_id,
        set_config('posthub.organization_id', organization_id::text, true)
    FROM posthub.content WHERE id = :id
    """
)
_LOCK = text(
    """
    SELECT id, organization_id, company_id, kind, status, month, parent_id, language, title, round,
        scheduled_at, current_version AS version
    FROM posthub.content WHERE id = :id AND organization_id = :organization_id FOR UPDATE
    """
)
# Sorted before they are locked, so that two decisions about siblings cannot wait for each other.
_LOCK_SIBLINGS = text(
    """
    SELECT id FROM posthub.content
    WHERE organization_id = :organization_id AND parent_id = :parent_id AND kind = :kind
    ORDER BY id FOR UPDATE
    """
)
# Read after the lock: the lock's own statement would see versions as of before it waited.
_DETAILS = text(
    f"SELECT {_DETAILS_COLUMNS} FROM posthub.content_version v"  # noqa: S608 - fixed texts
    + _DETAILS_JOINS.format(company=":company_id", month=":month")
    + " WHERE v.organization_id = :organization_id AND v.content_id = :id AND v.number = :version"
)


async def hold(connection: AsyncConnection, *, actor: Actor, content_id: UUID) -> HeldItem:
    """Lock an item (an image with its siblings) and make its organisation the writable one.

    Raises NotFound where it is not there, or in an organisation that is not the person's;
    Unwritten where nothing is written yet.
    """
    values = {"id": content_id}
    if not actor.is_admin and len(actor.roles) == 1:
        fast = await _HOLD.row(connection, values)
        if fast is not None:
            return _held(fast, actor)
    found = (await connection.execute(_ENTER, values)).first()
    if found is None or actor.role_in(found.organization_id) is None:
        raise NotFound(NOT_THERE)
    values = {"id": content_id, "organization_id": found.organization_id}
    if found.kind == Kind.IMAGE and found.parent_id is not None:
        siblings = {**values, "parent_id": found.parent_id, "kind": found.kind}
        await connection.execute(_LOCK_SIBLINGS, siblings)
    row = (await connection.execute(_LOCK, values)).first()
    if row is None:
        raise NotFound(NOT_THERE)
    details = (await connection.execute(_DETAILS, dict(row._mapping))).first()
    if details is None:
        raise Unwritten(row.organization_id)
    return _held({**row._mapping, **details._mapping}, actor)


def _held(row: Mapping[str, Any], actor: Actor) -> HeldItem:
    """Give the item of a row; its organisation is one of the actor's. Raises NotFound."""
    role = actor.role_in(row["organization_id"])
    if role is None:
        raise NotFound(NOT_THERE)
    words = {
        "kind": Kind(row["kind"]),
        "status": Status(row["status"]),
        "tier": Tier(row["tier"]),
        "role": role,
    }
    return HeldItem(**{**row, **words})


def refuse_stale(item: HeldItem, version: int) -> None:
    """Refuse a change that was made while reading another version. Raises StaleVersion."""
    if version != item.version:
        raise StaleVersion(version, item.version)


_SET_STATUS = text(
    """
    UPDATE posthub.content SET status = :status, updated_at = now(),
        review_since = CASE WHEN CAST(:status AS varchar) = 'in_review'
            THEN coalesce(review_since, now()) END
    WHERE id = :id AND organization_id = :organization_id
    """
)


async def set_status(connection: AsyncConnection, item: HeldItem, status: Status) -> None:
    """Write an item's status. Raises NotFound where its company was deleted since it was held."""
    values = {
        "id": item.id,
        "organization_id": item.organization_id,
        "status": status.value,
    }
    if not (await connection.execute(_SET_STATUS, values)).rowcount:
        raise NotFound(NOT_THERE)
