"""Pictures of the media assistant, finished: in the darkroom, and then marked and signed.

Implements `Finishing` of `posthub_assets/domain/media/finishing.py`.
What does not belong here: what is done to the pixels (`posthub_assets/domain/media/`), buying
paintings (`resources/gateway/`), storing and rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from posthub_assets.domain.media.finishing import Laid
from posthub_assets.domain.media.overlay.facts import IN_ORDER, EventFacts
from posthub_assets.domain.media.overlay.wish import Wish
from posthub_assets.domain.media.provenance.claims import Action, MadeBy, composed_with_ours
from posthub_assets.domain.media.provenance.containers import media_type_of

if TYPE_CHECKING:
    from resources.content_credentials import ContentCredentials
    from resources.darkroom.room import Darkroom

JPEG = "image/jpeg"
LARGEST = {"longest_px": 4096}
"""As large as facts are laid over."""


@dataclass(frozen=True, slots=True)
class DarkroomFinishing:
    """Works in a darkroom; `credentials` gives what signs, and is asked at first need."""

    darkroom: Darkroom
    credentials: Callable[[], ContentCredentials]

    async def finished(self, data: bytes, width_px: int, height_px: int) -> bytes:
        """Cut a painting to a size, as JPEG. Raises InvalidInput where it is no picture."""
        size = {"width_px": width_px, "height_px": height_px}
        _, (picture,) = await self.darkroom.run("finish_painting", size, [data])
        return picture

    async def shrunk(self, data: bytes) -> bytes:
        """Give a picture as it is sent to a model: JPEG of at most 1,536 pixels a side."""
        from posthub_assets.domain.media.painting import LONGEST_SOURCE_PX

        longest = {"longest_px": LONGEST_SOURCE_PX}
        _, (picture,) = await self.darkroom.run("shrink_picture", longest, [data])
        return picture

    async def signed(
        self,
        data: bytes,
        made_by: MadeBy,
        *,
        alt_text: str,
        language: str,
        media_type: str = JPEG,
        source: bytes | None = None,
    ) -> bytes:
        """Put into a picture where it comes from; see the port for what it raises."""

        def sign() -> bytes:
            ours = self.credentials()
            if source is None:
                return ours.for_created(
                    data, media_type, made_by, alt_text=alt_text, language=language
                )
            return ours.for_derived(
                source,
                data,
                media_type,
                Action.EDITED,
                made_by,
                alt_text=alt_text,
                language=language,
            )

        return await asyncio.to_thread(sign)

    async def laid_over(
        self, picture: bytes, facts: EventFacts, wish: Wish, made_by: MadeBy, *, alt_text: str
    ) -> Laid:
        """Lay facts over a picture of ours, as JPEG; see the port for what it raises."""
        from posthub_assets.domain.media.overlay.task import overlay_call
        from resources.fonts import load_fonts

        fonts = await asyncio.to_thread(load_fonts)
        unwanted = dict.fromkeys(set(IN_ORDER) - set(wish.facts), "")
        shown = replace(facts, **unwanted)  # so that nothing is told of what is not shown
        ground = picture
        if media_type_of(picture) != JPEG:  # what shows through is white, as everywhere
            _, (ground,) = await self.darkroom.run("shrink_picture", LARGEST, [picture])
        arguments, blobs = overlay_call(ground, shown, wish, fonts, picture_alt=alt_text)
        told, (composed,) = await self.darkroom.run("lay_over", arguments, blobs)
        by = replace(made_by, source_type=composed_with_ours(made_by.source_type))

        def sign() -> bytes:
            return self.credentials().for_derived(
                picture,
                composed,
                JPEG,
                Action.ADDED_TEXT,
                by,
                alt_text=told["alt_text"],
                language=facts.language,
            )

        data = await asyncio.to_thread(sign)
        return Laid(data, told["width_px"], told["height_px"], told["alt_text"], told["notes"])
