"""A folder's photos, taken into the library of its company as if somebody had uploaded them.

Each photo is a transaction of its own: a folder of hundreds is no reason to hold one for minutes.
An import that broke off goes on where it was, since a photo that is there is known.
What does not belong here: listing photos (`company_folder.py`), opening them (`receiving.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from posthub_assets.domain.errors import RefusedPicture
from posthub_assets.domain.media.flags import MediaPart
from resources.company_folder import Photo, Refused
from resources.darkroom.room import Darkroom
from resources.database.engine import Database, Scope
from resources.database.repositories import audit, companies, media_assets, media_flags
from resources.database.repositories.months import today_in
from resources.media_store import MediaStore, media_store_of
from resources.receiving import ReceivedPicture, Reception
from resources.scanning import Scanner
from resources.settings import Settings

OFF = (
    "photos/ is left out: the media assistant is switched off for this organisation "
    "(PATCH /v1/organizations/{id})."
)


@dataclass(frozen=True, slots=True)
class PhotosTaken:
    """What became of a folder's photos; `known` were in the library already."""

    new: tuple[str, ...] = ()
    known: int = 0
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Album:
    """Whose library it is, and in whose name photos are put there."""

    organization_id: UUID
    company_id: UUID
    actor_id: UUID


async def take_photos(
    database: Database, settings: Settings, album: Album, photos: Sequence[Photo]
) -> PhotosTaken:
    """Take photos into the library, one after the other. Raises StorageError, ScannerUnavailable.

    They belong to the current month of the company. What cannot be used is in `refused`.
    """
    if not photos:
        return PhotosTaken()
    scope = Scope.of(album.organization_id)
    async with database.transaction(scope) as connection:
        flags = await media_flags.read(connection, album.organization_id)
    if flags.off(MediaPart.ASSISTANT):
        return PhotosTaken(refused=(Refused("photos/", OFF),))
    new, known, refused = [], 0, []
    darkroom, media = Darkroom(), media_store_of(settings)
    reception = Reception(Scanner(settings.scanner), darkroom)
    try:
        for photo in photos:
            data = await asyncio.to_thread(photo.path.read_bytes)
            name = photo.path.name
            try:
                received = await reception.receive(data, filename=name, declared="")
            except RefusedPicture as error:
                refused.append(Refused(photo.name, f"{photo.name}: {error}"))
                continue
            if await _keep(database, media, album, received):
                new.append(photo.name)
            else:
                known += 1
    finally:
        await darkroom.close()
    return PhotosTaken(tuple(new), known, tuple(refused))


async def _keep(
    database: Database, media: MediaStore, album: Album, received: ReceivedPicture
) -> bool:
    """Put a photo into the library; tell whether it is new there."""
    async with database.transaction(Scope.of(album.organization_id)) as connection:
        company = await companies.get(connection, album.company_id)
        id_ = await media_assets.add(
            connection,
            received.picture,
            organization_id=album.organization_id,
            company_id=album.company_id,
            month=today_in(company.timezone, datetime.now(UTC)).replace(day=1),
            created_by=album.actor_id,
        )
        # The row's lock first, then the file: who deletes the same picture waits (decision 25).
        await asyncio.to_thread(media.put, album.organization_id, received.data)
        if id_ is not None:
            await audit.record(
                connection,
                organization_id=album.organization_id,
                actor_id=album.actor_id,
                action="media.upload",
                subject_kind="media_asset",
                subject_id=id_,
                after={"sha256": received.picture.sha256, "filename": received.picture.filename},
            )
    return id_ is not None
