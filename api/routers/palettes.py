"""Palettes: taken from a picture or chosen by hand, then approved, then applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.apart import apart_from
from api.idempotency import UNDER_WAY, keep, kept, key_of, once, rendered
from api.palette_shapes import (
    ChangedPalette,
    ExtractedPalette,
    FixedRoles,
    NewPalette,
    PaletteChange,
    PaletteExtraction,
    PaletteOut,
    PaletteUse,
    shown,
)
from api.routers.auto_format import WishedMode
from api.routers.companies import writable_company
from api.routers.shows import organizations_of
from api.services import Acting, acting, services_of, signed_in
from api.shapes import Month, Page, Pages
from posthub_assets.domain.calendar import parse_month
from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.errors import InvalidInput, NotFound
from posthub_assets.domain.media.flags import MediaPart
from posthub_assets.domain.media.library import MediaOrder, Mode, RequestKind
from posthub_assets.domain.media.palette_orders import PaletteWish, changed, name_of
from posthub_assets.domain.work import Job
from posthub_assets.palette_work import make_palette
from resources.database.repositories import (
    audit,
    companies,
    edits,
    job_views,
    making,
    media_flags,
    media_limits,
    media_requests,
    media_sources,
    palettes,
    shows,
)
from resources.database.repositories.making import ByHand
from resources.database.repositories.media_sources import Wanted
from resources.database.repositories.palettes import PaletteFilter, PaletteRow
from resources.ids import new_id

PREFIX = "/v1/media/palettes"
router = APIRouter(
    prefix=PREFIX,
    tags=["media"],
    dependencies=[Depends(signed_in)],
    route_class=apart_from("extract"),
)


@router.post(
    "/extract",
    status_code=202,
    response_model=ExtractedPalette,
    responses={200: {"model": ExtractedPalette, "description": "It was done in the request."}},
)
async def extract_palette(
    request: Request, body: PaletteExtraction, mode: Annotated[WishedMode, Query()] = "queued"
) -> Response:
    """Take a palette from a picture: queued, or with `mode=sync` in the request.

    The answer says which it was: 200 and `sync`, or 202 and `queued`, which is also what comes
    where other requests keep the server busy. The palette then waits for a yes like any item.
    """
    key = key_of(request)
    async with acting(request) as act:
        (wanted,) = await media_sources.wanted_assets(act.connection, [body.asset_id])
        await act.write_in(wanted.organization_id)
        await media_flags.require(act.connection, wanted.organization_id, MediaPart.ASSISTANT)
        replay = await kept(request, act, key) if key else None
        if replay is not None:
            return replay
        how, detail = _how(request, mode)
        order = await _order(request, act, wanted, body, how)
        job_id = await media_requests.ask(act.connection, order)
        await media_sources.note_use(act.connection, [body.asset_id])
        claimed = await _claim(request, act, [job_id]) if how is Mode.SYNC else []
        response = await _told(act, order, job_id, detail)
        if key:
            begun = await _told(act, order, job_id, UNDER_WAY, status_code=202)
            await keep(act, key, response if how is Mode.QUEUED else begun)
    if how is Mode.QUEUED:
        return response
    await services_of(request).at_once.work(claimed, make_palette)
    async with acting(request) as act:
        act.may(wanted.organization_id)
        response = await _told(act, order, job_id, detail)
        if key:
            await keep(act, key, response)
    return response


def _how(request: Request, mode: str) -> tuple[Mode, str]:
    """Decide who does the work, and say why."""
    if mode == "queued":
        return Mode.QUEUED, "The factory makes it. Ask for the job to see how far it is."
    if services_of(request).at_once.is_busy:
        return Mode.QUEUED, "Other requests keep this server busy, so the factory makes it."
    return Mode.SYNC, "It was made in the request."


async def _order(
    request: Request, act: Acting, wanted: Wanted, body: PaletteExtraction, mode: Mode
) -> MediaOrder:
    """Take it from the hour's limit, and write the order. Raises RateLimited, NotFound."""
    show_id = body.show_id or wanted.show_id
    show = await _show_of(act, show_id, wanted.company_id, is_named=body.show_id is not None)
    source = await media_limits.key_source(act.connection, wanted.organization_id)
    await media_limits.take(
        act.connection,
        act.person.id,
        RequestKind.PALETTE,
        per_hour=services_of(request).settings.media_limits.palette,
        source=source,
    )
    name = name_of(body.name or "", show or "", filename=wanted.filename)
    order = MediaOrder(
        id=new_id(),
        organization_id=wanted.organization_id,
        company_id=wanted.company_id,
        month=wanted.month,
        kind=RequestKind.PALETTE,
        mode=mode,
        wish=PaletteWish(name, body.colors).as_json(),
        show_id=show_id if show is not None else None,
        source_asset_id=wanted.asset_id,
        source_sha256=wanted.sha256,
        key_source=source,
        requested_by=act.person.id,
    )
    facts = {"mode": mode.value, "asset_id": str(wanted.asset_id), "colors": body.colors}
    await _leave_trace(act, order, "media.palette", facts)
    return order


async def _show_of(
    act: Acting, show_id: UUID | None, company_id: UUID, *, is_named: bool = True
) -> str | None:
    """Give the title of a company's show; None for none. Raises InvalidInput for one named."""
    if show_id is None:
        return None
    try:
        return (await shows.get_of(act.connection, show_id, company_id)).title
    except NotFound as error:
        if is_named:
            raise InvalidInput(str(error), field="show_id") from error
        return None


async def _claim(request: Request, act: Acting, ids: Sequence[UUID]) -> list[Job]:
    return await services_of(request).at_once.claim(act.connection, ids)


async def _told(
    act: Acting, order: MediaOrder, job_id: UUID, detail: str, *, status_code: int | None = None
) -> Response:
    job = await job_views.get(act.connection, job_id)
    told = ExtractedPalette(
        mode="sync" if order.mode is Mode.SYNC else "queued",
        detail=detail if job.error is None else "It could not be made.",
        job_id=job_id,
        request_id=order.id,
        status=job.status,
        error=job.error,
        content_id=job.content_id,
    )
    return rendered(told, status_code or (200 if order.mode is Mode.SYNC else 202))


@router.get("")
async def list_palettes(
    request: Request,
    paging: Pages,
    *,
    organization_id: UUID | None = None,
    company: UUID | None = None,
    show: Annotated[UUID | None, Query(description="made for it, or applied to it")] = None,
    status: Status | None = None,
    month: Month | None = None,
) -> Page[PaletteOut]:
    """List palettes, the newest first."""
    after = paging.after(UUID)
    async with acting(request) as act:
        organizations = await organizations_of(act, company, organization_id)
        rows = await palettes.page(
            act.connection,
            PaletteFilter(
                organizations, company, show, status, parse_month(month) if month else None
            ),
            after=after[0] if after else None,
            limit=paging.limit + 1,
        )
    found, cursor = paging.page(list(rows), "id")
    return Page(items=[shown(row) for row in found], next_cursor=cursor)


@router.post("", status_code=201, response_model=PaletteOut)
async def create_palette(request: Request, body: NewPalette) -> Response:
    """Make a palette of colours chosen by hand. It is checked next, and waits for a yes."""
    from posthub_assets.domain.media.palettes.making import by_hand

    async with acting(request) as act:
        company = await writable_company(act, body.company_id)
        await media_flags.require(act.connection, company.organization_id, MediaPart.ASSISTANT)
        await _show_of(act, body.show_id, company.id)

        async def work() -> PaletteOut:
            roles = body.roles or FixedRoles()
            palette = by_hand(
                body.colors,
                name=body.name,
                text=roles.text,
                background=roles.background,
                show_id=str(body.show_id or ""),
                note=body.note,
            )
            made = await making.make(
                act.connection,
                actor=act.actor,
                company=company,
                given=ByHand(Kind.PALETTE, body=palette.model_dump(mode="json")),
                origin=act.origin,
            )
            return shown(await palettes.get(act.connection, made.content_id))

        return await once(request, act, 201, work)


@router.get("/{palette_id}")
async def get_palette(request: Request, palette_id: UUID) -> PaletteOut:
    """Read a palette: its colours, their roles, what to avoid, and where it is applied."""
    async with acting(request) as act:
        row = await palettes.get(act.connection, palette_id)
        act.may(row.organization_id)
        await media_flags.require(act.connection, row.organization_id, MediaPart.ASSISTANT)
    return shown(row)


@router.patch("/{palette_id}")
async def change_palette(request: Request, palette_id: UUID, body: PaletteChange) -> ChangedPalette:
    """Change a palette. Any change after a yes needs a new yes."""
    async with acting(request) as act:
        row = await _writable(act, palette_id)
        await _show_of(act, body.show_id, row.company_id)
        roles = body.roles or FixedRoles()
        new = changed(
            row.body,
            name=body.name,
            colors=body.colors,
            text=roles.text,
            background=roles.background,
            show_id=str(body.show_id) if body.show_id else None,
            note=body.note,
        )
        edited = await edits.edit(
            act.connection,
            actor=act.actor,
            content_id=row.id,
            version=body.version,
            body=new.model_dump(mode="json"),
            origin=act.origin,
        )
        row = await palettes.get(act.connection, palette_id)
    return ChangedPalette(changed=edited.changed, job_ids=list(edited.job_ids), palette=shown(row))


@router.post("/{palette_id}/apply")
async def apply_palette(request: Request, palette_id: UUID, body: PaletteUse) -> PaletteOut:
    """Apply an approved palette to its company's brand or to a show, for pictures from now on."""
    async with acting(request) as act:
        await _writable(act, palette_id)
        row = await palettes.hold_approved(act.connection, palette_id)
        if body.to == "brand":
            before = await _to_brand(act, row, body)
        else:
            before = await _to_show(act, row, body)
        facts = {"to": body.to, "version": row.version, "sha256": row.sha256, "before": before}
        await _leave_trace(act, row, "palette.apply", facts)
        row = await palettes.get(act.connection, palette_id)
    return shown(row)


async def _to_brand(act: Acting, row: PaletteRow, body: PaletteUse) -> dict[str, Any]:
    """Apply to the brand; give what it had before. Raises InvalidInput where a show is named."""
    if body.show_id is not None:
        raise InvalidInput(
            "A palette is applied to the brand or to a show. Leave show_id out for the brand.",
            field="show_id",
        )
    company = await companies.get(act.connection, row.company_id)
    await palettes.apply_to_brand(act.connection, row)
    return {"colors": list(company.brand_colors)}


async def _to_show(act: Acting, row: PaletteRow, body: PaletteUse) -> dict[str, Any]:
    """Apply to a show; give what it had before. Raises InvalidInput where there is none."""
    show_id = body.show_id or (UUID(row.body.show_id) if row.body.show_id else None)
    if show_id is None:
        raise InvalidInput("This palette was made for no show: give the show_id.", field="show_id")
    await _show_of(act, show_id, row.company_id)
    show = await shows.get(act.connection, show_id, lock=True)
    await palettes.apply_to_show(act.connection, row, show.id)
    return {"show_id": str(show.id), "palette": str(show.palette_content_id or "")}


async def _writable(act: Acting, palette_id: UUID) -> PaletteRow:
    row = await palettes.get(act.connection, palette_id)
    await act.write_in(row.organization_id)
    await media_flags.require(act.connection, row.organization_id, MediaPart.ASSISTANT)
    return row


async def _leave_trace(
    act: Acting, row: PaletteRow | MediaOrder, action: str, after: dict[str, Any]
) -> None:
    await audit.record(
        act.connection,
        organization_id=row.organization_id,
        actor_id=act.person.id,
        action=action,
        subject_kind="content" if isinstance(row, PaletteRow) else "media_request",
        subject_id=row.id,
        after=after,
        origin=act.origin,
    )
