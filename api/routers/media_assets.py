"""The library: pictures, where they come from, favourites, and links to them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, field_serializer, model_validator

from api.idempotency import once
from api.openapi import files
from api.routers.media import HEADERS, SHOWN
from api.routers.shows import organizations_of, plain
from api.services import Acting, acting, origin_of, services_of, signed_in
from api.shapes import Exact, Input, Month, Output, Page, Pages
from posthub_assets.domain.calendar import month_name, parse_month
from posthub_assets.domain.media.flags import MediaPart
from posthub_assets.domain.media.library import AssetKind, RequestKind
from posthub_assets.domain.media.notes import SENTENCES
from resources.database.repositories import (
    audit,
    media_assets,
    media_files,
    media_flags,
    media_lineage,
    shows,
)
from resources.database.repositories.media_assets import AssetFilter, AssetRow
from resources.notifying.loop import public_url

router = APIRouter(prefix="/v1/media/assets", tags=["media"], dependencies=[Depends(signed_in)])

LINK_S = 3600
MOST_LINK_S = 7 * 24 * 3600
"""Signature version 4 of Amazon S3 allows no longer links."""
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/gif": ".gif",
}
FILE = files("The picture.", *sorted(SHOWN), "application/octet-stream")


class NoteOut(Output):
    """Something that was done to a picture when it was taken in."""

    code: str
    says: str


class AssetOut(Output):
    """A picture of the library. `file` is the path of its bytes."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    show_id: UUID | None
    month: date
    kind: AssetKind
    format: str
    variation: int
    filename: str
    media_type: str
    sha256: str
    size_bytes: int
    width_px: int
    height_px: int
    alt_text: str
    is_ai: bool
    notes: list[NoteOut]
    derived_from: UUID | None
    media_request_id: UUID | None
    prompt: str
    prompt_version: str
    provider: str
    model: str
    cost_usd: Exact
    is_favourite: bool
    created_by: UUID | None
    created_at: datetime
    last_used_at: datetime
    file: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_row(cls, row: object) -> object:
        if not isinstance(row, AssetRow):
            return row
        known = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return {**known, "notes": notes_of(row.notes), "file": f"/v1/media/assets/{row.id}/file"}

    @field_serializer("month")
    def _month(self, month: date) -> str:
        return month_name(month)


class StepOut(Output):
    """A picture in the lineage of another; one that was deleted has `deleted_at`."""

    id: UUID
    kind: AssetKind
    format: str
    variation: int
    filename: str
    is_ai: bool
    prompt: str
    model: str
    created_at: datetime
    deleted_at: datetime | None


class MadeByOut(Output):
    """What a picture was asked for by: the request, and the newest job that worked on it."""

    request_id: UUID
    request_kind: RequestKind
    mode: str
    key_source: str
    is_chosen: bool
    requested_by: UUID | None
    requested_at: datetime
    job_id: UUID | None
    job_status: str | None
    job_cost_usd: Exact | None


class AssetDetail(AssetOut):
    """A picture with what it was made from, nearest first, and what was made from it."""

    ancestors: list[StepOut]
    children: list[StepOut]
    made_by: MadeByOut | None


class AssetChange(Input):
    """What changes; the rest stays. `show_id` of null takes the picture from its show."""

    alt_text: Annotated[str, Field(max_length=2000)] | None = None
    show_id: UUID | None = None


class NewFileLink(Input):
    """How long a link is to last, in seconds: an hour, unless said otherwise, a week at most."""

    lasts_s: Annotated[int, Field(ge=1, le=MOST_LINK_S)] = LINK_S


class FileLinkOut(Output):
    """A link by which anybody has the picture, without signing in, until `expires_at`."""

    url: str
    expires_at: datetime


def notes_of(codes: list[str]) -> list[NoteOut]:
    """Give notes with their sentences; a code that is not known says itself."""
    known = {one.value: said for one, said in SENTENCES.items()}
    return [NoteOut(code=code, says=known.get(code, code)) for code in codes]


@router.get("")
async def list_assets(
    request: Request,
    paging: Pages,
    *,
    organization_id: UUID | None = None,
    company: UUID | None = None,
    show: UUID | None = None,
    month: Annotated[Month | None, Query()] = None,
    kind: AssetKind | None = None,
    format: Annotated[
        str | None, Query(max_length=60, description="the format's code, such as `poster`")
    ] = None,
    is_ai: bool | None = None,
    favourite: Annotated[bool | None, Query(description="true: my favourites")] = None,
    q: Annotated[
        str | None, Query(max_length=200, description="in the file's name, alt text or prompt")
    ] = None,
) -> Page[AssetOut]:
    """List the library's pictures, the newest first."""
    after = paging.after(UUID)
    async with acting(request) as act:
        wanted = AssetFilter(
            await organizations_of(act, company, organization_id),
            company_id=company,
            show_id=show,
            month=parse_month(month) if month else None,
            kind=kind.value if kind else None,
            format=format,
            is_ai=is_ai,
            is_favourite=favourite,
            words=plain(q),
        )
        rows = await media_assets.page(
            act.connection,
            wanted,
            act.person.id,
            after=after[0] if after else None,
            limit=paging.limit + 1,
        )
    shown, cursor = paging.page(list(rows), "id")
    return Page(items=[AssetOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.get("/{asset_id}")
async def get_asset(request: Request, asset_id: UUID) -> AssetDetail:
    """Read a picture: what it shows, what it was made from, by which job, for how much."""
    async with acting(request) as act:
        row = await _readable(act, asset_id)
        lineage = await media_lineage.of(act.connection, row)
    return AssetDetail(
        **AssetOut.model_validate(row).model_dump(exclude={"month"}),
        month=row.month,
        ancestors=[StepOut.model_validate(one) for one in lineage.ancestors],
        children=[StepOut.model_validate(one) for one in lineage.children],
        made_by=MadeByOut.model_validate(lineage.made_by) if lineage.made_by else None,
    )


@router.patch("/{asset_id}")
async def change_asset(request: Request, asset_id: UUID, body: AssetChange) -> AssetOut:
    """Say what a picture shows, or put it to a show of its company."""
    async with acting(request) as act:
        row = await _writable(act, asset_id)
        said = body.model_dump(mode="json", exclude_unset=True)
        if body.show_id is not None:
            await shows.get_of(act.connection, body.show_id, row.company_id)
        if said:
            alt_text = None if body.alt_text is None else " ".join(body.alt_text.split())
            await media_assets.describe(
                act.connection,
                row.id,
                alt_text=alt_text,
                show_id=body.show_id,
                moves="show_id" in said,
            )
            await leave_trace(request, act, row, "media.change", said)
        row = await media_assets.get(act.connection, row.id, act.person.id)
    return AssetOut.model_validate(row)


@router.delete("/{asset_id}", status_code=204)
async def delete_asset(request: Request, asset_id: UUID) -> None:
    """Delete a picture. Its file goes too, unless something else shows the same picture."""
    services = services_of(request)
    async with acting(request) as act:
        row = await _writable(act, asset_id)
        owner = row.organization_id
        await media_files.lock(act.connection, owner, row.sha256)
        if not await media_assets.delete(act.connection, row.id):
            return
        await leave_trace(request, act, row, "media.delete", {"sha256": row.sha256})
        for sha256 in await media_files.lock_unused(act.connection, owner, [row.sha256]):
            # A worker stores a picture before its row; of an upload the row comes first.
            is_upload = row.kind == AssetKind.UPLOAD.value
            erase = services.media.erase if is_upload else services.media.erase_unless_fresh
            if await asyncio.to_thread(erase, owner, sha256) or is_upload:
                await media_files.note_gone(act.connection, owner, sha256)


@router.put("/{asset_id}/favourite", status_code=204)
async def mark_favourite(request: Request, asset_id: UUID) -> None:
    """Mark a picture as my favourite: nobody's favourite is cleaned away."""
    async with acting(request) as act:
        row = await _writable(act, asset_id)
        await media_assets.mark(act.connection, row, act.person.id, is_favourite=True)


@router.delete("/{asset_id}/favourite", status_code=204)
async def unmark_favourite(request: Request, asset_id: UUID) -> None:
    """Take my mark off a picture."""
    async with acting(request) as act:
        row = await _writable(act, asset_id)
        await media_assets.mark(act.connection, row, act.person.id, is_favourite=False)


@router.get("/{asset_id}/file", response_class=Response, responses={200: FILE})
async def download_asset(request: Request, asset_id: UUID) -> Response:
    """Download a picture."""
    async with acting(request) as act:
        row = await _readable(act, asset_id)
        await act.write_in(row.organization_id)
        await media_assets.touch(act.connection, row.id)
    data = await asyncio.to_thread(services_of(request).media.open, row.organization_id, row.sha256)
    return as_file(row, data)


@router.post("/{asset_id}/link", status_code=201, response_model=FileLinkOut)
async def make_file_link(request: Request, asset_id: UUID, body: NewFileLink) -> Response:
    """Make a link by which anybody may download a picture for a time.

    From a bucket it is the bucket's own link, which lasts even if the picture is deleted.
    """
    services = services_of(request)
    async with acting(request) as act:
        row = await _writable(act, asset_id)
        await media_assets.touch(act.connection, row.id)

        async def work() -> FileLinkOut:
            now = datetime.now(UTC).replace(microsecond=0)
            ends = now + timedelta(seconds=body.lasts_s)
            url = await asyncio.to_thread(
                services.media.link, row.organization_id, row.sha256, body.lasts_s
            )
            if url is None:
                token = services.file_tokens.issue(row.organization_id, row.id, ends)
                url = f"{public_url(services.settings)}/v1/media/files/{token}"
            await leave_trace(request, act, row, "media.link", {"expires_at": ends.isoformat()})
            return FileLinkOut(url=url, expires_at=ends)

        return await once(request, act, 201, work, withheld=("url",))


def as_file(row: AssetRow, data: bytes) -> Response:
    """Give the answer that is a picture's bytes, under its own name."""
    media_type = row.media_type if row.media_type in SHOWN else "application/octet-stream"
    stem = row.filename.rpartition(".")[0] or row.filename or row.format or row.kind
    name = f"{stem}{ENDINGS.get(media_type, '')}"
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {**HEADERS, "ETag": f'"{row.sha256}"', "Content-Disposition": disposition}
    return Response(data, media_type=media_type, headers=headers)


async def _readable(act: Acting, asset_id: UUID) -> AssetRow:
    row = await media_assets.get(act.connection, asset_id, act.person.id)
    act.may(row.organization_id)
    await media_flags.require(act.connection, row.organization_id, MediaPart.ASSISTANT)
    return row


async def _writable(act: Acting, asset_id: UUID) -> AssetRow:
    row = await _readable(act, asset_id)
    await act.write_in(row.organization_id)
    return row


async def leave_trace(
    request: Request, act: Acting, row: AssetRow, action: str, after: Mapping[str, object]
) -> None:
    """Write what was done to a picture into the audit trail."""
    await audit.record(
        act.connection,
        organization_id=row.organization_id,
        actor_id=act.person.id,
        action=action,
        subject_kind="media_asset",
        subject_id=row.id,
        after={"company_id": str(row.company_id), **after},
        origin=origin_of(request),
    )
