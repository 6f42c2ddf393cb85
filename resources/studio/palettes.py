"""The colours of pictures: read from the media store, found in the darkroom.

Implements `PaletteMaker` of `posthub_assets/domain/media/ports.py`.
What does not belong here: how colours are found (`posthub_assets/domain/media/palettes/`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.ports import FoundPalette
from resources.darkroom.room import Darkroom
from resources.media_store import MediaStore

SAID = ("colors", "roles", "texts", "adjustments", "warnings", "notes")


@dataclass(frozen=True, slots=True)
class DarkroomPalettes:
    """Finds the colours of pictures of a media store in a darkroom."""

    darkroom: Darkroom
    media: MediaStore

    async def extract(
        self, organization_id: UUID, sha256s: Sequence[str], colors: int | None
    ) -> FoundPalette:
        """Find the colours of one picture or of several together; see the port."""
        if len(sha256s) == 1:
            data = await self._read(organization_id, sha256s[0])
            found, _ = await self.darkroom.run("palette", {"colors": colors}, [data])
            return FoundPalette(_told(found), tuple(sha256s))
        return await self._of_several(organization_id, sha256s, colors)

    async def _of_several(
        self, organization_id: UUID, sha256s: Sequence[str], colors: int | None
    ) -> FoundPalette:
        """Leave out what cannot be read, and say how many that are."""
        has_alpha: list[bool] = []
        samples: list[bytes] = []
        seen: list[str] = []
        refused: InvalidInput | None = None
        for sha256 in sha256s:
            data = await self._read(organization_id, sha256)
            try:
                answer, parts = await self.darkroom.run("sample", {}, [data])
            except InvalidInput as error:
                refused = error
                continue
            has_alpha.append(answer["has_alpha"])
            samples += parts
            seen.append(sha256)
        if refused is not None and not seen:
            raise refused
        arguments: dict[str, Any] = {"colors": colors, "has_alpha": has_alpha}
        found, _ = await self.darkroom.run("palette_of_samples", arguments, samples)
        return FoundPalette(_told(found, len(sha256s) - len(seen)), tuple(seen))

    async def _read(self, organization_id: UUID, sha256: str) -> bytes:
        return await asyncio.to_thread(self.media.open, organization_id, sha256)


def _told(answer: Mapping[str, Any], left_out: int = 0) -> dict[str, Any]:
    """Take what the task says, without what it cost; and say what was left out."""
    found = {key: answer[key] for key in SAID}
    if left_out:
        pictures = "1 picture" if left_out == 1 else f"{left_out} pictures"
        found["notes"] = [*found["notes"], f"{pictures} could not be read and had no part in it."]
    return found
