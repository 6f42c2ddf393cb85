"""Who is who: organisations, people, memberships, tokens, companies and what they told us."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Json, MaybeTenant, Moment, Now, Tenant, WithId

ROLES = "('MANAGER', 'MARKETER', 'SUPERVISOR')"


class Organization(WithId, Base):
    """A customer. Its id is what every policy compares with."""

    __tablename__ = "organization"
    __table_args__ = (CheckConstraint("dna_gate IN ('manual', 'automatic')", name="dna_gate"),)

    name: Mapped[str]
    four_eyes: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    dna_gate: Mapped[str] = mapped_column(default="manual", server_default="manual")
    media_assistant: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """The media assistant as a whole, then two of its parts: to be rolled out in steps."""
    media_auto_format: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    media_ai_images: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    settings: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    created_at: Mapped[Now]
    deleted_at: Mapped[Moment | None]


class User(WithId, Base):
    """A person who signs in. Administrators see every organisation."""

    __tablename__ = "app_user"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("confirmation_hash"),
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        # Every request of anybody asks whose manager they are.
        Index(
            "ix_app_user_manager_id", "manager_id", postgresql_where=text("manager_id IS NOT NULL")
        ),
    )

    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    is_admin: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    failed_logins: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[Moment | None]
    email_confirmed_at: Mapped[Moment | None] = mapped_column(server_default=func.now())
    """None for who registered by themselves and did not open the link yet."""
    confirmation_hash: Mapped[str | None]
    confirmation_until: Mapped[Moment | None]
    confirmation_asked_at: Mapped[Moment | None]
    settings: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    created_at: Mapped[Now]
    deleted_at: Mapped[Moment | None]


class Membership(Tenant, Base):
    """A person's role in one organisation."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        Index("ix_membership_user_id", "user_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("posthub.organization.id"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.app_user.id"), primary_key=True)
    role: Mapped[str]
    created_at: Mapped[Now]


class RefreshFamily(WithId, Base):
    """One sign-in and all the refresh tokens that followed from it; revoked as a whole."""

    __tablename__ = "refresh_family"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.app_user.id"), index=True)
    created_at: Mapped[Now]
    revoked_at: Mapped[Moment | None]
    revoked_because: Mapped[str | None]


class RefreshToken(WithId, Base):
    """One refresh token, by its SHA-256; used once."""

    __tablename__ = "refresh_token"
    __table_args__ = (UniqueConstraint("token_hash"),)

    family_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.refresh_family.id"), index=True)
    token_hash: Mapped[str]
    issued_at: Mapped[Now]
    expires_at: Mapped[Moment] = mapped_column(index=True)
    used_at: Mapped[Moment | None]


class ApiToken(WithId, Tenant, Base):
    """A machine's token: scoped, revocable, shown once."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("token_hash"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.app_user.id"))
    name: Mapped[str]
    token_hash: Mapped[str]
    scopes: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    created_at: Mapped[Now]
    expires_at: Mapped[Moment | None]
    last_used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]


class Invitation(WithId, Tenant, Base):
    """A single-use link into an organisation."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint(f"role IN {ROLES}", name="role"),
    )

    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[str]
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("posthub.app_user.id"))
    created_at: Mapped[Now]
    expires_at: Mapped[Moment]
    accepted_at: Mapped[Moment | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    """The account that this opens, where it was made before its person had a password."""
    revoked_at: Mapped[Moment | None]


class Company(WithId, Tenant, Base):
    """The brief: what an account manager typed in. `partition_key` is its name in the graph."""

    __tablename__ = "company"
    __table_args__ = (
        UniqueConstraint("organization_id", "slug"),
        UniqueConstraint("partition_key"),
        CheckConstraint("slug ~ '^[a-z0-9-]{1,63}$'", name="slug"),
        CheckConstraint("partition_key ~ '^[a-z0-9-]{1,80}$'", name="partition_key"),
        CheckConstraint("tier IN ('TRIAL', 'BASIC', 'PRO', 'ULTIMATE')", name="tier"),
        # The sensor of the partitions asks for the last one that went.
        Index(
            "ix_company_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")
        ),
    )

    slug: Mapped[str]
    partition_key: Mapped[str]
    name: Mapped[str]
    organization_name: Mapped[str] = mapped_column(default="", server_default="")
    website: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str]
    timezone: Mapped[str]
    country: Mapped[str] = mapped_column(default="", server_default="")
    industry: Mapped[str] = mapped_column(default="", server_default="")
    business_field: Mapped[str] = mapped_column(default="", server_default="")
    audience: Mapped[str] = mapped_column(default="", server_default="")
    tier: Mapped[str]
    platforms: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"), default=list)
    brand: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    created_at: Mapped[Now]
    updated_at: Mapped[Now]
    deleted_at: Mapped[Moment | None]
    erased_at: Mapped[Moment | None]
    """When all that was said was erased; the row stays for the books."""


class SourceDocument(WithId, Tenant, Base):
    """A document or an already published post of a company, as text."""

    __tablename__ = "source_document"
    __table_args__ = (
        UniqueConstraint("organization_id", "company_id", "purpose", "name"),
        CheckConstraint(
            "purpose IN ('document', 'published_post', 'website', 'research')", name="purpose"
        ),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"))
    purpose: Mapped[str]
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="", server_default="")
    text: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    words: Mapped[int]
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)
    published_on: Mapped[date | None] = mapped_column(Date)
    url: Mapped[str] = mapped_column(default="", server_default="")
    """Where the text was fetched, for a page of the website."""
    created_at: Mapped[Now]
    deleted_at: Mapped[Moment | None]


class MarketingEvent(WithId, Tenant, Base):
    """A day that gets its own topic."""

    __tablename__ = "marketing_event"
    __table_args__ = (UniqueConstraint("organization_id", "company_id", "on_date", "title"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"))
    on_date: Mapped[date] = mapped_column(Date)
    title: Mapped[str]
    created_at: Mapped[Now]


class Audit(WithId, MaybeTenant, Base):
    """Who did what, when, from where, before and after. Append-only."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_organization_id_at", "organization_id", "at"),
        Index("ix_audit_at_id", "at", "id"),
    )

    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    actor_kind: Mapped[str] = mapped_column(default="person", server_default="person")
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[Json | None]
    after: Mapped[Json | None]
    ip: Mapped[str | None]
    request_id: Mapped[str | None]
    at: Mapped[Now]


class IdempotencyKey(Base):
    """The answer to a request that may be sent twice; replayed byte for byte."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.app_user.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    status_code: Mapped[int | None]
    response: Mapped[bytes | None] = mapped_column(LargeBinary)
    media_type: Mapped[str | None]
    created_at: Mapped[Now]
    expires_at: Mapped[Moment] = mapped_column(index=True)
