"""What keeps the server well: counted requests, and signs of life. No tenant's data."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from resources.database.models.base import Base, Moment, Now


class RequestCount(Base):
    """How many requests of an hour were taken by workers. UNLOGGED: lost with a crash, and rightly.

    `granted` is what the last taker got.
    """

    __tablename__ = "request_count"
    __table_args__ = (
        Index("ix_request_count_starts_at", "starts_at"),
        {"prefixes": ["UNLOGGED"]},
    )

    subject: Mapped[str] = mapped_column(primary_key=True)
    starts_at: Mapped[Moment] = mapped_column(primary_key=True)
    taken: Mapped[int]
    granted: Mapped[int]


class Heartbeat(Base):
    """When a part of PostHub was last seen at work."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[Now]
