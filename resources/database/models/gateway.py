"""The gateway's books: the journal, prompts, experiments, limits, budgets, keys, rate limits."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Json, MaybeTenant, Moment, Now, Tenant, WithId

MONEY = Numeric(18, 9)


class Generation(WithId, Tenant, Base):
    """The journal: one row per provider call, written before the call and completed after it."""

    __tablename__ = "generation"
    __table_args__ = (
        CheckConstraint("status IN ('started', 'completed', 'failed')", name="status"),
        Index(
            "ix_generation_answer",
            "organization_id",
            "company_id",
            "request_hash",
            postgresql_where=text("status = 'completed'"),
        ),
        Index("ix_generation_usage", "organization_id", "created_at"),
        Index("ix_generation_job_id", "job_id"),
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


class PromptVersion(WithId, MaybeTenant, Base):
    """One immutable version of a prompt; of the platform, or an organisation's own."""

    __tablename__ = "prompt_version"
    __table_args__ = (
        UniqueConstraint(
            "organization_id", "code", "language", "version", postgresql_nulls_not_distinct=True
        ),
    )

    code: Mapped[str]
    kind: Mapped[str]
    language: Mapped[str]
    version: Mapped[int]
    system_text: Mapped[str]
    user_text: Mapped[str]
    output_schema: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    temperature: Mapped[Decimal | None] = mapped_column(Numeric(4, 2))
    max_tokens: Mapped[int]
    sha256: Mapped[str]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    created_at: Mapped[Now]


class PromptLabel(WithId, MaybeTenant, Base):
    """Which version is served: `production`, `candidate`."""

    __tablename__ = "prompt_label"
    __table_args__ = (
        UniqueConstraint(
            "organization_id", "code", "language", "label", postgresql_nulls_not_distinct=True
        ),
    )

    code: Mapped[str]
    language: Mapped[str]
    label: Mapped[str]
    prompt_version_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.prompt_version.id"))
    updated_at: Mapped[Now]


class Experiment(WithId, MaybeTenant, Base):
    """Two versions of a prompt, a share, a verdict by what supervisors do."""

    __tablename__ = "experiment"

    code: Mapped[str]
    language: Mapped[str]
    control_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.prompt_version.id"))
    candidate_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.prompt_version.id"))
    share_percent: Mapped[int]
    started_at: Mapped[Now]
    stopped_at: Mapped[Moment | None]
    stopped_because: Mapped[str | None]


class UsageLimit(WithId, Tenant, Base):
    """What an organisation or one company may spend in a period; null is no limit of that sort."""

    __tablename__ = "usage_limit"
    __table_args__ = (
        UniqueConstraint(
            "organization_id",
            "company_id",
            "provider",
            "period",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("period IN ('day', 'month')", name="period"),
    )

    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.company.id"))
    provider: Mapped[str | None]
    period: Mapped[str]
    requests: Mapped[int | None] = mapped_column(BigInteger)
    tokens: Mapped[int | None] = mapped_column(BigInteger)
    cost_usd: Mapped[Decimal | None] = mapped_column(MONEY)
    updated_at: Mapped[Now]


class Budget(WithId, Tenant, Base):
    """What is reserved and spent in one period: the row that reservations lock."""

    __tablename__ = "budget"
    __table_args__ = (
        UniqueConstraint(
            "organization_id",
            "company_id",
            "provider",
            "period",
            "starts_on",
            postgresql_nulls_not_distinct=True,
        ),
    )

    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.company.id"))
    provider: Mapped[str | None]
    period: Mapped[str]
    starts_on: Mapped[date] = mapped_column(Date)
    reserved_requests: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    reserved_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    reserved_usd: Mapped[Decimal] = mapped_column(MONEY, server_default="0", default=Decimal(0))
    spent_requests: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    spent_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    spent_usd: Mapped[Decimal] = mapped_column(MONEY, server_default="0", default=Decimal(0))


class Reservation(WithId, Tenant, Base):
    """Budget set aside for one call; settled after it, released when the caller died."""

    __tablename__ = "reservation"
    __table_args__ = (
        Index("ix_reservation_open", "expires_at", postgresql_where=text("settled_at IS NULL")),
    )

    budget_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.budget.id"))
    generation_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.generation.id"))
    requests: Mapped[int]
    tokens: Mapped[int] = mapped_column(BigInteger)
    cost_usd: Mapped[Decimal] = mapped_column(MONEY)
    created_at: Mapped[Now]
    expires_at: Mapped[Moment]
    settled_at: Mapped[Moment | None]


class ProviderSetting(WithId, MaybeTenant, Base):
    """How a provider is used, by the platform or by one organisation."""

    __tablename__ = "provider_setting"
    __table_args__ = (
        UniqueConstraint("organization_id", "provider", postgresql_nulls_not_distinct=True),
    )

    provider: Mapped[str]
    is_enabled: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    is_default: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    settings: Mapped[Json] = mapped_column(server_default=text("'{}'"), default=dict)
    last_test: Mapped[Json | None]
    updated_at: Mapped[Now]


class ProviderKey(WithId, MaybeTenant, Base):
    """A provider's key, encrypted by the keyring."""

    __tablename__ = "provider_key"
    __table_args__ = (
        UniqueConstraint("organization_id", "provider", postgresql_nulls_not_distinct=True),
    )

    provider: Mapped[str]
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    last_four: Mapped[str]
    created_at: Mapped[Now]
    tested_at: Mapped[Moment | None]


class RateLimit(Base):
    """The next free moment of a provider, per scope (`platform` or an organisation's id)."""

    __tablename__ = "rate_limit"

    provider: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    next_free_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
