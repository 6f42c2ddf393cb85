"""Writing what a job came to: items, versions, verdicts, statuses, in one transaction.

A new item is written at its place; where somebody else was faster, or a person has said yes
meanwhile, nothing is written twice and nothing approved is touched.
What does not belong here: decisions of people (`decisions.py`), reading (`orders.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.content import APPROVED_STATUSES, Kind, Status, Step, next_status
from posthub_assets.domain.quality.findings import Finding, passes
from posthub_assets.domain.work import Draft, Item, Job
from resources.database.repositories.versions import VersionRow, add_version, title_of
from resources.ids import new_id

_INSERT_ITEM = text(
    """
    INSERT INTO posthub.content (id, organization_id, company_id, month, kind, language, parent_id,
        persona_id, place, status, current_version, title, scheduled_at, review_since)
    VALUES (:id, :organization_id, :company_id, :month, :kind, :language, :parent_id, :persona_id,
        :place, CAST(:status AS text), 1, :title, :scheduled_at,
        CASE WHEN CAST(:status AS text) = 'in_review' THEN now() END)
    ON CONFLICT (organization_id, company_id, month, kind, parent_id, place)
        WHERE status NOT IN ('rejected', 'archived') DO NOTHING
    RETURNING id
    """
)
_AT_PLACE = text(
    """
    SELECT id, status FROM posthub.content
    WHERE organization_id = :organization_id AND company_id = :company_id AND kind = :kind
        AND month IS NOT DISTINCT FROM :month
        AND parent_id IS NOT DISTINCT FROM :parent_id AND place = :place
        AND status NOT IN ('rejected', 'archived') FOR UPDATE
    """
)
_BY_ID = text(
    "SELECT id, status FROM posthub.content"
    " WHERE id = :id AND organization_id = :organization_id FOR UPDATE"
)
_SET_STATUS = text(
    """
    UPDATE posthub.content SET status = CAST(:status AS text), updated_at = now(),
        review_since = CASE WHEN CAST(:status AS text) = 'in_review' THEN now() END
    WHERE id = :id
    """
)
_INSERT_CHECKS = text(
    """
    INSERT INTO posthub.check_result (id, organization_id, version_id, rule, verdict, blocking,
        message, span_start, span_end, quote, measured)
    SELECT id, :organization_id, :version_id, rule, verdict, blocking, message, span_start,
        span_end, quote, measured
    FROM unnest(CAST(:id AS uuid[]), CAST(:rule AS text[]), CAST(:verdict AS text[]),
        CAST(:blocking AS boolean[]), CAST(:message AS text[]), CAST(:span_start AS int[]),
        CAST(:span_end AS int[]), CAST(:quote AS text[]), CAST(:measured AS text[]))
        AS f(id, rule, verdict, blocking, message, span_start, span_end, quote, measured)
    """
)


@dataclass(frozen=True, slots=True)
class Written:
    """A version that was written, and where its item stands now."""

    content_id: UUID
    version: VersionRow
    status: Status


async def write_draft(
    connection: AsyncConnection, job: Job, language: str, draft: Draft
) -> Written | None:
    """Write a draft as a new item or a new version; None where there was nothing to write.

    Nothing is written where the place is taken by an approved item: a yes is kept, and the item is
    shown as made from an older version.
    """
    status = Status.IN_REVIEW if passes(draft.findings) else Status.DRAFT
    place = await _place(connection, job, language, draft, status)
    if place is None:
        return None
    content_id, is_new = place
    generated = draft.generated
    version = await add_version(
        connection,
        organization_id=job.organization_id,
        content_id=content_id,
        kind=draft.kind,
        language=language,
        body=draft.body,
        parent_version_id=draft.parent.version_id if draft.parent else None,
        generation_id=UUID(generated.generation_id) if generated else None,
        provider=generated.provider if generated else "",
        fingerprint=draft.fingerprint,
        is_first=is_new,
    )
    await _write_findings(connection, job.organization_id, version.id, draft.verdicts)
    if not is_new:
        await connection.execute(_SET_STATUS, {"id": content_id, "status": status.value})
    return Written(content_id, version, status)


async def write_check(
    connection: AsyncConnection, job: Job, item: Item, findings: Sequence[Finding]
) -> Status | None:
    """Write the verdicts on an edited version; None where a newer version is there by now."""
    current = await _locked(connection, job.organization_id, item.content_id)
    newest = await connection.execute(
        text("SELECT current_version FROM posthub.content WHERE id = :id"), {"id": item.content_id}
    )
    if newest.scalar_one() != item.version or current is not Status.DRAFT:
        return None
    step = Step.PASS_CHECKS if passes(findings) else Step.FAIL_CHECKS
    status = next_status(current, step)
    await _write_findings(connection, job.organization_id, item.version_id, findings)
    await connection.execute(_SET_STATUS, {"id": item.content_id, "status": status.value})
    return status


async def _place(
    connection: AsyncConnection, job: Job, language: str, draft: Draft, status: Status
) -> tuple[UUID, bool] | None:
    """Give the id of the item to write to, and whether it was made just now.

    A new item stands at once as its first version will make it. None: it must not be touched.
    """
    if draft.replaces is not None:
        current = await _locked(connection, job.organization_id, draft.replaces)
        free = current and _may_remake(current) and await _is_the_newest(connection, job)
        return (draft.replaces, False) if free else None
    values: dict[str, Any] = {
        "id": new_id(),
        "organization_id": job.organization_id,
        "company_id": job.company_id,
        "month": job.month,
        "kind": draft.kind.value,
        "language": language,
        "parent_id": draft.parent.content_id if draft.parent else None,
        "persona_id": draft.persona_id,
        "place": draft.place,
        "title": title_of(draft.body),
        "scheduled_at": draft.scheduled_at,
        "status": status.value,
    }
    made = (await connection.execute(_INSERT_ITEM, values)).scalar()
    if made is not None:
        return UUID(str(made)), True
    there = (await connection.execute(_AT_PLACE, values)).first()
    if there is None or not _may_remake(Status(there.status)):
        return None
    made_already = await _is_made_from(connection, there.id, draft)
    return None if made_already else (UUID(str(there.id)), False)


async def _is_the_newest(connection: AsyncConnection, job: Job) -> bool:
    """Tell whether the version that a revision began from is current still, under the lock.

    What a person wrote meanwhile is not covered by a text that knows nothing of it.
    """
    if job.source_version_id is None:
        return True
    found = await connection.execute(
        text(
            "SELECT 1 FROM posthub.content_version v JOIN posthub.content i"
            " ON i.id = v.content_id AND i.current_version = v.number"
            " WHERE v.id = :id AND v.organization_id = :organization_id"
        ),
        {"id": job.source_version_id, "organization_id": job.organization_id},
    )
    return found.first() is not None


def _may_remake(status: Status) -> bool:
    return status in (Status.DRAFT, Status.IN_REVIEW, Status.CHANGES_REQUESTED)


async def _is_made_from(connection: AsyncConnection, content_id: UUID, draft: Draft) -> bool:
    """Tell whether the item at the place was already made from this very version of its parent."""
    if draft.parent is None:
        return draft.kind is not Kind.COMPANY_DNA
    made_from = await connection.execute(
        text(
            "SELECT v.parent_version_id FROM posthub.content i JOIN posthub.content_version v"
            " ON v.content_id = i.id AND v.number = i.current_version"
            " AND v.organization_id = i.organization_id WHERE i.id = :id"
        ),
        {"id": content_id},
    )
    return made_from.scalar() == draft.parent.version_id


async def _locked(
    connection: AsyncConnection, organization_id: UUID, content_id: UUID
) -> Status | None:
    values = {"id": content_id, "organization_id": organization_id}
    row = (await connection.execute(_BY_ID, values)).first()
    return Status(row.status) if row else None


async def _write_findings(
    connection: AsyncConnection,
    organization_id: UUID,
    version_id: UUID,
    findings: Sequence[Finding],
) -> None:
    if not findings:
        return
    values = {
        "organization_id": organization_id,
        "version_id": version_id,
        "id": [new_id() for _ in findings],
        "rule": [one.rule for one in findings],
        "verdict": [one.verdict.value for one in findings],
        "blocking": [one.blocking for one in findings],
        "message": [one.message for one in findings],
        "span_start": [one.span_start for one in findings],
        "span_end": [one.span_end for one in findings],
        "quote": [one.quote for one in findings],
        "measured": [one.measured for one in findings],
    }
    await connection.execute(_INSERT_CHECKS, values)


_ARCHIVE_OLD_VARIANTS = text(
    """
    UPDATE posthub.content i SET status = 'archived', updated_at = now()
    FROM posthub.content_version v
    WHERE i.organization_id = :organization_id AND i.parent_id = :parent_id AND i.kind = 'image'
        AND i.status IN ('draft', 'in_review', 'changes_requested')
        AND v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
        AND v.parent_version_id <> :version_id
    """
)


async def archive_old_variants(
    connection: AsyncConnection, organization_id: UUID, parent: Item
) -> None:
    """Archive undecided images that were made for an older version of their post."""
    values = {
        "organization_id": organization_id,
        "parent_id": parent.content_id,
        "version_id": parent.version_id,
    }
    await connection.execute(_ARCHIVE_OLD_VARIANTS, values)


def is_approved(item: Item) -> bool:
    """Tell whether an item carries a person's yes."""
    return item.status in APPROVED_STATUSES
