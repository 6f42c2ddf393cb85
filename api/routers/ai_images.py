"""AI images: painted by a model or drawn by us, with the facts of a show laid over them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from typing_extensions import TypeAliasType

from api import image_orders
from api.apart import apart_from
from api.idempotency import UNDER_WAY, keep, kept, key_of, once, rendered
from api.image_answers import job_of, laid_over
from api.image_shapes import (
    ImageEstimate,
    ImageJob,
    ImageOrder,
    ImageOrdered,
    ImageSelected,
    LaidOver,
    OverlayOrder,
    Regeneration,
    Selection,
    Wished,
)
from api.services import Acting, acting, services_of, signed_in
from api.shapes import Page, Pages
from posthub_assets.domain.errors import Conflict, IllegalTransition, NotFound
from posthub_assets.domain.media.auto_format import FormatWish
from posthub_assets.domain.media.flags import MediaPart
from posthub_assets.domain.media.library import MediaOrder, Mode, NewPicture, RequestKind
from posthub_assets.domain.media.picture_wish import KeptOverlay, PictureWish
from posthub_assets.domain.providers import LOCAL
from posthub_assets.picture_making import make_pictures
from resources.database.repositories import (
    audit,
    companies,
    media_assets,
    media_flags,
    media_limits,
    media_requests,
    metrics,
    picture_requests,
)
from resources.database.repositories.companies import CompanyRow
from resources.database.repositories.picture_requests import PictureJobRow, PictureRow
from resources.drawing_at_once import drawing_at_once
from resources.ids import new_id

PREFIX = "/v1/media/images"
FACTORY_QUIET_S = 180
"""As `GET /readyz` has it."""
MOST_PIXELS_AT_ONCE = 5_000_000
"""Two posters: a second or two of a core."""
QUEUED = "The factory makes them. Ask for the job to see how far it is."

ImageMode = TypeAliasType("ImageMode", Literal["queued", "sync"])
router = APIRouter(
    prefix=PREFIX,
    tags=["media"],
    dependencies=[Depends(signed_in)],
    route_class=apart_from("estimate", "overlay"),
)


@router.post(
    "",
    status_code=202,
    response_model=ImageOrdered,
    responses={200: {"model": ImageOrdered, "description": "Drawn in the request."}, 402: {}},
)
async def create_images(
    request: Request, body: ImageOrder, mode: Annotated[ImageMode, Query()] = "queued"
) -> Response:
    """Have pictures made, or one of the library changed. The job makes all variations at once.

    With `mode=sync` what `local` draws is drawn in the request: 200 and `sync`. What a vendor is
    paid for always waits in the queue: 202 and `queued`.
    """
    key = key_of(request)
    async with acting(request) as act:
        company = await companies.get(act.connection, body.company_id)
        await act.write_in(company.organization_id)
        replay = await kept(request, act, key) if key else None
        if replay is not None:
            return replay
        planned = await image_orders.plan(request, act, company, body)
        how, detail = await _how(request, act, mode, planned)
        planned = image_orders.by(planned, how)
        told = await _ordered(request, act, company, planned, detail)
        response = rendered(told, 202)
        if key:
            begun = rendered(told.model_copy(update={"detail": UNDER_WAY}), 202)
            await keep(act, key, response if how is Mode.QUEUED else begun)
        if how is Mode.QUEUED:
            return response
        at_once = drawing_at_once(services_of(request).at_once)
        claimed = await at_once.claim(act.connection, [told.job_id])
    await at_once.work(claimed, make_pictures)
    async with acting(request) as act:
        act.may(company.organization_id)
        job = job_of(await picture_requests.get(act.connection, told.job_id))
        response = rendered(told.model_copy(update={"job": job}), 200)
        if key:
            await keep(act, key, response)
    return response


async def _how(
    request: Request, act: Acting, mode: str, planned: image_orders.Planned
) -> tuple[Mode, str]:
    """Decide who does the work, and say why."""
    if mode == "queued":
        return Mode.QUEUED, QUEUED
    if planned.quote.provider != LOCAL:
        return Mode.QUEUED, f"{planned.quote.provider} takes a while, so the factory asks it."
    age_s = await metrics.factory_age_s(act.connection)
    if age_s is None or age_s > FACTORY_QUIET_S:
        return Mode.SYNC, "The factory is not running, so they were drawn in the request."
    if planned.pixels > MOST_PIXELS_AT_ONCE:
        return Mode.QUEUED, "This is more than is drawn in a request, so the factory draws them."
    if services_of(request).at_once.is_busy:
        return Mode.QUEUED, "Other requests keep this server busy, so the factory draws them."
    return Mode.SYNC, "They were drawn in the request."


@router.post("/estimate")
async def estimate_images(request: Request, body: Wished) -> ImageEstimate:
    """Ask what pictures may cost, by provider, and whether the budget has room. Asks nobody."""
    async with acting(request) as act:
        company = await companies.get(act.connection, body.company_id)
        act.may(company.organization_id)
        planned = await image_orders.plan(request, act, company, body)
        return await image_orders.estimate(request, act, company, planned)


@router.post("/overlay", status_code=201, response_model=LaidOver)
async def lay_over_image(request: Request, body: OverlayOrder) -> Response:
    """Lay facts over a picture of the library, in the request. It costs nothing.

    The picture stays as it is; the answer is another one, derived from it.
    """
    async with acting(request) as act:
        picture = await picture_requests.picture(act.connection, body.asset_id)
        await act.write_in(picture.organization_id)
        await media_flags.require(act.connection, picture.organization_id, MediaPart.ASSISTANT)
        company = await companies.get(act.connection, picture.company_id)
        show_id = body.show_id or picture.show_id
        if picture.kind == "composed" and picture.derived_from:  # new words stand for the old ones
            picture = await picture_requests.picture(act.connection, picture.derived_from)
        show = (
            await picture_requests.show_for(act.connection, show_id, company.id)
            if show_id
            else None
        )
        kept = image_orders.overlay_to_keep(body.overlay, show, company)
    # Pixels take a while: no transaction waits for them.
    composed = await services_of(request).at_once.studio.facts.compose(
        picture.organization_id,
        picture.as_ground(),
        kept.facts_to_lay(),
        kept.how(),
    )
    async with acting(request) as act:
        await act.write_in(picture.organization_id)

        async def work() -> LaidOver:
            asset_id = await _add(act, picture, composed, show_id)
            await _leave_trace(
                act, picture.organization_id, "media.images.overlay", asset_id, picture.id
            )
            return laid_over(await picture_requests.picture(act.connection, asset_id))

        return await once(request, act, 201, work)


async def _add(act: Acting, of: PictureRow, composed: NewPicture, show_id: UUID | None) -> UUID:
    made = await media_assets.add(
        act.connection,
        composed,
        organization_id=of.organization_id,
        company_id=of.company_id,
        month=of.month,
        show_id=show_id,
        created_by=act.person.id,
    )
    if made is None:
        raise Conflict("The picture was written a moment ago. Look into the library.")
    return made


@router.get("")
async def list_images(
    request: Request, paging: Pages, *, company: UUID | None = None, show: UUID | None = None
) -> Page[ImageJob]:
    """List requests for images with what came of them, the newest first."""
    after = paging.after(UUID)
    async with acting(request) as act:
        rows = await picture_requests.page(
            act.connection,
            organizations=act.organizations,
            company_id=company,
            show_id=show,
            after=after[0] if after else None,
            limit=paging.limit + 1,
        )
    shown, cursor = paging.page(rows, "job_id")
    return Page(items=[job_of(row) for row in shown], next_cursor=cursor)


@router.get("/{image_job_id}")
async def get_images(request: Request, image_job_id: UUID) -> ImageJob:
    """Read how far a request is, and its variations. GET /v1/jobs/{id}/events follows it live."""
    async with acting(request) as act:
        row = await picture_requests.get(act.connection, image_job_id)
        act.may(row.organization_id)
        await media_flags.require(act.connection, row.organization_id, MediaPart.AI_IMAGES)
    return job_of(row)


@router.post("/{image_job_id}/select", response_model=ImageSelected)
async def select_image(request: Request, image_job_id: UUID, body: Selection) -> Response:
    """Choose a variation, with its facts if it has them; and have its formats made, if you like.

    Another one can be chosen later. What was chosen is not cleaned away with what nobody uses.
    """
    async with acting(request) as act:
        row = await picture_requests.get(act.connection, image_job_id)
        await act.write_in(row.organization_id)

        async def work() -> ImageSelected:
            await media_flags.require(act.connection, row.organization_id, MediaPart.AI_IMAGES)
            _refuse_unfinished(row)
            picture = row.variation(body.variation_index)
            await picture_requests.choose(act.connection, row.request_id, picture.id)
            await _leave_trace(
                act, row.organization_id, "media.images.select", row.request_id, picture.id
            )
            job_id = await _formats(request, act, picture) if body.auto_format else None
            return ImageSelected(
                job_id=row.job_id,
                variation_index=body.variation_index,
                asset_id=picture.id,
                format_job_id=job_id,
            )

        return await once(request, act, 200, work)


@router.post(
    "/{image_job_id}/regenerate",
    status_code=202,
    response_model=ImageOrdered,
    responses={402: {}},
)
async def regenerate_images(request: Request, image_job_id: UUID, body: Regeneration) -> Response:
    """Have the pictures made anew: fresh ones, which cost as much again. The old ones stay."""
    async with acting(request) as act:
        row = await picture_requests.get(act.connection, image_job_id)
        await act.write_in(row.organization_id)
        company = await companies.get(act.connection, row.company_id)

        async def work() -> ImageOrdered:
            await media_flags.require(act.connection, row.organization_id, MediaPart.AI_IMAGES)
            if row.source_asset_id is not None:
                await picture_requests.picture_of(act.connection, row.source_asset_id, company.id)
            wish = PictureWish.model_validate(row.wish)
            changed = body.model_dump(exclude_none=True)
            changed |= {"round": wish.round + 1, "overlay": await _renewed(act, row, wish, company)}
            planned = await image_orders.priced(
                request, act, _following(row, act, company), wish.model_copy(update=changed)
            )
            return await _ordered(request, act, company, planned, QUEUED)

        return await once(request, act, 202, work)


async def _renewed(
    act: Acting, row: PictureJobRow, wish: PictureWish, company: CompanyRow
) -> KeptOverlay | None:
    """Give the overlay with the show's facts of now, under what the person wrote."""
    kept = wish.overlay
    if kept is None or row.show_id is None:
        return kept
    try:
        show = await picture_requests.show_for(act.connection, row.show_id, company.id)
    except NotFound:
        return kept  # the show was deleted; its facts stay as they were
    now = image_orders.facts_in_words(show, kept.given, company)
    is_shows = any(kept.facts[name] for name in kept.facts if name not in (*kept.given, "language"))
    return kept.model_copy(update={"facts": now}) if is_shows else kept


def _following(row: PictureJobRow, act: Acting, company: CompanyRow) -> MediaOrder:
    return MediaOrder(
        id=new_id(),
        organization_id=row.organization_id,
        company_id=row.company_id,
        month=image_orders.month_of(company),
        kind=RequestKind.IMAGE,
        mode=Mode.QUEUED,
        show_id=row.show_id,
        source_asset_id=row.source_asset_id,
        source_sha256=row.source_sha256,
        follows_id=row.request_id,
        requested_by=act.person.id,
    )


async def _ordered(
    request: Request,
    act: Acting,
    company: CompanyRow,
    planned: image_orders.Planned,
    detail: str,
) -> ImageOrdered:
    job_id = await image_orders.ask(request, act, company, planned)
    return ImageOrdered(
        job_id=job_id,
        request_id=planned.order.id,
        mode="sync" if planned.order.mode is Mode.SYNC else "queued",
        detail=detail,
        provider=planned.quote.provider,
        key_source=planned.order.key_source,
        estimate_usd=planned.quote.cost_usd,
    )


def _refuse_unfinished(row: PictureJobRow) -> None:
    if row.status != "completed":
        raise IllegalTransition(
            f"The job is {row.status}, so there is nothing to choose from. "
            f"GET {PREFIX}/{row.job_id} tells when it is done."
        )


async def _formats(request: Request, act: Acting, picture: PictureRow) -> UUID:
    """Ask for the chosen picture in the formats of a show; give the job's id."""
    organization_id = picture.organization_id
    await media_flags.require(act.connection, organization_id, MediaPart.AUTO_FORMAT)
    source = await media_limits.key_source(act.connection, organization_id)
    await media_limits.take(
        act.connection,
        act.person.id,
        RequestKind.AUTO_FORMAT,
        per_hour=services_of(request).settings.media_limits.auto_format,
        source=source,
    )
    order = MediaOrder(
        id=new_id(),
        organization_id=organization_id,
        company_id=picture.company_id,
        month=picture.month,
        kind=RequestKind.AUTO_FORMAT,
        mode=Mode.QUEUED,
        wish=FormatWish().as_json(),
        show_id=picture.show_id,
        source_asset_id=picture.id,
        source_sha256=picture.sha256,
        key_source=source,
        requested_by=act.person.id,
    )
    return await media_requests.ask(act.connection, order)


async def _leave_trace(
    act: Acting, organization_id: UUID, action: str, subject: UUID, picture: UUID
) -> None:
    await audit.record(
        act.connection,
        organization_id=organization_id,
        actor_id=act.person.id,
        action=action,
        subject_kind="media",
        subject_id=subject,
        after={"picture": str(picture)},
        origin=act.origin,
    )
