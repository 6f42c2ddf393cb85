"""The protocols through which the media assistant's stages have pictures made.

Implemented in `resources/studio/`. What is handed back are pictures for the library whose bytes are
in the media store already, so that a job's result is rows only.
What does not belong here: implementations, pixels.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

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
class Studio:
    """All that makes pictures, open for the length of one step."""

    formats: PictureFormatter
    finishing: Finishing
    facts: FactsLayer
