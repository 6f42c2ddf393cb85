"""Prompts, the labels that say which version is served, and experiments between two of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Json, MaybeTenant, Moment, Now, WithId


class PromptVersion(WithId, MaybeTenant, Base):
    """One immutable version of a prompt; of the platform, or an organisation's own."""

    __tablename__ = "prompt_version"
    __table_args__ = (
        UniqueConstraint(
            "organization_id", "code", "language", "version", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("source IN ('file', 'person')", name="source"),
    )

    code: Mapped[str]
    kind: Mapped[str]
    language: Mapped[str]
    version: Mapped[int]
    system_text: Mapped[str]
    user_text: Mapped[str]
    output: Mapped[str] = mapped_column(default="markdown", server_default="markdown")
    """The name of an answer model, or `markdown`."""
    variables: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """What each variable is, by its name."""
    temperature: Mapped[Decimal | None] = mapped_column(Numeric(4, 2))
    max_tokens: Mapped[int]
    sha256: Mapped[str]
    stage: Mapped[str] = mapped_column(default="", server_default="")
    """The folder that its file lies in; for exports."""
    source: Mapped[str] = mapped_column(default="person", server_default="person")
    """`file`: it came with a release. `person`: somebody imported it."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    created_at: Mapped[Now]


class PromptLabel(WithId, MaybeTenant, Base):
    """Which version is served: `production`, `candidate`. A trigger keeps it to its own prompt."""

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
    trail: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    """Ids of the versions that it named before, the last one last: the way back."""
    updated_at: Mapped[Now]


class Experiment(WithId, MaybeTenant, Base):
    """Two versions of a prompt, a share, a verdict by what supervisors do."""

    __tablename__ = "experiment"
    __table_args__ = (
        CheckConstraint("share_percent BETWEEN 1 AND 99", name="share_percent"),
        Index(
            "uq_experiment_running",
            "organization_id",
            "code",
            "language",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("stopped_at IS NULL"),
        ),
    )

    code: Mapped[str]
    language: Mapped[str]
    control_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.prompt_version.id"))
    candidate_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.prompt_version.id"))
    share_percent: Mapped[int]
    started_by: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.app_user.id"))
    started_at: Mapped[Now]
    stopped_at: Mapped[Moment | None]
    stopped_because: Mapped[str | None]
