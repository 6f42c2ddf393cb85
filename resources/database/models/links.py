"""Deciding by link: who was given a link, and the versions it covers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Moment, Now, Tenant, WithId


class ApprovalLink(WithId, Tenant, Base):
    """A link by which somebody without an account decides. Only a hash of its secret is kept."""

    __tablename__ = "approval_link"
    __table_args__ = (
        UniqueConstraint("secret_hash"),
        Index("ix_approval_link_expires_at", "expires_at"),
        Index("ix_approval_link_organization_id_id", "organization_id", "id"),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"))
    secret_hash: Mapped[str]
    recipient: Mapped[str]
    """The e-mail or the name of the person it is for, as it was given."""
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    """The person it is for, where that is a member."""
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    """None for one that a reminder brought."""
    created_at: Mapped[Now]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


class ApprovalLinkItem(Tenant, Base):
    """A version that a link covers; a decision by link names one."""

    __tablename__ = "approval_link_item"
    __table_args__ = (Index("ix_approval_link_item_content_id", "content_id"),)

    link_id: Mapped[UUID] = mapped_column(
        ForeignKey("posthub.approval_link.id", ondelete="CASCADE"), primary_key=True
    )
    content_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.content.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
