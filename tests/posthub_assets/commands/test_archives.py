"""`posthub company export` and `restore` as a person meets them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner, Result

from posthub_assets.cli import app
from posthub_assets.commands.accounts import ADMIN_EMAIL


@pytest.fixture
def no_administrator(database_urls) -> Iterator[None]:
    """The commands make the first administrator, whose password is in the home of this test."""
    engine = create_engine(database_urls.owner, poolclass=NullPool)

    def set_aside() -> None:
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE posthub.app_user SET email = id || '@example.com' WHERE email = :it"),
                {"it": ADMIN_EMAIL},
            )

    with engine.begin() as connection:
        known = connection.execute(
            text("SELECT id FROM posthub.app_user WHERE email = :it"), {"it": ADMIN_EMAIL}
        ).scalar()
    if known is None:
        yield
        set_aside()
    else:
        yield
    engine.dispose()


@pytest.fixture
def posthub(no_administrator: None, database_urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs the command on the test database, with a home of its own."""
    key = Fernet.generate_key().decode()
    env = {
        "POSTHUB_HOME": str(tmp_path / "home"),
        "POSTHUB_DATABASE_URL": database_urls.owner,
        "POSTHUB_API_DATABASE_URL": database_urls.api,
        "POSTHUB_FACTORY_DATABASE_URL": database_urls.factory,
        "POSTHUB_DAGSTER_DATABASE_URL": database_urls.dagster,
        "POSTHUB_SECRET_KEY": "a secret of the tests, longer than it must be",
        "POSTHUB_ADMIN_KEYRING": key,
        "POSTHUB_USER_KEYRING": key,
    }
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("POSTHUB_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments, env=env)

    return run


@pytest.mark.anyio
async def test_a_company_goes_out_and_comes_in_under_a_key_of_its_own(posthub, seed, tmp_path):
    import asyncio

    company = await seed.company(name="The bakery", organization_name="Bakers")
    await seed.item(company)
    target = tmp_path / "bakery.zip"
    out = await asyncio.to_thread(posthub, "company", "export", company.partition_key, str(target))
    assert out.exit_code == 0, out.output
    assert f"posthub company restore {target}" in out.output.replace("\n", "")
    again = await asyncio.to_thread(
        posthub, "company", "export", company.partition_key, str(target)
    )
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    home = f"Bakers {company.id}"
    come = await asyncio.to_thread(
        posthub, "company", "restore", str(target), "--organization", home
    )
    assert come.exit_code == 0, come.output
    assert "1 item in 1 version, 0 decisions" in come.output
    (made,) = await seed.rows(
        "SELECT c.slug, c.partition_key FROM posthub.company c JOIN posthub.organization o"
        " ON o.id = c.organization_id WHERE o.name = :name",
        name=home,
    )
    assert made.slug == company.slug and made.partition_key != company.partition_key
    assert list(tmp_path.glob(".*.part")) == []


def test_what_is_no_export_is_refused_in_a_sentence(posthub, tmp_path):
    path = tmp_path / "letter.zip"
    path.write_text("Dear all")
    run = posthub("company", "restore", str(path))
    assert run.exit_code == 1
    assert "letter.zip is no ZIP, or a broken one" in run.output
    assert not (tmp_path / "home").exists(), "a bad archive starts no database"
    unknown = posthub("company", "export", "nobody", str(tmp_path / "x.zip"))
    assert (unknown.exit_code, "There is no company nobody" in unknown.output) == (1, True)
