"""From an empty server to the current schema: roles, schemas, migrations, prompts.

Runs as the owner, who alone may do this. Two at once wait for each other (advisory lock).
What does not belong here: the tables (`models/`) and the policies (`tenancy.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from posthub_assets.domain.errors import StorageError
from resources.database.models import SCHEMA
from resources.database.tenancy import ROLES

if TYPE_CHECKING:
    from alembic.config import Config

    from resources.database.urls import DatabaseUrls

MIGRATIONS = Path(__file__).parent / "migrations"
RESTORING = "posthub_restoring"
"""A schema of this name says that the database holds half of a backup (`resources/backup/`)."""
LOCK = 7_706_148_200  # any number, the same for all who migrate


def migrate(urls: DatabaseUrls) -> str:
    """Bring the database at `urls.owner` to the current schema. Gives the revision it is at.

    Creates the login roles that the other URLs name, with their passwords, and schema `dagster`,
    and brings the prompts of this release. Raises StorageError where the server does not answer, is
    older than PostgreSQL 15, or holds a schema that this code does not know; InvalidInput where the
    file of a prompt cannot be used.
    """
    from alembic import command
    from alembic.util import CommandError

    from resources.prompt_library.seeding import seed_prompts

    engine = create_engine(urls.owner, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            _require_version(connection)
            _refuse_half_restored(connection)
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            ensure_roles(connection, urls)
            ensure_schemas(connection)
            command.upgrade(alembic_config(connection), "head")
            seed_prompts(connection)
            return current_revision(connection) or ""
    except OperationalError as error:
        raise StorageError(f"The database does not answer: {error.orig}") from error
    except CommandError as error:
        raise StorageError(
            f"The database was made by another PostHub than this one ({error}). Update PostHub."
        ) from error
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Give Alembic's configuration for an open connection; there is no alembic.ini."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def current_revision(connection: Connection) -> str | None:
    """Give the revision that the database is at, or None before the first migration."""
    from alembic.runtime.migration import MigrationContext

    options = {"version_table_schema": SCHEMA}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def head_revision() -> str:
    """Give the newest revision in the code."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def _require_version(connection: Connection) -> None:
    version = connection.execute(text("SHOW server_version_num")).scalar_one()
    if int(version) < 150000:
        raise StorageError(
            f"PostgreSQL {int(version) // 10000} is too old; PostHub needs PostgreSQL 15 or newer."
        )


def known_revisions() -> frozenset[str]:
    """Give the revisions that this code can bring to the newest."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    return frozenset(one.revision for one in scripts.walk_revisions())


def _refuse_half_restored(connection: Connection) -> None:
    marked = connection.execute(text("SELECT to_regnamespace(:name)"), {"name": RESTORING})
    if marked.scalar() is not None:
        raise StorageError(
            "A restore into this database was not finished. Run the same `posthub restore` again."
        )


def ensure_roles(connection: Connection, urls: DatabaseUrls) -> None:
    """Make the login roles that the URLs name, or give them the URLs' passwords."""
    for role, url in zip(ROLES, (urls.api, urls.factory, urls.dagster), strict=True):
        login = make_url(url)
        if login.username != role:
            continue  # an operator's own role: made and granted by the operator
        exists = connection.execute(
            text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}
        ).scalar()
        verb = "ALTER" if exists else "CREATE"
        connection.exec_driver_sql(f"{verb} ROLE {role} LOGIN NOINHERIT{_password(login.password)}")
    database = connection.execute(text("SELECT quote_ident(current_database())")).scalar_one()
    connection.exec_driver_sql(
        f"ALTER ROLE posthub_dagster IN DATABASE {database} SET search_path = dagster"
    )


def _password(password: str | None) -> str:
    if password is None:
        return ""
    quoted = str(password).replace("'", "''").replace("%", "%%")
    return f" PASSWORD '{quoted}'"


def ensure_schemas(connection: Connection) -> None:
    """Make the two schemas, closed to everybody else."""
    for statement in (
        f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
        "CREATE SCHEMA IF NOT EXISTS dagster",
        "GRANT ALL ON SCHEMA dagster TO posthub_dagster",
        f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC",
    ):
        connection.exec_driver_sql(statement)
