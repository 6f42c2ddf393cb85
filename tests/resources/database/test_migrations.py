"""The migrations: from zero, twice, and in agreement with the models."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from posthub_assets.domain.errors import StorageError
from resources.database.migrate import head_revision, migrate
from resources.database.models import SCHEMA, Base
from resources.database.urls import DatabaseUrls

pytestmark = pytest.mark.anyio


def test_models_and_migrations_agree(database_urls: DatabaseUrls):
    engine = create_engine(database_urls.owner, poolclass=NullPool)
    options = {
        "version_table_schema": SCHEMA,
        "include_schemas": True,
        "include_name": lambda name, kind, parents: name == SCHEMA if kind == "schema" else True,
        "compare_server_default": True,
        "compare_type": True,
    }
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_changes_nothing(database_urls: DatabaseUrls):
    assert migrate(database_urls) == head_revision()


async def test_every_model_is_a_table(owner: AsyncConnection):
    rows = await owner.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'posthub'"))
    there = set(rows.scalars()) - {"alembic_version"}
    assert there == {table.name for table in Base.metadata.tables.values()}


async def test_every_check_of_the_models_is_in_the_database(owner: AsyncConnection):
    rows = await owner.execute(
        text(
            "SELECT conname FROM pg_constraint WHERE contype = 'c'"
            " AND connamespace = 'posthub'::regnamespace"
        )
    )
    there = set(rows.scalars())
    for table in Base.metadata.tables.values():
        named = {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert named <= there, table.name


def test_a_database_of_a_newer_posthub_is_refused_by_name(database_urls: DatabaseUrls):
    engine = create_engine(database_urls.owner, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE posthub.alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StorageError, match="another PostHub than this one"):
            migrate(database_urls)
    finally:
        with engine.begin() as connection:
            values = {"head": head_revision()}
            connection.execute(
                text("UPDATE posthub.alembic_version SET version_num = :head"), values
            )
        engine.dispose()
