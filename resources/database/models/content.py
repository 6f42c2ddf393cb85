"""What is made and approved: months, items, versions, checks, decisions, media, deliveries."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from posthub_assets.domain.content import Action, Kind, Status
from resources.database.models.base import Base, Json, Moment, Now, Tenant, WithId


def one_of(column: str, values: type[Kind] | type[Status] | type[Action]) -> str:
    """Give the SQL of a check that `column` holds one of the enum's values."""
    return f"{column} IN ({', '.join(repr(str(v)) for v in values)})"


class CompanyMonth(Tenant, Base):
    """An opened month: the tier and quota that held at its opening."""

    __tablename__ = "company_month"
    __table_args__ = (
        CheckConstraint("extract(day from month) = 1", name="first_of_month"),
        CheckConstraint("quota >= 0", name="quota"),
        Index("ix_company_month_month", "month"),
    )

    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("posthub.organization.id"), primary_key=True
    )
    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    tier: Mapped[str]
    quota: Mapped[int]
    starts_on: Mapped[date] = mapped_column(Date)
    opened_by: Mapped[str]
    opened_at: Mapped[Now]
    ready_at: Mapped[Moment | None]
    """When all that was made for it was decided, and people were told so."""


class Content(WithId, Tenant, Base):
    """An item that a person can approve. What it says is in its versions."""

    __tablename__ = "content"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("status", Status), name="status"),
        CheckConstraint("month IS NULL OR extract(day from month) = 1", name="first_of_month"),
        # One living item per place: two runs of one company-month cannot both make it.
        Index(
            "uq_content_place",
            "organization_id",
            "company_id",
            "month",
            "kind",
            "parent_id",
            "place",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("status NOT IN ('rejected', 'archived')"),
        ),
        Index("ix_content_company_month", "organization_id", "company_id", "month", "kind"),
        Index(
            "ix_content_inbox",
            "organization_id",
            "review_since",
            "id",
            postgresql_where=text("status = 'in_review'"),
        ),
        # The same across organisations: for people who see all of them.
        Index(
            "ix_content_inbox_of_all",
            "review_since",
            "id",
            postgresql_where=text("status = 'in_review'"),
        ),
        Index("ix_content_parent", "parent_id"),
        # Lists, in the order of their pages.
        Index("ix_content_listed", "organization_id", "id"),
        Index("ix_content_by_status", "organization_id", "status", "id"),
        Index("ix_content_by_kind", "organization_id", "kind", "id"),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"))
    month: Mapped[date | None] = mapped_column(Date)
    kind: Mapped[str]
    language: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.content.id"))
    persona_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.content.id"))
    place: Mapped[str] = mapped_column(default="", server_default="")
    """Tells siblings apart: a platform, a variant, a number within the month."""
    status: Mapped[str] = mapped_column(default="draft", server_default="draft")
    current_version: Mapped[int] = mapped_column(default=0, server_default="0")
    title: Mapped[str] = mapped_column(default="", server_default="")
    round: Mapped[int] = mapped_column(default=0, server_default="0")
    scheduled_at: Mapped[Moment | None]
    review_since: Mapped[Moment | None]
    created_at: Mapped[Now]
    updated_at: Mapped[Now]


class ContentVersion(WithId, Tenant, Base):
    """What an item said at one time. Append-only; erasure empties the body and keeps the hash."""

    __tablename__ = "content_version"
    __table_args__ = (
        UniqueConstraint("organization_id", "content_id", "number"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        # Who asks for a picture is asked whose it is.
        Index(
            "ix_content_version_media_sha256",
            "organization_id",
            text("(body ->> 'media_sha256')"),
            postgresql_where=text("body ->> 'media_sha256' IS NOT NULL"),
        ),
        Index(
            "ix_content_version_media_sha256s",
            text("(body -> 'media_sha256s')"),
            postgresql_using="gin",
            postgresql_where=text("body -> 'media_sha256s' IS NOT NULL"),
        ),
    )

    content_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.content.id"))
    number: Mapped[int]
    body: Mapped[Json | None]
    sha256: Mapped[str]
    word_count: Mapped[int]
    parent_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("posthub.content_version.id"), index=True
    )
    generation_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.generation.id"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    provider: Mapped[str] = mapped_column(default="", server_default="")
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Now]
    erased_at: Mapped[Moment | None]


class CheckResult(WithId, Tenant, Base):
    """The verdict of one rule on one version."""

    __tablename__ = "check_result"
    __table_args__ = (
        CheckConstraint("verdict IN ('pass', 'warn', 'fail')", name="verdict"),
        Index("ix_check_result_version_id", "version_id"),
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.content_version.id"))
    rule: Mapped[str]
    verdict: Mapped[str]
    blocking: Mapped[bool]
    message: Mapped[str]
    span_start: Mapped[int | None]
    span_end: Mapped[int | None]
    quote: Mapped[str] = mapped_column(default="", server_default="")
    measured: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[Now]


class Decision(WithId, Tenant, Base):
    """A person's word over exact bytes. Append-only."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(one_of("action", Action), name="action"),
        CheckConstraint("decided_by IS NULL OR link_id IS NULL", name="one_signer"),
        ForeignKeyConstraint(
            ["link_id", "content_id", "version_number"],
            [f"posthub.approval_link_item.{name}" for name in ("link_id", "content_id", "version")],
        ),
        Index(
            "uq_decision_link_id_content_id",
            "link_id",
            "content_id",
            unique=True,
            postgresql_where=text("link_id IS NOT NULL"),
        ),
        Index("ix_decision_content_id", "content_id"),
        Index("ix_decision_version", "version_id", "action"),
    )

    content_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.content.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.content_version.id"))
    version_number: Mapped[int]
    sha256: Mapped[str]
    action: Mapped[str]
    reason_codes: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    reason: Mapped[str] = mapped_column(default="", server_default="")
    spans: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    link_id: Mapped[UUID | None]
    """Who decided by a link has no account: the link says for whom it was made, and by whom."""
    decided_at: Mapped[Now]


class DecisionOrigin(Tenant, Base):
    """Where a decision came from. Apart from it, because it can be erased."""

    __tablename__ = "decision_origin"

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.decision.id"), primary_key=True)
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]


class Comment(WithId, Tenant, Base):
    """What people say about an item, tied to the version they read."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_content_id", "content_id"),)

    content_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.content.id"))
    version_number: Mapped[int]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.app_user.id"))
    text: Mapped[str]
    span: Mapped[Json | None]
    created_at: Mapped[Now]


class Media(Tenant, Base):
    """A file, stored once per organisation by the hash of its bytes."""

    __tablename__ = "media"

    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("posthub.organization.id"), primary_key=True
    )
    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    origin: Mapped[str]
    metadata_: Mapped[Json] = mapped_column("metadata", default=dict, server_default=text("'{}'"))
    created_at: Mapped[Now]
    erased_at: Mapped[Moment | None]


class Delivery(WithId, Tenant, Base):
    """One handing-over of an approved version. A trigger refuses what was not approved."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("organization_id", "version_id", "channel"),
        CheckConstraint("status IN ('pending', 'delivered', 'failed')", name="status"),
        ForeignKeyConstraint(
            ["organization_id", "media_sha256"],
            ["posthub.media.organization_id", "posthub.media.sha256"],
        ),
        Index(
            "ix_delivery_media_sha256",
            "organization_id",
            "media_sha256",
            postgresql_where=text("media_sha256 IS NOT NULL"),
        ),
    )

    content_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.content.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.content_version.id"))
    sha256: Mapped[str]
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.decision.id"))
    media_sha256: Mapped[str | None]
    channel: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending", server_default="pending")
    external_ref: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[Now]
    delivered_at: Mapped[Moment | None]
