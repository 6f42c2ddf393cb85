"""Whom to tell and how it went: webhook endpoints, deliveries of the outbox, reminders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Moment, Now, Tenant, WithId


class WebhookEndpoint(WithId, Tenant, Base):
    """A URL of a customer's that is told. Secrets are sealed with the user keyring."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (Index("ix_webhook_endpoint_organization_id", "organization_id"),)

    url: Mapped[str]
    topics: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"), default=list)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Signs as well until `previous_until`, so that a secret is changed without a gap."""
    previous_until: Mapped[Moment | None]
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    disabled_because: Mapped[str | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    created_at: Mapped[Now]
    updated_at: Mapped[Now]


class NotificationDelivery(WithId, Tenant, Base):
    """One message to one recipient. Pending until it is known what became of it."""

    __tablename__ = "notification_delivery"
    __table_args__ = (
        UniqueConstraint("outbox_id", "channel", "recipient"),
        CheckConstraint("channel IN ('email', 'webhook')", name="channel"),
        CheckConstraint("status IN ('pending', 'delivered', 'failed', 'skipped')", name="status"),
        Index(
            "ix_notification_delivery_due",
            "channel",
            "next_at",
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_notification_delivery_recipient", "recipient", "id"),
    )

    outbox_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.outbox.id", ondelete="CASCADE"))
    channel: Mapped[str]
    recipient: Mapped[UUID]
    """A person for `email`, an endpoint for `webhook`."""
    status: Mapped[str] = mapped_column(default="pending", server_default="pending")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_at: Mapped[Now]
    """When it is tried next; while it is being sent, when somebody else may take it over."""
    response_status: Mapped[int | None]
    error: Mapped[str | None]
    created_at: Mapped[Now]
    delivered_at: Mapped[Moment | None]


class Reminder(WithId, Tenant, Base):
    """Of which step somebody was told that an item waits. Without a person: the webhooks."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("content_id", "user_id", postgresql_nulls_not_distinct=True),
    )

    content_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.content.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("posthub.app_user.id", ondelete="CASCADE")
    )
    review_since: Mapped[Moment]
    """The waiting that it speaks of: an item that waits anew is told of anew."""
    hours: Mapped[int]
    told_at: Mapped[Now]
