"""Receipts of erasures, and the consents that people gave or withdrew."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Json, MaybeTenant, Moment, Now, Tenant, WithId


class Erasure(WithId, MaybeTenant, Base):
    """That something was erased, and how much. Holds no word of what it was.

    Without an organisation: a person who belonged to none, or to several.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("subject_kind IN ('company', 'person')", name="subject_kind"),
        CheckConstraint(
            "status IN ('scheduled', 'restored', 'pending', 'completed')", name="status"
        ),
        CheckConstraint("reason IN ('request', 'contract_ended', 'other')", name="reason"),
        Index("ix_erasure_organization_id", "organization_id", "id"),
        Index(
            "ix_erasure_open",
            "due_at",
            postgresql_where=text("status IN ('scheduled', 'pending')"),
        ),
        Index(
            "uq_erasure_one_at_a_time",
            "subject_id",
            unique=True,
            postgresql_where=text("status IN ('scheduled', 'pending')"),
        ),
    )

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    reason: Mapped[str]
    """A word of ours, so that no free text can say who it was about."""
    status: Mapped[str]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    asked_at: Mapped[Now]
    due_at: Mapped[Moment]
    erased_at: Mapped[Moment | None]
    """When the database's part was done."""
    completed_at: Mapped[Moment | None]
    restored_at: Mapped[Moment | None]
    counts: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """Rows, by table."""
    media_files: Mapped[int | None]
    dagster_rows: Mapped[Json | None]
    sha256: Mapped[str | None]
    """Of the finished receipt's canonical JSON."""
    left_to_do: Mapped[Json | None]
    """What the factory needs to finish: names of files and of the partition. Null at the end."""


class Consent(WithId, Tenant, Base):
    """That a person or a contact said yes or no to a text. Append-only: the last one holds."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("num_nonnulls(person_id, contact) = 1", name="whose"),
        Index("ix_consent_organization_id", "organization_id", "id"),
        Index("ix_consent_person_id", "person_id"),
    )

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    contact: Mapped[str | None]
    """An e-mail address of somebody without an account."""
    purpose: Mapped[str]
    text_version: Mapped[str]
    given: Mapped[bool]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    at: Mapped[Now]
