"""The journal of calls, batches that a vendor holds, and the moments at which calls may be made."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import MONEY, Base, Json, Moment, Now, Tenant, WithId


class Generation(WithId, Tenant, Base):
    """The journal: one row per provider call, written before the call and completed after it."""

    __tablename__ = "generation"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'started', 'completed', 'failed')", name="status"),
        Index(
            "ix_generation_answer",
            "organization_id",
            "company_id",
            "request_hash",
            postgresql_where=text("status = 'completed'"),
        ),
        Index("ix_generation_usage", "organization_id", "created_at"),
        Index("ix_generation_created_at", "created_at", postgresql_using="brin"),
        Index("ix_generation_job_id", "job_id"),
        Index(
            "ix_generation_media_sha256",
            "organization_id",
            "media_sha256",
            postgresql_where=text("media_sha256 IS NOT NULL"),
        ),
        Index("ix_generation_month", "organization_id", "company_id", "month"),
        Index(
            "ix_generation_open",
            "created_at",
            postgresql_where=text("status IN ('queued', 'started')"),
        ),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"))
    job_id: Mapped[UUID | None]
    """No foreign key: jobs point at versions, versions at generations; a cycle helps nobody."""
    kind: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str] = mapped_column(default="", server_default="")
    prompt_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.prompt_version.id"))
    request_hash: Mapped[str]
    nonce: Mapped[str]
    redaction_policy: Mapped[str] = mapped_column(default="none", server_default="none")
    status: Mapped[str]
    request: Mapped[Json | None]
    response: Mapped[Json | None]
    media_sha256: Mapped[str | None]
    input_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    output_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    cached_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    reasoning_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    image_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    cost_usd: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0), server_default="0")
    latency_ms: Mapped[int | None]
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[Now]
    completed_at: Mapped[Moment | None]
    reuse_until: Mapped[Moment | None]
    pruned_at: Mapped[Moment | None]
    month: Mapped[date | None] = mapped_column(Date)
    """The company-month that the call was made for; null for research, DNA and personas."""
    key_source: Mapped[str] = mapped_column(default="platform", server_default="platform")
    """`platform`, or `organization` where the customer's own key paid."""
    attempt: Mapped[int] = mapped_column(default=0, server_default="0")
    image_input_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    cache_written_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    searches: Mapped[int] = mapped_column(default=0, server_default="0")
    price_source: Mapped[str] = mapped_column(default="", server_default="")
    redacted: Mapped[Json | None]
    """How many different values of each kind were taken out of the prompt; never the values."""
    experiment_id: Mapped[UUID | None]
    arm: Mapped[str] = mapped_column(default="", server_default="")
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.vendor_batch.id"))


class VendorBatch(WithId, Tenant, Base):
    """Questions of one organisation that were handed in together, for half the price."""

    __tablename__ = "vendor_batch"
    __table_args__ = (
        CheckConstraint(
            "status IN ('submitting', 'submitted', 'collected', 'failed')", name="status"
        ),
        Index(
            "ix_vendor_batch_open",
            "look_at",
            postgresql_where=text("status IN ('submitting', 'submitted')"),
        ),
    )

    provider: Mapped[str]
    model: Mapped[str]
    key_source: Mapped[str]
    status: Mapped[str] = mapped_column(default="submitting", server_default="submitting")
    external_ref: Mapped[str | None]
    vendor_status: Mapped[str] = mapped_column(default="", server_default="")
    requests: Mapped[int]
    created_at: Mapped[Now]
    submitted_at: Mapped[Moment | None]
    look_at: Mapped[Now]
    ended_at: Mapped[Moment | None]
    error: Mapped[str | None]


class RateLimit(Base):
    """The next free moment of a provider, per scope (`platform` or an organisation's id)."""

    __tablename__ = "rate_limit"

    provider: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    next_free_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
