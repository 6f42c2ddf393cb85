"""Alembic's environment. Driven by `resources.database.migrate`, which hands over a connection."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from resources.database.models import SCHEMA, Base


def _ours(name: str | None, kind: str, parents: object) -> bool:
    return name == SCHEMA if kind == "schema" else True


def run(connection: Connection) -> None:
    """Run the migrations on the given connection, inside its transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table_schema=SCHEMA,
        include_schemas=True,
        include_name=_ours,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
