"""Receipts of erasures, and companies that are deleted and can be restored.

Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: erasing (`erasing.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.erasing import GRACE, Reason, receipt_hash
from posthub_assets.domain.errors import Conflict, NotFound
from resources.database.repositories.erasing import Erased
from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """A receipt; `counts` are rows by table. It names its subject by id only."""

    id: UUID
    organization_id: UUID | None
    subject_kind: str
    subject_id: UUID
    reason: str
    status: str
    asked_by: UUID | None
    asked_at: datetime
    due_at: datetime
    erased_at: datetime | None
    completed_at: datetime | None
    restored_at: datetime | None
    counts: dict[str, int]
    media_files: int | None
    dagster_rows: dict[str, int] | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class OpenErasure:
    """One that is not at its end. `left_to_do` is None before the tables are done."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    erased_at: datetime | None
    left_to_do: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Subject:
    """A company, deleted or not."""

    id: UUID
    organization_id: UUID
    name: str
    partition_key: str
    is_deleted: bool
    is_erased: bool


_COLUMNS = """id, organization_id, subject_kind, subject_id, reason, status, asked_by,
    asked_at, due_at, erased_at, completed_at, restored_at, counts, media_files, dagster_rows,
    sha256"""
_COMPANY = text(
    """
    SELECT id, organization_id, name, partition_key, deleted_at IS NOT NULL AS is_deleted,
        erased_at IS NOT NULL AS is_erased
    FROM posthub.company WHERE id = :id
    """
)
_INSERT = text(
    """
    INSERT INTO posthub.erasure (id, organization_id, subject_kind, subject_id, reason, status,
        asked_by, due_at)
    VALUES (:id, :organization_id, :kind, :subject_id, :reason, :status, :asked_by,
        now() + CAST(:wait AS interval))
    """
)
_HIDE = text(
    "UPDATE posthub.company SET deleted_at = now(), updated_at = now()"
    " WHERE id = :id AND organization_id = :organization_id AND deleted_at IS NULL RETURNING id"
)
DELETED = "company_deleted"
_STOP = text(
    """
    UPDATE posthub.job SET status = 'cancelled', lease_until = NULL, leased_by = NULL,
        finished_at = now(), error_code = :code, error = 'The company was deleted.'
    WHERE company_id = :id AND organization_id = :organization_id
        AND status IN ('pending', 'running')
    """
)


async def company(connection: AsyncConnection, company_id: UUID) -> Subject:
    """Read a company, also a deleted one. Raises NotFound."""
    row = (await connection.execute(_COMPANY, {"id": company_id})).first()
    if row is None:
        raise NotFound("There is no such company.")
    return Subject(**row._mapping)


async def delete_company(
    connection: AsyncConnection,
    subject: Subject,
    *,
    reason: Reason,
    asked_by: UUID | None,
    at_once: bool,
) -> ErasureRow:
    """Hide a company, stop its work, and write down when it is to be erased.

    A deleted one is brought forward where it is wanted at once. Raises Conflict where it is deleted
    already, NotFound where it is erased.
    """
    if subject.is_erased:
        raise NotFound("There is no such company.")
    if subject.is_deleted:
        return await _bring_forward(connection, subject, asked_by, at_once=at_once)
    await _stop(connection, subject)
    id_ = new_id()
    values = {
        "id": id_,
        "organization_id": subject.organization_id,
        "kind": "company",
        "subject_id": subject.id,
        "reason": reason.value,
        "status": "pending" if at_once else "scheduled",
        "asked_by": asked_by,
        "wait": GRACE * (not at_once),
    }
    try:
        async with connection.begin_nested():
            await connection.execute(_INSERT, values)
    except IntegrityError as error:
        raise Conflict("The company is being deleted already.") from error
    return await get(connection, id_)


async def _stop(connection: AsyncConnection, subject: Subject) -> None:
    values = {"id": subject.id, "organization_id": subject.organization_id, "code": DELETED}
    await connection.execute(_STOP, values)  # while its jobs can still be seen
    if (await connection.execute(_HIDE, values)).first() is None:
        raise Conflict("The company is being deleted already.")


_BRING_FORWARD = text(
    """
    UPDATE posthub.erasure SET status = 'pending', due_at = now(), asked_by = :asked_by
    WHERE subject_id = :id AND status = 'scheduled' RETURNING id
    """
)


async def _bring_forward(
    connection: AsyncConnection, subject: Subject, asked_by: UUID | None, *, at_once: bool
) -> ErasureRow:
    if not at_once:
        raise Conflict("The company is deleted already; send at_once: true to erase it now.")
    values = {"id": subject.id, "asked_by": asked_by}
    row = (await connection.execute(_BRING_FORWARD, values)).first()
    if row is None:
        raise Conflict("The company is being erased already.")
    return await get(connection, row.id)


_RESTORE = text(
    """
    UPDATE posthub.erasure SET status = 'restored', restored_at = now()
    WHERE subject_id = :id AND status = 'scheduled' RETURNING id
    """
)
_SHOW = text(
    "UPDATE posthub.company SET deleted_at = NULL, updated_at = now()"
    " WHERE id = :id AND organization_id = :organization_id AND erased_at IS NULL"
)
_GO_ON = text(
    """
    UPDATE posthub.job SET status = 'pending', finished_at = NULL, error = NULL, error_code = NULL,
        available_at = now(), attempts = 0
    WHERE company_id = :id AND organization_id = :organization_id AND status = 'cancelled'
        AND error_code = :code
    """
)


async def restore_company(connection: AsyncConnection, subject: Subject) -> None:
    """Show a deleted company again, and let the work go on that its deletion stopped.

    Raises Conflict where it is not deleted, NotFound where it is erased or being erased.
    """
    if not subject.is_deleted:
        raise Conflict("The company is not deleted; there is nothing to restore.")
    values = {"id": subject.id, "organization_id": subject.organization_id, "code": DELETED}
    if subject.is_erased or (await connection.execute(_RESTORE, values)).first() is None:
        raise NotFound("There is no such company: it was erased, and nothing of it is left.")
    await connection.execute(_SHOW, values)
    await connection.execute(_GO_ON, values)


_GET = text(f"SELECT {_COLUMNS} FROM posthub.erasure WHERE id = :id")  # noqa: S608
_PAGE = text(
    f"""
    SELECT {_COLUMNS} FROM posthub.erasure
    WHERE (CAST(:organizations AS uuid[]) IS NULL OR organization_id = ANY(:organizations))
        AND (CAST(:after AS uuid) IS NULL OR id < :after)
    ORDER BY id DESC LIMIT :limit
    """  # noqa: S608
)


async def get(connection: AsyncConnection, erasure_id: UUID) -> ErasureRow:
    """Read a receipt. Raises NotFound."""
    row = (await connection.execute(_GET, {"id": erasure_id})).first()
    if row is None:
        raise NotFound("There is no such receipt.")
    return ErasureRow(**row._mapping)


async def page(
    connection: AsyncConnection,
    organizations: Sequence[UUID] | None,
    *,
    after: UUID | None,
    limit: int,
) -> list[ErasureRow]:
    """Read receipts, the newest first; of these organisations, or all that the scope shows."""
    values = {
        "organizations": None if organizations is None else list(organizations),
        "after": after,
        "limit": limit,
    }
    return [ErasureRow(**row._mapping) for row in await connection.execute(_PAGE, values)]


_TABLES_DONE = text(
    """
    UPDATE posthub.erasure SET status = 'pending', counts = :counts, erased_at = now(),
        left_to_do = :left_to_do
    WHERE id = :id AND status IN ('scheduled', 'pending') AND erased_at IS NULL
    """
).bindparams(bindparam("counts", type_=JSONB), bindparam("left_to_do", type_=JSONB))
_MEDIA_DONE = text(
    """
    UPDATE posthub.erasure SET media_files = :files, left_to_do = left_to_do - 'media'
    WHERE id = :id AND media_files IS NULL
    """
)
_COMPLETE = text(
    """
    UPDATE posthub.erasure SET status = 'completed', completed_at = :now, dagster_rows = :rows,
        media_files = :files, sha256 = :sha256, left_to_do = NULL
    WHERE id = :id AND status = 'pending' RETURNING id
    """
).bindparams(bindparam("rows", type_=JSONB(none_as_null=True)))
_WANTED = text(
    "SELECT 1 FROM posthub.erasure WHERE id = :id AND status IN ('scheduled', 'pending') FOR UPDATE"
)
_NOW = text("SELECT now()")
_WAITING = text(
    """
    SELECT id, organization_id, subject_id AS company_id, erased_at, left_to_do
    FROM posthub.erasure
    WHERE subject_kind = 'company' AND status IN ('scheduled', 'pending') AND due_at <= now()
    ORDER BY due_at LIMIT 100
    """
)


async def waiting(connection: AsyncConnection) -> list[OpenErasure]:
    """Read the erasures of companies that are due and not at their end."""
    return [OpenErasure(**row._mapping) for row in await connection.execute(_WAITING)]


async def is_still_wanted(connection: AsyncConnection, erasure_id: UUID) -> bool:
    """Tell whether nobody took the wish back; whoever restores now waits for this transaction."""
    return (await connection.execute(_WANTED, {"id": erasure_id})).first() is not None


async def tables_done(connection: AsyncConnection, erasure_id: UUID, erased: Erased) -> None:
    """Write down what left the tables, and what is to be removed elsewhere."""
    left = {
        "partition_key": erased.partition_key,
        "media": erased.media,
        "run_ids": erased.run_ids,
    }
    values = {"id": erasure_id, "counts": erased.counts, "left_to_do": left}
    await connection.execute(_TABLES_DONE, values)


async def media_done(connection: AsyncConnection, erasure_id: UUID, files: int) -> None:
    """Write down how many files were removed."""
    await connection.execute(_MEDIA_DONE, {"id": erasure_id, "files": files})


_LEFT = text("SELECT left_to_do FROM posthub.erasure WHERE id = :id AND erased_at IS NOT NULL")


async def left_to_do(connection: AsyncConnection, erasure_id: UUID) -> dict[str, Any] | None:
    """Read what is to be removed elsewhere; None before the tables are done, and at the end."""
    found: dict[str, Any] | None = (await connection.execute(_LEFT, {"id": erasure_id})).scalar()
    return found


async def complete(
    connection: AsyncConnection,
    erasure_id: UUID,
    dagster_rows: dict[str, int] | None,
    *,
    more_files: int = 0,
) -> ErasureRow:
    """Close a receipt and sign it; `dagster_rows` is None where Dagster holds nothing."""
    row = await get(connection, erasure_id)
    now: datetime = (await connection.execute(_NOW)).scalar_one()
    files = (row.media_files or 0) + more_files
    signed = {"completed_at": now, "dagster_rows": dagster_rows, "media_files": files}
    values = {
        "id": erasure_id,
        "now": now,
        "rows": dagster_rows,
        "files": files,
        "sha256": receipt_hash({**asdict(row), **signed}),
    }
    await connection.execute(_COMPLETE, values)
    return await get(connection, erasure_id)


_PERSON = text(
    """
    INSERT INTO posthub.erasure (id, organization_id, subject_kind, subject_id, reason, status,
        asked_by, due_at, erased_at, counts)
    VALUES (:id, :organization_id, 'person', :person_id, :reason, 'pending', :asked_by, now(),
        now(), :counts)
    """
).bindparams(bindparam("counts", type_=JSONB))


async def person_done(
    connection: AsyncConnection,
    *,
    organization_id: UUID | None,
    person_id: UUID,
    reason: Reason,
    asked_by: UUID,
    counts: dict[str, int],
) -> ErasureRow:
    """Write the receipt of a person's erasure: all of it is done in one transaction."""
    id_ = new_id()
    values = {
        "id": id_,
        "organization_id": organization_id,
        "person_id": person_id,
        "reason": reason.value,
        "asked_by": asked_by,
        "counts": counts,
    }
    await connection.execute(_PERSON, values)
    return await complete(connection, id_, None)
