"""The declarative base, and the column shapes that tables share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, MetaData, Numeric, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from resources.ids import new_id

SCHEMA = "posthub"
MONEY = Numeric(18, 9)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Id = Annotated[UUID, mapped_column(Uuid, primary_key=True)]


class Base(DeclarativeBase):
    """Base of all models: schema `posthub`, named constraints."""

    metadata = MetaData(schema=SCHEMA, naming_convention=NAMING)
    type_annotation_map = {Json: JSONB, list[Any]: JSONB, UUID: Uuid}  # noqa: RUF012


class WithId:
    """A UUIDv7 made in the application."""

    id: Mapped[Id] = mapped_column(default=new_id)


class Tenant:
    """A row of one organisation. Every table with this column has a policy."""

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("posthub.organization.id"))


class MaybeTenant:
    """A row of one organisation, or of the platform (null), which every organisation may read."""

    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("posthub.organization.id"))


__all__ = [
    "MONEY",
    "SCHEMA",
    "Base",
    "Id",
    "Json",
    "MaybeTenant",
    "Moment",
    "Now",
    "Tenant",
    "WithId",
]
