"""Limits, what is spent and reserved of them, and the reservations of open calls."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import MONEY, Base, MaybeTenant, Moment, Now, Tenant, WithId


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


class Budget(WithId, MaybeTenant, Base):
    """What is reserved and spent in one period: the row that reservations lock.

    Without an organisation it is the platform's own budget with a provider.
    """

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
    limit_requests: Mapped[int | None] = mapped_column(BigInteger)
    """The limits that held at the last reservation; alerts are measured by them."""
    limit_tokens: Mapped[int | None] = mapped_column(BigInteger)
    limit_usd: Mapped[Decimal | None] = mapped_column(MONEY)
    alerted_percent: Mapped[int] = mapped_column(server_default="0", default=0)
    """80 or 100 once that share was spent: each is told once in a period."""


class Reservation(WithId, Tenant, Base):
    """Budget set aside for one call; settled after it, released when the caller died."""

    __tablename__ = "reservation"
    __table_args__ = (
        Index("uq_reservation_generation_id", "generation_id", unique=True),
        Index(
            "ix_reservation_open",
            "organization_id",
            "expires_at",
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    budget_ids: Mapped[list[Any]]
    """In the order in which they are locked."""
    generation_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.generation.id"))
    requests: Mapped[int]
    tokens: Mapped[int] = mapped_column(BigInteger)
    cost_usd: Mapped[Decimal] = mapped_column(MONEY)
    created_at: Mapped[Now]
    expires_at: Mapped[Moment]
    settled_at: Mapped[Moment | None]
    is_booked: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    """Settled by its call, and not by its age."""
