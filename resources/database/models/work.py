"""Work to be done: jobs with leases, and the outbox of what must be told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Json, MaybeTenant, Moment, Now, Tenant, WithId


class Job(WithId, Tenant, Base):
    """One piece of work. Pending until done, whoever dies meanwhile."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint(
            "organization_id",
            "kind",
            "company_id",
            "month",
            "content_id",
            "source_version_id",
            "round",
            "media_request_id",
            name="uq_job_once",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(
            "status IN ('pending', 'running', 'completed', 'failed', 'cancelled')", name="status"
        ),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        # The sensor's one question and the claim's order. Both indexes hold open jobs only.
        Index(
            "ix_job_pending",
            "asset",
            "priority",
            "available_at",
            "id",
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "ix_job_running", "asset", "lease_until", postgresql_where=text("status = 'running'")
        ),
        Index("ix_job_failed", "asset", postgresql_where=text("status = 'failed'")),
        Index("ix_job_company", "organization_id", "company_id", "month", "asset"),
        Index("ix_job_content_id", "content_id"),
        Index(
            "ix_job_media_request_id",
            "media_request_id",
            postgresql_where=text("media_request_id IS NOT NULL"),
        ),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"))
    asset: Mapped[str]
    kind: Mapped[str]
    """`create`, `revise` or `check`, an underscore, and the asset: `create_blog_posts`."""
    month: Mapped[date | None] = mapped_column(Date)
    content_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.content.id"))
    source_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.content_version.id"))
    round: Mapped[int] = mapped_column(default=0, server_default="0")
    media_request_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.media_request.id"))
    """What was asked of the media assistant, which may be asked the same any number of times."""
    status: Mapped[str] = mapped_column(default="pending", server_default="pending")
    progress: Mapped[int] = mapped_column(default=0, server_default="0")
    step: Mapped[str] = mapped_column(default="", server_default="")
    priority: Mapped[int] = mapped_column(default=50, server_default="50")
    """0 first. A person who waits: 10; what follows an approval: 50; a backfill: 90."""
    time_limit_s: Mapped[int] = mapped_column(default=180, server_default="180")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    max_attempts: Mapped[int] = mapped_column(default=3, server_default="3")
    crash_count: Mapped[int] = mapped_column(default=0, server_default="0")
    available_at: Mapped[Now]
    lease_until: Mapped[Moment | None]
    leased_by: Mapped[str | None]
    run_id: Mapped[str | None]
    external_ref: Mapped[str | None]
    prompt_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.prompt_version.id"))
    params: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    duration_s: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    cost_usd: Mapped[Decimal] = mapped_column(
        Numeric(18, 9), default=Decimal(0), server_default="0"
    )
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    created_at: Mapped[Now]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]


class Outbox(WithId, MaybeTenant, Base):
    """What must be told to the outside, written with the change that it tells of."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "available_at", postgresql_where=text("delivered_at IS NULL")),
        Index(
            "ix_outbox_delivered_at",
            "delivered_at",
            postgresql_where=text("delivered_at IS NOT NULL"),
        ),
    )

    topic: Mapped[str]
    payload: Mapped[Json]
    created_at: Mapped[Now]
    available_at: Mapped[Now]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    delivered_at: Mapped[Moment | None]
    last_error: Mapped[str | None]
