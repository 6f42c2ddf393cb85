"""Database URLs: one per role, in the form of its driver."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from posthub_assets.domain.errors import InvalidInput
from resources.database.embedded import resolve_database
from resources.database.urls import DatabaseUrls, socket_url, with_login
from resources.settings import load_settings


def test_the_roles_of_an_external_server_are_made_from_the_owners_url(tmp_path: Path) -> None:
    given = "postgres://boss:p%40ss@db.example:6432/hub?sslmode=require"
    settings = load_settings({"POSTHUB_HOME": str(tmp_path), "POSTHUB_DATABASE_URL": given})

    urls = resolve_database(settings)

    api = make_url(urls.api)
    assert (api.username, api.host, api.port, api.database) == (
        "posthub_api",
        "db.example",
        6432,
        "hub",
    )
    assert api.query == {"sslmode": "require"}
    assert make_url(urls.owner).password == "p@ss"
    assert urls.dagster.startswith("postgresql+psycopg2://posthub_dagster:")
    assert resolve_database(settings) == urls


def test_a_process_with_one_url_knows_no_other_and_starts_nothing(tmp_path: Path) -> None:
    settings = load_settings(
        {"POSTHUB_HOME": str(tmp_path), "POSTHUB_API_DATABASE_URL": "postgresql://a:b@h/d"}
    )

    urls = resolve_database(settings)

    assert urls.api == "postgresql+psycopg://a:b@h/d"
    assert urls.known() == {"api": urls.api}
    with pytest.raises(InvalidInput, match="POSTHUB_DATABASE_URL is not set"):
        _ = urls.owner
    assert list(tmp_path.iterdir()) == []


def test_urls_are_not_shown_when_printed() -> None:
    assert "hush" not in repr(DatabaseUrls(owner="postgresql://o:hush@h/d"))


def test_a_socket_in_a_path_with_a_space_is_read_back_by_sqlalchemy() -> None:
    url = make_url(socket_url("/srv/post hub/run", 5432, "posthub_api", "p:w", "posthub"))
    assert url.query == {"host": "/srv/post hub/run", "port": "5432"}
    assert (url.password, url.database) == ("p:w", "posthub")


def test_a_login_replaces_the_one_that_was_there() -> None:
    assert with_login("postgresql:///d?host=/x", "u", "p w") == "postgresql://u:p%20w@/d?host=/x"
