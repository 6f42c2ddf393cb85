"""The audit trail: read by managers of the organisation, and as a whole by administrators.

What does not belong here: writing it, which every change does itself.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from api.openapi import files
from api.reach import company_within, readable
from api.services import Acting, acting, origin_of, services_of, signed_in
from api.shapes import Output, Page, Pages
from api.strictness import Moment
from posthub_assets.domain.csv_cells import guarded
from posthub_assets.domain.errors import InvalidInput
from resources.database.engine import Database, Scope
from resources.database.repositories import audit, audit_views
from resources.database.repositories.audit_views import AuditFilter, AuditRow
from resources.database.repositories.identity import write_in

router = APIRouter(prefix="/v1/audit", tags=["audit"], dependencies=[Depends(signed_in)])

ROWS_AT_ONCE = 500
"""Rows of an export that are in memory; each part is read in a transaction of its own."""
COLUMNS = tuple(one.name for one in fields(AuditRow))


Word = Annotated[str | None, Query(pattern="^[a-z_.-]{1,80}$")]


class AuditOut(Output):
    """Who did what to what, with what was before and after."""

    id: UUID
    at: datetime
    organization_id: UUID | None
    actor_id: UUID | None
    actor_kind: str
    actor_name: str | None
    action: str
    subject_kind: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip: str | None
    request_id: str | None


class Asked:
    """Which rows are asked for."""

    def __init__(
        self,
        *,
        organization_id: UUID | None = None,
        company: UUID | None = None,
        actor: UUID | None = None,
        action: Word = None,
        subject_kind: Word = None,
        subject_id: Annotated[str | None, Query(max_length=300)] = None,
        begins: Annotated[Moment | None, Query(alias="from")] = None,
        ends: Annotated[Moment | None, Query(alias="to", description="Not included.")] = None,
    ) -> None:
        if subject_id is not None and "\x00" in subject_id:
            raise InvalidInput("A NUL character is in no id.", field="subject_id")
        self.wanted = AuditFilter(
            organization_id, company, actor, action, subject_kind, subject_id, begins, ends
        )

    async def filter(self, act: Acting) -> AuditFilter:
        """Give the filter within what the person may read. Raises NotFound, Forbidden."""
        wanted = self.wanted
        company = await company_within(act, wanted.company_id, wanted.organization_id)
        given = company.organization_id if company else wanted.organization_id
        if given is None and act.actor.is_admin:
            return wanted
        return replace(wanted, organization_id=await readable(act, given))


AskedFor = Annotated[Asked, Depends()]


@router.get("")
async def list_audit(request: Request, paging: Pages, asked: AskedFor) -> Page[AuditOut]:
    """List what happened, the newest first. Managers and above.

    Administrators who name no organisation read all of them, and the platform's own rows.
    """
    after = paging.after(datetime.fromisoformat, UUID)
    async with acting(request) as act:
        rows = list(
            await audit_views.page(
                act.connection,
                await asked.filter(act),
                after=(after[0], after[1]) if after else None,
                limit=paging.limit + 1,
            )
        )
    shown, cursor = paging.page(rows, "at", "id")
    return Page(items=[AuditOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: files("The rows.", "application/x-ndjson", "text/csv")},
)
async def export_audit(
    request: Request,
    asked: AskedFor,
    form: Annotated[Literal["ndjson", "csv"], Query(alias="format")] = "ndjson",
) -> StreamingResponse:
    """Write what happened up to now to a file, the newest first. Managers and above.

    The export itself is in the trail before its first row is sent. Cells of a CSV file that begin
    like a formula get an apostrophe.
    """
    async with acting(request) as act:
        wanted = await asked.filter(act)
        now = await audit_views.now(act.connection)
        wanted = replace(wanted, ends=min(wanted.ends or now, now))
        await _leave_trace(request, act, wanted, form)
        scope = act.person.scope(wanted.organization_id)
    parts = _parts(services_of(request).database, scope, wanted)
    media_type = "text/csv" if form == "csv" else "application/x-ndjson"
    return StreamingResponse(
        _written(parts, _as_csv if form == "csv" else _as_ndjson, form),
        media_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="audit-{now:%Y-%m-%d}.{form}"'},
    )


async def _leave_trace(request: Request, act: Acting, wanted: AuditFilter, form: str) -> None:
    owner = wanted.organization_id
    if owner is not None:
        await write_in(act.connection, owner)
    told = {name: str(value) for name, value in asdict(wanted).items() if value is not None}
    await audit.record(
        act.connection,
        organization_id=owner,
        actor_id=act.person.id,
        action="audit.export",
        subject_kind="audit",
        subject_id=str(owner or "platform"),
        after={"format": form, **told},
        origin=origin_of(request),
    )


async def _parts(
    database: Database, scope: Scope, wanted: AuditFilter
) -> AsyncIterator[Sequence[AuditRow]]:
    """Read part by part; no transaction is open while a slow reader takes one."""
    after: tuple[datetime, UUID] | None = None
    while True:
        async with database.transaction(scope) as connection:
            rows = await audit_views.page(connection, wanted, after=after, limit=ROWS_AT_ONCE)
        if rows:
            yield rows
        if len(rows) < ROWS_AT_ONCE:
            return
        after = (rows[-1].at, rows[-1].id)


async def _written(
    parts: AsyncIterator[Sequence[AuditRow]],
    write: Callable[[Sequence[AuditRow]], str],
    form: str,
) -> AsyncIterator[bytes]:
    if form == "csv":
        yield ("\ufeff" + _lines([COLUMNS])).encode()
    async for rows in parts:
        yield write(rows).encode()


def _as_ndjson(rows: Sequence[AuditRow]) -> str:
    return "".join(f"{AuditOut.model_validate(row).model_dump_json()}\n" for row in rows)


def _as_csv(rows: Sequence[AuditRow]) -> str:
    return _lines([[_cell(getattr(row, name)) for name in COLUMNS] for row in rows])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return guarded(json.dumps(value, ensure_ascii=False))
    return guarded(value.isoformat() if isinstance(value, datetime) else value)


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
