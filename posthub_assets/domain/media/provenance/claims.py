"""What is claimed of a picture: what kind of source it has, which model made it, when.

The source types are IPTC's (NewsCodes, scheme Digital Source Type, as of 2024-10-23, CC BY 4.0,
http://cv.iptc.org/newscodes/digitalsourcetype/). Only those that PostHub claims have a name here.
`digitalArt` is none of them: it was retired on 2024-09-17.
What does not belong here: prompts and people. A manifest goes out to the public with its picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from posthub_assets.domain.errors import InvalidInput

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
LONGEST_WORD_CHARS = 120
"""Of a model's or a prompt's name. Ours, so that a manifest stays small."""
SOFTWARE = "PostHub"


class SourceType(StrEnum):
    """IPTC's words for what PostHub makes; the value is the last part of the term's address."""

    TRAINED = "trainedAlgorithmicMedia"
    """"Created using Generative AI": made by a model that was trained on captured content."""
    EDITED_BY_MODEL = "compositeWithTrainedAlgorithmicMedia"
    """"Edited using Generative AI": a picture that a model augmented, corrected or painted in."""
    WITH_GENERATED_PARTS = "compositeSynthetic"
    """"Composite including generative AI elements": several elements, at least one generated.
    A model's picture with our layer of text is one; no model edited it."""
    COMPOSITE = "composite"
    """"Composite of elements": several elements of which nothing more is known, such as an
    uploaded photo with our layer of text."""
    ALGORITHMIC = "algorithmicMedia"
    """"Pure algorithmic media": drawn by a program that was trained on nothing, as `local` does."""

    @property
    def uri(self) -> str:
        """Give the term's address, as XMP and C2PA write it."""
        return VOCABULARY + self.value

    @property
    def is_ai(self) -> bool:
        """Tell whether a generative model had a part in it."""
        return self in (self.TRAINED, self.EDITED_BY_MODEL, self.WITH_GENERATED_PARTS)


class Action(StrEnum):
    """What was done to make a picture from another: labels of the C2PA specification 2.4."""

    RESIZED = "c2pa.resized"
    """Fitted to a format."""
    ADDED_TEXT = "c2pa.addedText"
    """Facts were set on it."""
    EDITED = "c2pa.edited"
    """Changed in its content, by a model or by hand."""
    CROPPED = "c2pa.cropped"
    CONVERTED = "c2pa.converted"
    """The same picture in another file format."""


@dataclass(frozen=True, slots=True)
class MadeBy:
    """Who made a picture, as far as the public may know. Derived pictures keep what made the first.

    `source_type` None claims nothing, as for an uploaded photo. `made_at` is when the model or the
    program made it, aware of its zone. Names have at most 120 printable characters.
    """

    source_type: SourceType | None
    made_at: datetime
    model: str = ""
    """As the vendor names it; empty for our own drawings."""
    provider: str = ""
    prompt_code: str = ""
    """The code of the prompt template, never its text."""
    prompt_version: int | None = None
    software_version: str = ""

    def __post_init__(self) -> None:
        """Refuse what does not belong into a public file. Raises InvalidInput, naming the field."""
        for name in ("model", "provider", "prompt_code", "software_version"):
            word = str(getattr(self, name))
            if len(word) > LONGEST_WORD_CHARS or not word.isprintable():
                raise InvalidInput(
                    f"{name} is no name: it has {len(word)} characters, or some that cannot be "
                    f"printed. At most {LONGEST_WORD_CHARS} go into a picture.",
                    field=name,
                )
        if self.made_at.tzinfo is None:
            raise InvalidInput(
                "made_at has no time zone. Give a time that knows its zone, such as UTC.",
                field="made_at",
            )

    @property
    def agent(self) -> dict[str, str]:
        """Give what made the picture, as C2PA's `softwareAgent`: the model, else PostHub."""
        return {"name": self.model} if self.model else self.software

    @property
    def software(self) -> dict[str, str]:
        """Give PostHub as C2PA's `softwareAgent`."""
        version = {"version": self.software_version} if self.software_version else {}
        return {"name": SOFTWARE, **version}


def composed_with_ours(of: SourceType | None) -> SourceType:
    """Give the source type of a picture on which our own layer, such as text, was laid.

    A generated picture becomes `compositeSynthetic`. Of a drawing of ours nothing changes: all of
    it is still drawn by a program. An uploaded photo becomes `composite`.
    """
    if of is None:
        return SourceType.COMPOSITE
    return SourceType.WITH_GENERATED_PARTS if of.is_ai else of


def instant(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC, whole seconds, as C2PA and XMP want it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
