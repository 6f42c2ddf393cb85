"""The media assistant's switches: which parts of it an organisation has, and what to say if not.

It is rolled out in steps, so it can be off as a whole, and two parts of it on their own.
What does not belong here: where the switches are kept (`repositories/media_flags.py`), roles.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from posthub_assets.domain.errors import Forbidden


class MediaPart(StrEnum):
    """A part that can be switched off. Without the assistant itself, all of them are off."""

    ASSISTANT = "media_assistant"
    AUTO_FORMAT = "media_auto_format"
    AI_IMAGES = "media_ai_images"


NAMES = {
    MediaPart.ASSISTANT: "The media assistant",
    MediaPart.AUTO_FORMAT: "Auto-format",
    MediaPart.AI_IMAGES: "Making images with AI",
}


@dataclass(frozen=True, slots=True)
class MediaFlags:
    """Which parts an organisation has switched on."""

    media_assistant: bool = True
    media_auto_format: bool = True
    media_ai_images: bool = True

    def off(self, part: MediaPart) -> MediaPart | None:
        """Give the switch that stands in the way of a part: its own or the whole's; None if on."""
        for one in (MediaPart.ASSISTANT, part):
            if not getattr(self, one.value):
                return one
        return None

    def require(self, part: MediaPart) -> None:
        """Refuse what is switched off. Raises Forbidden, which names who can switch it on."""
        found = self.off(part)
        if found is not None:
            raise Forbidden(
                f"{NAMES[found]} is switched off for this organisation. A manager or above can "
                f'switch it on: PATCH /v1/organizations/{{organization_id}} {{"{found}": true}}.'
            )
