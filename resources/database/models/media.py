"""The media assistant: shows, what is asked of it, the pictures it keeps, and favourites.

What does not belong here: files by their hash (`content.py`, `Media`), palettes (content items).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import MONEY, Base, Json, Moment, Now, Tenant, WithId


class Show(WithId, Tenant, Base):
    """An event of a company: what is laid over its pictures."""

    __tablename__ = "show"
    __table_args__ = (
        CheckConstraint("price_to IS NULL OR price_from <= price_to", name="price_range"),
        Index("ix_show_company", "organization_id", "company_id", "id"),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"))
    title: Mapped[str]
    venue: Mapped[str] = mapped_column(default="", server_default="")
    address: Mapped[str] = mapped_column(default="", server_default="")
    dates: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Of {"starts_at": ..., "ends_at": ... or null}: local date-times without a zone."""
    price_from: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    price_to: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(default="", server_default="")
    """ISO 4217; empty where no price is given."""
    performers: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    call_to_action: Mapped[str] = mapped_column(default="", server_default="")
    palette_content_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.content.id"))
    """The approved palette that was applied to it."""
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    created_at: Mapped[Now]
    updated_at: Mapped[Now]
    deleted_at: Mapped[Moment | None]


class MediaRequest(WithId, Tenant, Base):
    """What somebody asked of the media assistant: one row for each picture to work from.

    It counts against the hourly limits, and its jobs are told apart by it.
    """

    __tablename__ = "media_request"
    __table_args__ = (
        CheckConstraint("kind IN ('auto_format', 'palette', 'image')", name="kind"),
        CheckConstraint("mode IN ('queued', 'sync', 'graph')", name="mode"),
        Index("ix_media_request_company", "organization_id", "company_id", "id"),
        Index("ix_media_request_hourly", "requested_by", "kind", "created_at"),
        *(
            Index(f"ix_media_request_{name}", name, postgresql_where=text(f"{name} IS NOT NULL"))
            for name in ("source_asset_id", "chosen_asset_id", "follows_id")
        ),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"))
    month: Mapped[date] = mapped_column(Date)
    show_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.show.id"))
    kind: Mapped[str]
    mode: Mapped[str]
    """`queued` and `sync` were asked for over the API, `graph` by a partition."""
    wish: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    source_asset_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("posthub.media_asset.id", use_alter=True, deferrable=True)
    )
    source_sha256: Mapped[str | None]
    """The picture that is worked from, where there is one."""
    content_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.content.id"))
    """The palette that is made; of auto-format, the image item that is worked from."""
    key_source: Mapped[str] = mapped_column(default="platform", server_default="platform")
    """`organization` where its own key pays: then it counts against no limit."""
    estimate_usd: Mapped[Decimal | None] = mapped_column(MONEY)
    chosen_asset_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("posthub.media_asset.id", use_alter=True, deferrable=True)
    )
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.media_request.id"))
    """The request that this one regenerates."""
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    created_at: Mapped[Now]


class MediaAsset(WithId, Tenant, Base):
    """A picture in the library: where it comes from, and what it shows. Its bytes are `media`."""

    __tablename__ = "media_asset"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "sha256"],
            ["posthub.media.organization_id", "posthub.media.sha256"],
        ),
        CheckConstraint("kind IN ('upload', 'formatted', 'generated', 'composed')", name="kind"),
        Index("ix_media_asset_company", "organization_id", "company_id", "id"),
        Index("ix_media_asset_derived_from", "derived_from"),
        Index("ix_media_asset_sha256", "organization_id", "sha256"),
        Index("ix_media_asset_unused", "last_used_at", postgresql_where=text("deleted_at IS NULL")),
        Index(
            "uq_media_asset_upload",
            "organization_id",
            "company_id",
            "sha256",
            unique=True,
            postgresql_where=text("kind = 'upload' AND deleted_at IS NULL"),
        ),
        # Who makes a request's pictures twice makes nothing twice.
        Index(
            "uq_media_asset_once",
            "media_request_id",
            "kind",
            "format",
            "variation",
            unique=True,
            postgresql_where=text("media_request_id IS NOT NULL"),
        ),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"))
    show_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.show.id"))
    month: Mapped[date] = mapped_column(Date)
    sha256: Mapped[str]
    kind: Mapped[str]
    """`upload`; `formatted` by auto-format; `generated` by a model or by us; `composed`: a
    generated picture with the facts of an event laid over it."""
    format: Mapped[str] = mapped_column(default="", server_default="")
    """The format's code, of `formatted` ones."""
    variation: Mapped[int] = mapped_column(default=0, server_default="0")
    """From 1, of `generated` and `composed` ones."""
    filename: Mapped[str] = mapped_column(default="", server_default="")
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    width_px: Mapped[int]
    height_px: Mapped[int]
    alt_text: Mapped[str] = mapped_column(default="", server_default="")
    is_ai: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    notes: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Codes of what was done to it when it was read."""
    derived_from: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.media_asset.id"))
    media_request_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.media_request.id"))
    generation_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.generation.id"))
    prompt: Mapped[str] = mapped_column(default="", server_default="")
    prompt_version: Mapped[str] = mapped_column(default="", server_default="")
    provider: Mapped[str] = mapped_column(default="", server_default="")
    model: Mapped[str] = mapped_column(default="", server_default="")
    cost_usd: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0), server_default="0")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    created_at: Mapped[Now]
    last_used_at: Mapped[Now]
    """Read, formatted, chosen, put to a show. What nobody used for 90 days is deleted."""
    deleted_at: Mapped[Moment | None]


class MediaFavourite(Tenant, Base):
    """A person's mark on a picture. While anybody has one on it, it is not cleaned away."""

    __tablename__ = "media_favourite"
    __table_args__ = (Index("ix_media_favourite_asset_id", "asset_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.app_user.id"), primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(
        ForeignKey("posthub.media_asset.id", ondelete="CASCADE"), primary_key=True
    )
    created_at: Mapped[Now]
