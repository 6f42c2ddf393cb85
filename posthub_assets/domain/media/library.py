"""What the library keeps of a picture, and what somebody asked of the media assistant, as values.

What does not belong here: pixels; rows and SQL (`resources/database/repositories/media_*.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class AssetKind(StrEnum):
    """Where a picture of the library comes from."""

    UPLOAD = "upload"
    FORMATTED = "formatted"
    """By auto-format."""
    GENERATED = "generated"
    """By a model, or drawn by us."""
    COMPOSED = "composed"
    """With the facts of an event laid over it."""


class RequestKind(StrEnum):
    """What the media assistant is asked for. Each has a limit per person and hour."""

    AUTO_FORMAT = "auto_format"
    PALETTE = "palette"
    IMAGE = "image"


class Mode(StrEnum):
    """Who does the work: the factory, the request itself, or a partition of the graph."""

    QUEUED = "queued"
    SYNC = "sync"
    GRAPH = "graph"


ASSET_FOR: dict[RequestKind, str] = {
    RequestKind.AUTO_FORMAT: "formatted_images",
    RequestKind.PALETTE: "brand_palettes",
    RequestKind.IMAGE: "generated_images",
}
"""The asset of the graph that works a request off."""


@dataclass(frozen=True, slots=True)
class MediaOrder:
    """A request as the work reads it. `source_sha256` is the picture to work from, if any."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    month: date
    kind: RequestKind
    mode: Mode
    wish: Mapping[str, Any] = field(default_factory=dict)
    show_id: UUID | None = None
    source_asset_id: UUID | None = None
    source_sha256: str | None = None
    content_id: UUID | None = None
    key_source: str = "platform"
    follows_id: UUID | None = None
    requested_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class SourcePicture:
    """What is known of a picture that a request works from, and travels to what is made of it."""

    sha256: str
    media_type: str
    width_px: int
    height_px: int
    filename: str = ""
    alt_text: str = ""
    is_ai: bool = False
    language: str = ""
    """Of the company, in which the alt text is written."""
    asset_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A picture for the library; its bytes are in the media store already, under `sha256`."""

    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    kind: AssetKind
    format: str = ""
    variation: int = 0
    filename: str = ""
    alt_text: str = ""
    is_ai: bool = False
    notes: tuple[str, ...] = ()
    derived_from: UUID | None = None
    made_of: str = ""
    """The hash of another picture of the same result that this one is derived from."""
    generation_id: UUID | None = None
    prompt: str = ""
    prompt_version: str = ""
    provider: str = ""
    model: str = ""
    cost_usd: Decimal = Decimal(0)
