"""What is said about palettes over HTTP: what clients send, and what they are given.

What does not belong here: what is done (`routers/palettes.py`), colours (`domain/media/palettes/`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, field_serializer
from typing_extensions import TypeAliasType

from api.routers.contents import Number
from api.routers.jobs import JobStatus
from api.shapes import Input, Output, documented
from posthub_assets.domain.bodies import PaletteRole, PaletteSource
from posthub_assets.domain.calendar import month_name
from posthub_assets.domain.content import Status
from posthub_assets.domain.media.palette_orders import FEWEST_COLORS, MOST_COLORS
from resources.database.repositories.palettes import PaletteRow

PaletteName = Annotated[str, Field(min_length=1, max_length=200)]
HexColor = Annotated[str, Field(max_length=40), documented(description="`#RRGGBB`")]
HexColors = Annotated[list[HexColor], Field(min_length=1, max_length=MOST_COLORS)]
Note = Annotated[str, Field(max_length=2000)]
ApplyTo = TypeAliasType("ApplyTo", Literal["brand", "show"])


class PaletteExtraction(Input):
    """A picture of the library to take a palette from.

    Without `colors` there are as many as the picture has; without `show_id` the palette is for the
    show of the picture, if it has one.
    """

    asset_id: UUID
    colors: Annotated[int, Field(ge=FEWEST_COLORS, le=MOST_COLORS)] | None = None
    show_id: UUID | None = None
    name: PaletteName | None = None


class ExtractedPalette(Output):
    """The job that makes the palette. `content_id` is the palette, once the job is done."""

    mode: Literal["queued", "sync"]
    detail: str
    job_id: UUID
    request_id: UUID
    status: JobStatus
    error: str | None
    content_id: UUID | None


class FixedRoles(Input):
    """Colours that keep their role as they are, whatever their contrast."""

    text: HexColor | None = None
    background: HexColor | None = None


class NewPalette(Input):
    """Colours chosen by hand, the most important first. Missing ones are made as their tints."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "company_id": "0198c1f0-0000-7000-8000-000000000000",
                    "name": "Harbour",
                    "colors": ["#1C304A", "#E0A030", "#F6F1E7"],
                }
            ]
        }
    )

    company_id: UUID
    show_id: UUID | None = None
    name: PaletteName
    colors: HexColors
    roles: FixedRoles | None = None
    note: Note = ""


class PaletteChange(Input):
    """Changes to the version that you read; what is left out stays.

    With other colours or roles it is a palette by hand, and its roles are assigned anew.
    """

    version: Number
    name: PaletteName | None = None
    colors: HexColors | None = None
    roles: FixedRoles | None = None
    show_id: UUID | None = None
    note: Note | None = None


class PaletteUse(Input):
    """Where a palette is applied; without `show_id` to the show that it was made for."""

    to: ApplyTo
    show_id: UUID | None = None


class SwatchOut(Output):
    """A colour. `share_permille` of the picture is nearest to it; `hsl` is degrees and percents."""

    hex: str
    rgb: list[int]
    hsl: list[int]
    share_permille: int
    is_derived: bool


class RolesOut(Output):
    """The colour of each role."""

    primary: str
    secondary: str
    accent: str
    background: str
    text: str


class ColorPairOut(Output):
    """A role in front of another, and their contrast times 100."""

    front: PaletteRole
    back: PaletteRole
    contrast_percent: int


class AdjustmentOut(Output):
    """A colour that was made lighter or darker, so that words are legible."""

    role: PaletteRole
    before: str
    after: str


class AppliedOut(Output):
    """Where a palette is applied. `brand_version` is the version that the brand has."""

    brand_version: int | None
    show_ids: list[UUID]


class PaletteOut(Output):
    """A palette at its current version.

    `texts` says what to write in on each colour; `warnings` are pairs too faint for small words;
    `sentences` says what was changed and what to avoid, for people.
    """

    id: UUID
    organization_id: UUID
    company_id: UUID
    show_id: UUID | None
    month: date | None
    name: str
    source: PaletteSource
    status: Status
    version: int
    sha256: str
    colors: list[SwatchOut]
    roles: RolesOut
    texts: list[ColorPairOut]
    adjustments: list[AdjustmentOut]
    warnings: list[ColorPairOut]
    sentences: list[str]
    media_sha256s: list[str]
    note: str
    applied_to: AppliedOut
    created_at: datetime
    updated_at: datetime

    @field_serializer("month")
    def _month(self, month: date | None) -> str | None:
        return month_name(month) if month else None


class ChangedPalette(Output):
    """The palette's current version; `changed` is false where the change said the same."""

    changed: bool
    job_ids: list[UUID]
    palette: PaletteOut


def shown(row: PaletteRow) -> PaletteOut:
    """Give a palette as clients read it."""
    # numpy comes with it, which nothing else in this process needs before the first picture.
    from posthub_assets.domain.media.palettes.making import told

    body = row.body
    own = ("id", "organization_id", "company_id", "month", "status", "version", "sha256")
    said = ("name", "source", "colors", "roles", "texts", "adjustments", "warnings", "note")
    values = {name: getattr(row, name) for name in (*own, "created_at", "updated_at")}
    return PaletteOut.model_validate(
        {
            **values,
            **{name: getattr(body, name) for name in (*said, "media_sha256s")},
            "show_id": body.show_id or None,
            "sentences": told(body),
            "applied_to": {
                "brand_version": row.brand_version,
                "show_ids": row.applied_show_ids,
            },
        }
    )
