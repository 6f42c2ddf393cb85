"""The four connections: the owner's for migrations, and one for each login role.

What does not belong here: starting a server (`embedded.py`), engines and pools (`engine.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
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


class Url:
    """A field that holds a URL in its driver's form, and says what to set when it is empty."""

    def __init__(self, variable: str, scheme: str) -> None:
        self.variable = variable
        self.scheme = scheme

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"_{name}"

    def __get__(self, instance: object | None, owner: type | None = None) -> str:
        """Give the URL. Raises InvalidInput, naming the variable, when nobody gave one."""
        if instance is None:
            return ""  # the dataclass asks the class for the field's default
        url: str = vars(instance)[self.name]
        if not url:
            raise InvalidInput(
                f"{self.variable} is not set, and it is needed here. Set it, or set no database "
                "URL at all to use the embedded PostgreSQL.",
                field=self.variable,
            )
        return url

    def __set__(self, instance: object, value: str) -> None:
        vars(instance)[self.name] = with_scheme(value, self.scheme) if value else ""


@dataclass(frozen=True)
class DatabaseUrls:
    """SQLAlchemy URLs. They hold passwords, so they are not shown in a repr.

    `owner`, `api` and `factory` are for psycopg 3 (`postgresql+psycopg://`), `dagster` is for
    psycopg2 (`postgresql+psycopg2://`), which is what dagster-postgres speaks. A process may hold
    only some of them; reading one that was not given raises InvalidInput.
    """

    owner: Url = field(default=Url("POSTHUB_DATABASE_URL", PSYCOPG), repr=False)
    api: Url = field(default=Url("POSTHUB_API_DATABASE_URL", PSYCOPG), repr=False)
    factory: Url = field(default=Url("POSTHUB_FACTORY_DATABASE_URL", PSYCOPG), repr=False)
    dagster: Url = field(default=Url("POSTHUB_DAGSTER_DATABASE_URL", PSYCOPG2), repr=False)

    def known(self) -> dict[str, str]:
        """Give the URLs that are there, by field."""
        names = ("owner", "api", "factory", "dagster")
        held: dict[str, Any] = vars(self)
        return {name: held[f"_{name}"] for name in names if held[f"_{name}"]}


def with_scheme(url: str, scheme: str) -> str:
    """Give the same URL for another driver."""
    return f"{scheme}://{url.partition('://')[2]}"


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
