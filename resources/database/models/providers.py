"""How providers are used, by the platform or an organisation, and their encrypted keys."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Date, ForeignKey, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Json, MaybeTenant, Moment, Now, WithId


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
    """`default_for` (kinds), `fallback`, `models` (by kind), `quality`, `requests_per_hour`,
    `monthly_budget_usd` (text, of the platform only)."""
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
    expires_on: Mapped[date | None] = mapped_column(Date)
    """The last day on which it is used."""
    last_used_at: Mapped[Moment | None]
    """When it was last opened; a process keeps an opened key for some minutes."""
    updated_at: Mapped[Now]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
