"""Prompts, the labels that say which version is served, and experiments between two of them."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Json, MaybeTenant, Moment, Now, WithId


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
