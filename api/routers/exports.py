"""Exports: a company, or all that is kept about me, as a ZIP.

What does not belong here: what is in it (`resources/company_archive/`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from api.openapi import files
from api.services import Acting, acting, origin_of, services_of, signed_in
from resources.company_archive.packing import Cover, pack
from resources.company_archive.spooling import spool_company, spool_person
from resources.company_archive.tables import FORMAT, PERSON_FORMAT
from resources.database.repositories import audit, companies

router = APIRouter(prefix="/v1", tags=["privacy"], dependencies=[Depends(signed_in)])

# Generators of clients know bytes by their general name only.
ZIP: dict[int | str, dict[str, Any]] = {
    200: files("A ZIP; see docs/gdpr.md.", "application/zip", "application/octet-stream")
}


@router.get("/companies/{company_id}/export", response_class=StreamingResponse, responses=ZIP)
async def export_company(request: Request, company_id: UUID) -> StreamingResponse:
    """Take a company out: rows as JSON lines, and its media. Managers and above.

    It can be read in again: `posthub company restore FILE`.
    """
    services = services_of(request)
    async with acting(request) as act:
        company = await companies.get(act.connection, company_id)
        await act.write_in(company.organization_id)
        await _leave_trace(request, act, company.organization_id, "company", company.id)
        scope, person_id = act.person.scope(company.organization_id), act.person.id
    async with services.exports:
        spool = await spool_company(services.database, scope, company.id)
    cover = Cover(FORMAT, company.id, company.organization_id, person_id)
    name = f"{company.slug}-{spool.taken_at:%Y-%m-%d}.zip"
    return _download(name, pack(spool, services.media, cover))


@router.get("/me/export", response_class=StreamingResponse, responses=ZIP)
async def export_me(request: Request) -> StreamingResponse:
    """Take out all that is kept about me, as JSON lines; without passwords and tokens."""
    services = services_of(request)
    async with acting(request) as act:
        await _leave_trace(request, act, None, "user", act.person.id)
        person_id = act.person.id
    async with services.exports:
        spool = await spool_person(services.database, person_id)
    cover = Cover(PERSON_FORMAT, person_id, None, person_id)
    return _download(f"me-{spool.taken_at:%Y-%m-%d}.zip", pack(spool, services.media, cover))


def _download(name: str, blocks: Iterator[bytes]) -> StreamingResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(blocks, media_type="application/zip", headers=headers)


async def _leave_trace(
    request: Request, act: Acting, organization_id: UUID | None, kind: str, subject: UUID
) -> None:
    """Write that data were taken out, before the first of them is sent."""
    await audit.record(
        act.connection,
        organization_id=organization_id,
        actor_id=act.person.id,
        action=f"{kind}.export",
        subject_kind=kind,
        subject_id=subject,
        origin=origin_of(request),
    )
