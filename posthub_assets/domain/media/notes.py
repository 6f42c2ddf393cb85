"""What was done to a picture on its way in, as codes with a sentence each.

The codes are part of the API: they may be added to, never renamed.
What does not belong here: reasons to refuse (`refusing.py`).
"""

from __future__ import annotations

from enum import StrEnum


class Note(StrEnum):
    """What a person may want to know about a picture that was taken."""

    FIRST_FRAME = "first-frame"
    FIRST_PICTURE = "first-picture"
    EXTRA_DATA_DROPPED = "extra-data-dropped"
    NAMED_OTHERWISE = "named-otherwise"
    TURNED = "turned-upright"
    EXIF_UNREADABLE = "exif-unreadable"
    METADATA_DROPPED = "metadata-dropped"
    PROFILE_CONVERTED = "profile-converted"
    PROFILE_IGNORED = "profile-ignored"
    FROM_CMYK = "cmyk-converted"
    FROM_16_BITS = "sixteen-bits-reduced"
    C2PA_DROPPED = "c2pa-dropped"
    MARKED_AS_AI = "marked-as-ai"


SENTENCES = {
    Note.FIRST_FRAME: "The file is an animation: its first frame was taken.",
    Note.FIRST_PICTURE: "The file holds several pictures: the first was taken.",
    Note.EXTRA_DATA_DROPPED: "Data behind the end of the picture were dropped.",
    Note.NAMED_OTHERWISE: "The file is of another kind than its name says. What it is counts.",
    Note.TURNED: "The picture was turned upright, as the camera says.",
    Note.EXIF_UNREADABLE: "What the camera wrote cannot be read, so it was not turned.",
    Note.METADATA_DROPPED: "Place, camera and other details in the file were dropped.",
    Note.PROFILE_CONVERTED: "Its colours were converted to sRGB.",
    Note.PROFILE_IGNORED: "Its colour profile cannot be used: the colours were taken as sRGB.",
    Note.FROM_CMYK: "It was made for print (CMYK). Look at the colours once.",
    Note.FROM_16_BITS: "It had 16 bits for each colour and has 8 now.",
    Note.C2PA_DROPPED: "It came with content credentials (C2PA). They no longer fit and went.",
    Note.MARKED_AS_AI: "It is marked as made with AI, and the mark is kept.",
}
"""By note: what the person is told."""
