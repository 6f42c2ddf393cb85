"""Auto-format: one picture in, all its formats out; and what came of it, one by one or as a ZIP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import ConfigDict, Field, model_validator
from typing_extensions import TypeAliasType

from api.idempotency import UNDER_WAY, keep, kept, key_of, rendered
from api.openapi import files
from api.pictures import HEADERS, preview_of
from api.routers.jobs import JobStatus
from api.services import Acting, acting, services_of, signed_in
from api.shapes import Exact, Input, Output
from posthub_assets.domain.errors import IllegalTransition, InvalidInput, NotFound
from posthub_assets.domain.media.auto_format import (
    LEAST_QUALITY,
    MOST_QUALITY,
    SHOW_FORMATS,
    FormatWish,
    is_small,
)
from posthub_assets.domain.media.flags import MediaPart
from posthub_assets.domain.media.library import MediaOrder, Mode, RequestKind
from posthub_assets.domain.work import Job
from posthub_assets.picture_work import format_picture
from resources.database.repositories import (
    audit,
    format_jobs,
    media_assets,
    media_flags,
    media_limits,
    media_requests,
    media_sources,
)
from resources.database.repositories import metrics as metrics_rows
from resources.database.repositories.format_jobs import FormatJobRow, FormattedRow
from resources.database.repositories.media_sources import Wanted
from resources.ids import new_id
from resources.picture_zip import ZippedPicture, zip_of

PREFIX = "/v1/media/auto-format"
BYTES = "application/octet-stream"
"""What generated clients know a file by; it is never sent."""

router = APIRouter(prefix=PREFIX, tags=["media"], dependencies=[Depends(signed_in)])

MOST_PICTURES = 20
FACTORY_QUIET_S = 180
"""As `GET /readyz` has it."""

FormatCode = TypeAliasType(
    "FormatCode",
    Literal["poster", "square", "banner", "facebook", "instagram", "linkedin", "x", "tiktok"],
)
Encoding = TypeAliasType("Encoding", Literal["jpeg", "webp", "avif"])
WishedMode = TypeAliasType("WishedMode", Literal["queued", "sync"])


class FormatOrder(Input):
    """Pictures to format: of the library, or (`image_id`) an approved image of a post.

    Without `formats` these are the three of a show; without `quality` the encoder's own, at which
    no loss is seen.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "asset_ids": ["0198c1f0-0000-7000-8000-000000000000"],
                    "formats": list(SHOW_FORMATS),
                    "encoding": "jpeg",
                }
            ]
        }
    )

    asset_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_PICTURES)] | None = None
    image_id: UUID | None = None
    formats: Annotated[list[FormatCode], Field(min_length=1, max_length=8)] | None = None
    encoding: Encoding = "jpeg"
    quality: Annotated[int, Field(ge=LEAST_QUALITY, le=MOST_QUALITY)] | None = None

    @model_validator(mode="after")
    def _says_which(self) -> FormatOrder:
        if (self.asset_ids is None) == (self.image_id is None):
            raise ValueError("Give asset_ids of the library, or the image_id of a post's image.")
        return self

    @property
    def wish(self) -> FormatWish:
        """What each picture is made into."""
        codes = tuple(dict.fromkeys(self.formats or SHOW_FORMATS))
        return FormatWish(codes, self.encoding, self.quality)


class FormattedPicture(Output):
    """A picture that was made. `url` gives its bytes, `preview_url` a small JPEG of it."""

    asset_id: UUID
    format: str
    filename: str
    media_type: str
    width_px: int
    height_px: int
    size_bytes: int
    alt_text: str
    is_ai: bool
    url: str
    preview_url: str


class FormatJob(Output):
    """The job of one picture. `outputs` come with the job's end, all at once."""

    job_id: UUID
    request_id: UUID
    mode: Literal["queued", "sync", "graph"]
    asset_id: UUID | None
    content_id: UUID | None
    formats: list[str]
    status: JobStatus
    progress: int
    step: str
    error_code: str | None
    error: str | None
    duration_s: Exact | None
    created_at: datetime
    finished_at: datetime | None
    source_size_bytes: int | None
    outputs: list[FormattedPicture]
    zip_url: str | None


class FormatJobs(Output):
    """What was asked for, a job for each picture. `mode` says who does it, and `detail` why."""

    mode: Literal["queued", "sync"]
    detail: str
    jobs: list[FormatJob]


@router.post(
    "",
    status_code=202,
    response_model=FormatJobs,
    responses={200: {"model": FormatJobs, "description": "It was done in the request."}},
)
async def auto_format(
    request: Request, body: FormatOrder, mode: Annotated[WishedMode, Query()] = "queued"
) -> Response:
    """Have pictures made into formats: queued, or with `mode=sync` in the request.

    In the request it is done where it is small, or where the factory is not running. The answer
    says which it was: 200 and `sync`, or 202 and `queued`. Marketers retry and cancel the jobs.
    """
    key = key_of(request)
    async with acting(request) as act:
        wanted = await _wanted(act, body)
        await act.write_in(wanted[0].organization_id)
        await media_flags.require(act.connection, wanted[0].organization_id, MediaPart.AUTO_FORMAT)
        replay = await kept(request, act, key) if key else None
        if replay is not None:
            return replay
        how, detail = await _how(request, act, mode, wanted, body.wish)
        ids = await _ask(request, act, wanted, body.wish, how)
        claimed = await _claim(request, act, ids) if how is Mode.SYNC else []
        response = await _told(act, ids, how, detail)
        if key:
            begun = await _told(act, ids, how, UNDER_WAY, status_code=202)
            await keep(act, key, response if how is Mode.QUEUED else begun)
    if how is Mode.QUEUED:
        return response
    await services_of(request).at_once.work(claimed, format_picture)
    async with acting(request) as act:
        act.may(wanted[0].organization_id)
        response = await _told(act, ids, how, detail)
        if key:
            await keep(act, key, response)
    return response


async def _wanted(act: Acting, body: FormatOrder) -> list[Wanted]:
    """Give the pictures that are asked for. Raises NotFound, InvalidInput, IllegalTransition."""
    if body.image_id is not None:
        image, is_approved = await media_sources.wanted_image(act.connection, body.image_id)
        if not is_approved:
            raise IllegalTransition("This image is not approved, and only approved ones are taken.")
        return [image]
    found = await media_sources.wanted_assets(act.connection, body.asset_ids or [])
    if len({one.organization_id for one in found}) > 1:
        raise InvalidInput(
            "These pictures belong to different organisations. Ask for each by itself.",
            field="asset_ids",
        )
    return found


async def _how(
    request: Request, act: Acting, mode: str, wanted: Sequence[Wanted], wish: FormatWish
) -> tuple[Mode, str]:
    """Decide who does the work, and say why."""
    if mode == "queued":
        return Mode.QUEUED, "The factory makes them. Ask for the job to see how far it is."
    age_s = await metrics_rows.factory_age_s(act.connection)
    if age_s is None or age_s > FACTORY_QUIET_S:
        return Mode.SYNC, "The factory is not running, so they were made in the request."
    if not is_small(len(wanted), wish):
        return Mode.QUEUED, "This is more than is made in a request, so the factory makes them."
    if services_of(request).at_once.is_busy:
        return Mode.QUEUED, "Other requests keep this server busy, so the factory makes them."
    return Mode.SYNC, "They were made in the request."


async def _ask(
    request: Request, act: Acting, wanted: Sequence[Wanted], wish: FormatWish, mode: Mode
) -> list[UUID]:
    """Write the requests down with their jobs; give the jobs' ids."""
    organization_id = wanted[0].organization_id
    source = await media_limits.key_source(act.connection, organization_id)
    await media_limits.take(
        act.connection,
        act.person.id,
        RequestKind.AUTO_FORMAT,
        len(wanted),
        per_hour=services_of(request).settings.media_limits.auto_format,
        source=source,
    )
    ids = []
    for one in wanted:
        order = MediaOrder(
            id=new_id(),
            organization_id=organization_id,
            company_id=one.company_id,
            month=one.month,
            kind=RequestKind.AUTO_FORMAT,
            mode=mode,
            wish=wish.as_json(),
            show_id=one.show_id,
            source_asset_id=one.asset_id,
            source_sha256=one.sha256,
            content_id=one.content_id,
            key_source=source,
            requested_by=act.person.id,
        )
        ids.append(await media_requests.ask(act.connection, order))
        await _leave_trace(act, order)
    await media_sources.note_use(
        act.connection, [one.asset_id for one in wanted if one.asset_id is not None]
    )
    return ids


async def _leave_trace(act: Acting, order: MediaOrder) -> None:
    await audit.record(
        act.connection,
        organization_id=order.organization_id,
        actor_id=act.person.id,
        action="media.auto_format",
        subject_kind="media_request",
        subject_id=order.id,
        after={"mode": order.mode.value, **order.wish},
        origin=act.origin,
    )


async def _claim(request: Request, act: Acting, ids: Sequence[UUID]) -> list[Job]:
    return await services_of(request).at_once.claim(act.connection, ids)


async def _told(
    act: Acting, ids: Sequence[UUID], mode: Mode, detail: str, *, status_code: int | None = None
) -> Response:
    jobs = [_job_out(row) for row in await format_jobs.by_ids(act.connection, ids)]
    told = FormatJobs(mode=mode.value, detail=detail, jobs=jobs)
    return rendered(told, status_code or (200 if mode is Mode.SYNC else 202))


def _job_out(row: FormatJobRow) -> FormatJob:
    here = f"{PREFIX}/{row.job_id}"
    return FormatJob.model_validate(
        {
            **{name: getattr(row, name) for name in FormatJob.model_fields if hasattr(row, name)},
            "asset_id": row.source_asset_id,
            "outputs": [_picture_out(here, one) for one in row.outputs],
            "zip_url": f"{here}/zip" if row.outputs else None,
        }
    )


def _picture_out(here: str, row: FormattedRow) -> FormattedPicture:
    values = asdict(row)
    values.pop("sha256")
    return FormattedPicture(
        asset_id=values.pop("id"),
        url=f"{here}/{row.format}",
        preview_url=f"{here}/{row.format}?preview=true",
        **values,
    )


async def _read(request: Request, job_id: UUID, *, code: str | None = None) -> FormatJobRow:
    """Read a job; with `code` its picture of that format is taken, or (empty) all are."""
    async with acting(request) as act:
        row = await format_jobs.get(act.connection, job_id)
        act.may(row.organization_id)
        await media_flags.require(act.connection, row.organization_id, MediaPart.AUTO_FORMAT)
        if code is not None:  # what people take is used, and not cleaned away
            await act.write_in(row.organization_id)
            for one in row.outputs:
                if code in ("", one.format):
                    await media_assets.touch(act.connection, one.id)
    return row


@router.get("/{job_id}")
async def get_format_job(request: Request, job_id: UUID) -> FormatJob:
    """Read how far a job of auto-format is, and what came of it."""
    return _job_out(await _read(request, job_id))


@router.get(
    "/{job_id}/zip",
    response_class=StreamingResponse,
    responses={200: files("The pictures and their alternative texts.", "application/zip", BYTES)},
)
async def get_format_zip(request: Request, job_id: UUID) -> StreamingResponse:
    """Take all formats of a picture in one ZIP, with their alternative texts."""
    row = await _read(request, job_id, code="")
    if not row.outputs:
        raise NotFound(_nothing_yet(row))
    pictures = [
        ZippedPicture(one.filename, one.sha256, one.alt_text, one.is_ai) for one in row.outputs
    ]
    blocks = zip_of(services_of(request).media, row.organization_id, pictures)
    headers = {"Content-Disposition": f'attachment; filename="formats-{str(job_id)[-12:]}.zip"'}
    return StreamingResponse(blocks, media_type="application/zip", headers=headers)


@router.get(
    "/{job_id}/{format_code}",
    response_class=Response,
    responses={200: files("The picture.", "image/jpeg", "image/webp", "image/avif", BYTES)},
)
async def get_formatted_picture(
    request: Request,
    job_id: UUID,
    format_code: FormatCode,
    *,
    preview: Annotated[bool, Query(description="a small JPEG of it, to look at")] = False,
) -> Response:
    """Take one format of a picture, or with `preview=true` a small JPEG of it."""
    row = await _read(request, job_id, code=format_code)
    found = next((one for one in row.outputs if one.format == format_code), None)
    if found is None:
        raise NotFound(_nothing_yet(row, format_code))
    services = services_of(request)
    data = await asyncio.to_thread(services.media.open, row.organization_id, found.sha256)
    if preview:
        return await preview_of(services, data, found.sha256)
    headers = {
        **HEADERS,
        "Content-Disposition": f'attachment; filename="{found.filename}"',
        "ETag": f'"{found.sha256}"',
    }
    return Response(data, media_type=found.media_type, headers=headers)


def _nothing_yet(row: FormatJobRow, code: str = "") -> str:
    """Say why there is nothing to take."""
    if row.status in ("pending", "running"):
        return f"The job is {row.status}, at {row.progress} %. Its pictures come with its end."
    if row.status == "completed":
        there = ", ".join(one.format for one in row.outputs) or "nothing any more"
        return f"There is no {code or 'picture'} of this job; there is {there}."
    return f"The job has {row.status}: {row.error or 'nobody said why'}"
