"""The protocols through which the media assistant's stages have pictures made.

Implemented in `resources/studio/`. What is handed back are pictures for the library whose bytes are
in the media store already, so that a job's result is rows only.
What does not belong here: implementations, pixels.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from posthub_assets.domain.media.finishing import FactsLayer, Finishing
from posthub_assets.domain.media.library import MediaOrder, NewPicture, SourcePicture

Tell = Callable[[int, str], Awaitable[None]]
"""Says how far the work is: 0 to 100, and the step in words."""


class PictureFormatter(Protocol):
    """Makes the formats of a picture."""

    async def format(
        self, asked: MediaOrder, source: SourcePicture, tell: Tell
    ) -> tuple[NewPicture, ...]:
        """Make the formats that are asked for, each once; alt text and AI flag travel along.

        Raises InvalidInput where the picture or the wish cannot be used, NotFound where the file is
        gone, Unavailable and StorageError where trying again may help.
        """
        ...


@dataclass(frozen=True, slots=True)
class FoundPalette:
    """The colours of pictures with their roles, as `palettes/making.of_picture` takes them.

    `sha256s` are the pictures that were looked at; those that could not be read are left out.
    """

    found: Mapping[str, Any]
    sha256s: tuple[str, ...]


class PaletteMaker(Protocol):
    """Finds the colours of pictures."""

    async def extract(
        self, organization_id: UUID, sha256s: Sequence[str], colors: int | None
    ) -> FoundPalette:
        """Find 5 to 8 colours of one picture or of several together; None chooses how many.

        Raises InvalidInput where none of the pictures can be read, NotFound where a file is gone,
        Unavailable and StorageError where trying again may help.
        """
        ...


@dataclass(frozen=True, slots=True)
class Studio:
    """All that makes pictures, open for the length of one step."""

    formats: PictureFormatter
    palettes: PaletteMaker
    finishing: Finishing
    facts: FactsLayer
