"""The studio, opened: one darkroom for all that makes pictures.

Light to open: the darkroom starts its process with the first picture, and what signs is read with
the first that has to be signed.
What does not belong here: what is made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING

from posthub_assets.domain.media.ports import Studio
from resources.darkroom.room import Darkroom
from resources.media_store import MediaStore
from resources.settings import Settings
from resources.studio.composing import Composer
from resources.studio.finishing import DarkroomFinishing
from resources.studio.formatting import DarkroomFormatter
from resources.studio.palettes import DarkroomPalettes

if TYPE_CHECKING:
    from resources.content_credentials import ContentCredentials


@asynccontextmanager
async def open_studio(settings: Settings, media: MediaStore) -> AsyncIterator[Studio]:
    """Open the studio, and end its process at the end of the block."""
    darkroom = Darkroom()
    try:
        yield studio_of(settings, media, darkroom)
    finally:
        await darkroom.close()


def studio_of(settings: Settings, media: MediaStore, darkroom: Darkroom) -> Studio:
    """Give the studio around a darkroom that somebody else opened and closes."""

    @cache
    def credentials() -> ContentCredentials:
        from resources.content_credentials import content_credentials

        return content_credentials(settings)

    finishing = DarkroomFinishing(darkroom, credentials)
    return Studio(
        formats=DarkroomFormatter(darkroom, media, credentials),
        palettes=DarkroomPalettes(darkroom, media),
        finishing=finishing,
        facts=Composer(finishing, media),
    )
