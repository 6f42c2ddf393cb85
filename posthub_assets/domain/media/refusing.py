"""Why a picture is not taken: a closed set of reasons, each with what to do next.

What does not belong here: finding them (`looking.py`, `receiving.py`, `resources/darkroom/`).
"""

from __future__ import annotations

from enum import StrEnum

from posthub_assets.domain.errors import RefusedPicture


class Reason(StrEnum):
    """The codes are part of the API: they may be added to, never renamed."""

    EMPTY = "empty"
    FILE_TOO_LARGE = "file-too-large"
    TOO_MANY_PIXELS = "too-many-pixels"
    BOMB = "bomb"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    NOT_AN_IMAGE = "not-an-image"
    DISGUISED = "disguised"
    UNSUPPORTED_FORMAT = "unsupported-format"
    UNSUPPORTED_VARIANT = "unsupported-variant"
    TOO_MUCH_MEMORY = "too-much-memory"
    TOO_MUCH_TIME = "too-much-time"
    CRASHED_THE_DECODER = "crashed-the-decoder"
    INFECTED = "infected"


NEXT = {
    Reason.EMPTY: "Send the picture itself.",
    Reason.FILE_TOO_LARGE: "Save it with fewer pixels or a lower quality.",
    Reason.TOO_MANY_PIXELS: "Make it smaller and send it again.",
    Reason.BOMB: "It is not opened. If it is a real picture, save it anew and smaller.",
    Reason.TRUNCATED: "Send it again, or take it from where it came from once more.",
    Reason.DAMAGED: "Open it in a program for pictures, save it anew and send that.",
    Reason.NOT_AN_IMAGE: "Send JPEG, PNG or WebP.",
    Reason.DISGUISED: "Send the picture itself, as JPEG, PNG or WebP.",
    Reason.UNSUPPORTED_FORMAT: "Send JPEG, PNG or WebP.",
    Reason.UNSUPPORTED_VARIANT: "Save it as an ordinary JPEG or PNG and send that.",
    Reason.TOO_MUCH_MEMORY: "Save it smaller, or as an ordinary JPEG (not progressive), in RGB.",
    Reason.TOO_MUCH_TIME: "Save it smaller, or as an ordinary JPEG (not progressive).",
    Reason.CRASHED_THE_DECODER: "Open it in a program for pictures, save it anew and send that.",
    Reason.INFECTED: "It is not kept. Check the computer that it came from.",
}
"""By reason: what the person does next. A sentence of ours ends with it."""


def refusal(reason: Reason, what: str) -> RefusedPicture:
    """Give the error to raise: `what`, a sentence that names the thing, and what to do next."""
    return RefusedPicture(f"{what} {NEXT[reason]}", reason=reason.value)
