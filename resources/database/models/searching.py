"""What is found by words: one entry for each item, of its current version."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Tenant


class SearchEntry(Tenant, Base):
    """The words of an item's current version. Erasure of that version empties it.

    What never changes of an item stands here too, so that filters need no join.
    """

    __tablename__ = "search_entry"
    __table_args__ = (Index("ix_search_entry_words", "words", postgresql_using="gin"),)

    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("posthub.organization.id"), primary_key=True
    )
    content_id: Mapped[UUID] = mapped_column(
        ForeignKey("posthub.content.id", ondelete="CASCADE"), primary_key=True
    )
    version_id: Mapped[UUID] = mapped_column(
        ForeignKey("posthub.content_version.id", ondelete="CASCADE")
    )
    company_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.company.id"))
    kind: Mapped[str]
    language: Mapped[str]
    month: Mapped[date | None] = mapped_column(Date)
    title_words: Mapped[str] = mapped_column(TSVECTOR)
    words: Mapped[str] = mapped_column(TSVECTOR)
