"""The four connections: the owner's for migrations, and one for each login role.

What does not belong here: starting a server (`embedded.py`), engines and pools (`engine.py`).
"""

from __future__ import annotations

from urllib.parse import quote

from posthub_assets.domain.errors import InvalidInput

OWNER_ROLE = "posthub_owner"
API_ROLE = "posthub_api"
FACTORY_ROLE = "posthub_factory"
DAGSTER_ROLE = "posthub_dagster"
DATABASE = "posthub"

PSYCOPG = "postgresql+psycopg"
"""SQLAlchemy's scheme for psycopg 3, sync and async: ours."""
PSYCOPG2 = "postgresql+psycopg2"
"""SQLAlchemy's scheme for psycopg 2: what dagster-postgres speaks."""


class DatabaseUrls:
    """SQLAlchemy URLs. They hold passwords, so they are not shown in a repr.

    `owner`, `api` and `factory` are for psycopg 3 (`postgresql+psycopg://`), `dagster` is for
    psycopg2 (`postgresql+psycopg2://`), which is what dagster-postgres speaks. A process may hold
    only some of them; reading one that was not given raises InvalidInput, naming its variable.
    """

    def __init__(
        self, *, owner: str = "", api: str = "", factory: str = "", dagster: str = ""
    ) -> None:
        self._known = {
            "owner": with_scheme(owner, PSYCOPG),
            "api": with_scheme(api, PSYCOPG),
            "factory": with_scheme(factory, PSYCOPG),
            "dagster": with_scheme(dagster, PSYCOPG2),
        }

    @property
    def owner(self) -> str:
        """For migrations: owns the tables."""
        return self._require("owner", "POSTHUB_DATABASE_URL")

    @property
    def api(self) -> str:
        """For the API."""
        return self._require("api", "POSTHUB_API_DATABASE_URL")

    @property
    def factory(self) -> str:
        """For assets and sensors."""
        return self._require("factory", "POSTHUB_FACTORY_DATABASE_URL")

    @property
    def dagster(self) -> str:
        """For Dagster's own storage, in the schema `dagster`."""
        return self._require("dagster", "POSTHUB_DAGSTER_DATABASE_URL")

    def known(self) -> dict[str, str]:
        """Give the URLs that are there, by name."""
        return {name: url for name, url in self._known.items() if url}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DatabaseUrls) and self._known == other._known

    def __hash__(self) -> int:
        return hash(tuple(self._known.values()))

    def _require(self, name: str, variable: str) -> str:
        if not self._known[name]:
            raise InvalidInput(
                f"{variable} is not set, and it is needed here. Set it, or set no database URL at "
                "all to use the embedded PostgreSQL.",
                field=variable,
            )
        return self._known[name]


def with_scheme(url: str, scheme: str) -> str:
    """Give the same URL for another driver; empty stays empty."""
    return url and f"{scheme}://{url.partition('://')[2]}"


def with_login(url: str, user: str, password: str) -> str:
    """Give the same server and database for another user."""
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    server = authority.rpartition("@")[2]
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{server}{slash}{path}"


def socket_url(socket_directory: str, port: int, user: str, password: str, database: str) -> str:
    """Give the URL of a server behind a Unix socket; the directory's name may hold any character.

    Form: https://docs.sqlalchemy.org/en/21/dialects/postgresql.html#unix-domain-connections
    """
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    query = f"host={quote(socket_directory, safe='')}&port={port}"
    return f"{PSYCOPG}://{login}@/{quote(database, safe='')}?{query}"
