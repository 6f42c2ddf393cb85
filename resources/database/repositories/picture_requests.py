"""Requests for AI images as people see them: how far the work is, what came of it, what was chosen.

Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: writing a request with its job (`media_requests.py`), limits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.media.library import AssetKind, MediaOrder, NewPicture
from posthub_assets.domain.media.shows import Show, show_of
from resources.database.repositories import media_requests
from resources.database.repositories.palettes import palette_of_show


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture of the library, with what is known of how it was made."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    show_id: UUID | None
    month: date
    media_request_id: UUID | None
    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    kind: str
    variation: int
    filename: str
    alt_text: str
    is_ai: bool
    notes: list[Any]
    derived_from: UUID | None
    generation_id: UUID | None
    prompt: str
    prompt_version: str
    provider: str
    model: str
    cost_usd: Decimal
    created_at: datetime

    def as_ground(self) -> NewPicture:
        """Give the picture as facts are laid over it: what comes of it is derived from it."""
        return NewPicture(
            sha256=self.sha256,
            media_type=self.media_type,
            size_bytes=self.size_bytes,
            width_px=self.width_px,
            height_px=self.height_px,
            kind=AssetKind(self.kind),
            filename=self.filename,
            alt_text=self.alt_text,
            is_ai=self.is_ai,
            derived_from=self.id,
            prompt=self.prompt,
            prompt_version=self.prompt_version,
            provider=self.provider,
            model=self.model,
        )


@dataclass(frozen=True, slots=True)
class PictureJobRow:
    """A request with its job, and the pictures that it came to."""

    job_id: UUID
    request_id: UUID
    organization_id: UUID
    company_id: UUID
    show_id: UUID | None
    month: date
    wish: Mapping[str, Any]
    source_asset_id: UUID | None
    source_sha256: str | None
    key_source: str
    estimate_usd: Decimal | None
    chosen_asset_id: UUID | None
    follows_id: UUID | None
    status: str
    progress: int
    step: str
    error_code: str | None
    error: str | None
    cost_usd: Decimal
    created_at: datetime
    finished_at: datetime | None
    pictures: tuple[PictureRow, ...] = ()

    def variation(self, index: int) -> PictureRow:
        """Give a variation as it is to be used: with its facts, if it has them. Raises NotFound."""
        found = {one.kind: one for one in self.pictures if one.variation == index}
        for kind in (AssetKind.COMPOSED, AssetKind.GENERATED):
            if kind.value in found:
                return found[kind.value]
        there = sorted({one.variation for one in self.pictures})
        shown = ", ".join(str(one) for one in there) or "none yet"
        raise NotFound(f"There is no variation {index} of this request; there is {shown}.")


_JOB = """
    SELECT j.id AS job_id, r.id AS request_id, r.organization_id, r.company_id, r.show_id, r.month,
        r.wish, r.source_asset_id, r.source_sha256, r.key_source, r.estimate_usd,
        r.chosen_asset_id, r.follows_id, j.status, j.progress, j.step, j.error_code, j.error,
        j.cost_usd, r.created_at, j.finished_at
    FROM posthub.job j JOIN posthub.media_request r ON r.id = j.media_request_id
    WHERE r.kind = 'image'
"""
_HAS_IT = """
    AND r.organization_id IN (SELECT o.id FROM posthub.organization o
        WHERE o.media_assistant AND o.media_ai_images)
"""
_ONE = text(f"{_JOB} AND j.id = :id")
_PAGE = text(
    f"""
    {_JOB} AND (CAST(:organizations AS uuid[]) IS NULL OR r.organization_id = ANY(:organizations))
        AND (CAST(:company_id AS uuid) IS NULL OR r.company_id = :company_id)
        AND (CAST(:show_id AS uuid) IS NULL OR r.show_id = :show_id)
        AND (CAST(:after AS uuid) IS NULL OR j.id < :after) {_HAS_IT}
    ORDER BY j.id DESC LIMIT :limit
    """
)
_COLUMNS = """
    SELECT a.id, a.organization_id, a.company_id, a.show_id, a.month, a.media_request_id, a.sha256,
        a.media_type, a.size_bytes, a.width_px, a.height_px, a.kind, a.variation, a.filename,
        a.alt_text, a.is_ai, a.notes, a.derived_from, a.generation_id, a.prompt, a.prompt_version,
        a.provider, a.model, a.cost_usd, a.created_at
    FROM posthub.media_asset a WHERE a.deleted_at IS NULL
"""
_PICTURES = text(f"{_COLUMNS} AND a.media_request_id = ANY(:ids) ORDER BY a.variation, a.kind")
_PICTURE = text(f"{_COLUMNS} AND a.id = :id")
_ESTIMATED = text("UPDATE posthub.media_request SET estimate_usd = :cost_usd WHERE id = :id")
_CHOOSE = text(
    """
    WITH chosen AS (
        UPDATE posthub.media_request SET chosen_asset_id = :asset_id WHERE id = :id)
    UPDATE posthub.media_asset SET last_used_at = now() WHERE id = :asset_id
    """
)
_USED = text("UPDATE posthub.media_asset SET last_used_at = now() WHERE id = :id")


async def ask(connection: AsyncConnection, order: MediaOrder, estimate_usd: Decimal) -> UUID:
    """Write down a request for images with its job and the most that it costs; give the job's id.

    The picture that it works from counts as used now.
    """
    job_id = await media_requests.ask(connection, order)
    await connection.execute(_ESTIMATED, {"id": order.id, "cost_usd": estimate_usd})
    if order.source_asset_id is not None:
        await connection.execute(_USED, {"id": order.source_asset_id})
    return job_id


async def get(connection: AsyncConnection, job_id: UUID) -> PictureJobRow:
    """Read a request by its job. Raises NotFound, also for another organisation's."""
    row = (await connection.execute(_ONE, {"id": job_id})).first()
    if row is None:
        raise NotFound("There is no such request for images.")
    (found,) = await _with_pictures(connection, [row])
    return found


async def page(
    connection: AsyncConnection,
    *,
    organizations: Sequence[UUID] | None,
    company_id: UUID | None,
    show_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[PictureJobRow]:
    """Read requests, the newest first, `after` the id of a job.

    Those of organisations that have AI images switched off are left out.
    """
    values = {
        "organizations": None if organizations is None else list(organizations),
        "company_id": company_id,
        "show_id": show_id,
        "after": after,
        "limit": limit,
    }
    return await _with_pictures(connection, list(await connection.execute(_PAGE, values)))


async def _with_pictures(connection: AsyncConnection, rows: Sequence[Any]) -> list[PictureJobRow]:
    made: dict[UUID | None, list[PictureRow]] = defaultdict(list)
    ids = [row.request_id for row in rows]
    for row in await connection.execute(_PICTURES, {"ids": ids}) if ids else ():
        made[row.media_request_id].append(PictureRow(**row._mapping))
    return [PictureJobRow(**row._mapping, pictures=tuple(made[row.request_id])) for row in rows]


async def picture(connection: AsyncConnection, asset_id: UUID) -> PictureRow:
    """Read a picture of the library. Raises NotFound, also for another organisation's."""
    row = (await connection.execute(_PICTURE, {"id": asset_id})).first()
    if row is None:
        raise NotFound("There is no such picture in the library.")
    return PictureRow(**row._mapping)


async def picture_of(connection: AsyncConnection, asset_id: UUID, company_id: UUID) -> PictureRow:
    """Read a picture of a company's library. Raises NotFound, also for another company's."""
    found = await picture(connection, asset_id)
    if found.company_id != company_id:
        raise NotFound("There is no such picture in the company's library.")
    return found


async def choose(connection: AsyncConnection, request_id: UUID, asset_id: UUID) -> None:
    """Write down which of a request's pictures was chosen; it counts as used now."""
    await connection.execute(_CHOOSE, {"id": request_id, "asset_id": asset_id})


@dataclass(frozen=True, slots=True)
class ShowOf:
    """A show, and the colours of the palette that was applied to it, the leading one first."""

    id: UUID
    show: Show
    palette: tuple[str, ...]


_SHOW = text(
    """
    SELECT s.id, s.title, s.venue, s.address, s.dates, s.price_from, s.price_to, s.currency,
        s.performers, s.call_to_action
    FROM posthub.show s
    WHERE s.id = :id AND s.company_id = :company_id AND s.deleted_at IS NULL
    """
)
_ROLES = ("primary", "secondary", "accent", "background")


async def show_for(connection: AsyncConnection, show_id: UUID, company_id: UUID) -> ShowOf:
    """Read a show of a company with its colours. Raises NotFound, also for another company's."""
    row = (await connection.execute(_SHOW, {"id": show_id, "company_id": company_id})).first()
    if row is None:
        raise NotFound("The company has no such show.")
    palette = await palette_of_show(connection, show_id)
    roles = [str(getattr(palette.roles, name)) for name in _ROLES] if palette else []
    others = [one.hex for one in palette.colors] if palette else []
    return ShowOf(row.id, show_of(dict(row._mapping)), tuple(dict.fromkeys((*roles, *others))))
