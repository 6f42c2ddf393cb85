"""Keys, providers, limits and usage by command; the vendors are a stand-in on this machine."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner, Result

from posthub_assets.cli import app
from resources.database.urls import DatabaseUrls
from resources.ids import new_id
from resources.providers.loopback import Fault, LoopbackServer

KEY = "a-planted-key-that-nobody-sees-0123"
Posthub = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    """The vendors."""
    with LoopbackServer() as running:
        yield running


@pytest.fixture
def clean(database_urls: DatabaseUrls) -> None:
    """No platform's keys and settings of other tests."""
    engine = create_engine(database_urls.owner, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL posthub.organization_ids = '*'"))
        for table in ("provider_key", "provider_setting"):
            connection.execute(
                text(f"DELETE FROM posthub.{table} WHERE organization_id IS NULL")  # noqa: S608
            )
    engine.dispose()


@pytest.fixture
def posthub(
    database_urls: DatabaseUrls,
    server: LoopbackServer,
    clean: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Posthub:
    """Runs the command; the vendors are the stand-in, and no key is in the environment."""
    for name in [one for one in os.environ if one.startswith("POSTHUB_")]:
        monkeypatch.delenv(name)
    ring = Fernet.generate_key().decode()
    environment = {
        "POSTHUB_HOME": str(tmp_path / "home"),
        "POSTHUB_DATABASE_URL": database_urls.owner,
        "POSTHUB_API_DATABASE_URL": database_urls.api,
        "POSTHUB_FACTORY_DATABASE_URL": database_urls.factory,
        "POSTHUB_DAGSTER_DATABASE_URL": database_urls.dagster,
        "POSTHUB_SECRET_KEY": "a secret of the tests, longer than it must be",
        "POSTHUB_ADMIN_KEYRING": ring,
        "POSTHUB_USER_KEYRING": ring,
        **{f"{one.upper()}_API_KEY": "" for one in ("gemini", "openai", "perplexity")},
        **{
            f"{one.upper()}_BASE_URL": server.base_url(one)
            for one in ("gemini", "openai", "perplexity")
        },
    }

    def run(*arguments: str, piped: str = "") -> Result:
        return CliRunner().invoke(app, arguments, env=environment, input=piped)

    return run


def test_without_a_key_nothing_leaves_the_machine_and_it_says_so(posthub: Posthub) -> None:
    run = posthub("providers", "list")
    assert run.exit_code == 0, run.output
    assert "local (needs no key)" in run.stdout
    assert "nothing leaves this machine" in run.stdout


def test_a_key_is_tried_kept_listed_used_and_never_shown(posthub: Posthub) -> None:
    soon = (datetime.now(UTC) + timedelta(days=3)).date()
    run = posthub("keys", "add", "gemini", "--expires", str(soon), piped=f"{KEY}\n")
    assert run.exit_code == 0, run.output
    assert "a test call went well" in run.stdout
    told = [run.output, posthub("keys", "list").output, posthub("providers", "list").output]
    assert "…0123" in told[1]
    assert f"ends on {soon}" in told[1]
    assert "gemini (gemini-3.8-flash)" in told[2]
    told.append(posthub("providers", "test", "gemini").output)
    assert "answers; the platform's key" in told[3]
    told.append(posthub("keys", "rotate").output)
    told.append(posthub("keys", "remove", "gemini").output)
    assert all(KEY not in one for one in told)
    assert posthub("keys", "remove", "gemini").exit_code == 1


def test_a_key_that_the_vendor_refuses_is_not_kept(
    posthub: Posthub, server: LoopbackServer
) -> None:
    server.plan("openai", Fault.KEY_REVOKED)
    run = posthub("keys", "add", "openai", piped=f"{KEY}\n")
    assert run.exit_code == 1
    assert KEY not in run.output
    listed = posthub("keys", "list").stdout.splitlines()
    assert not [one for one in listed if "openai" in one and "latform" in one]
    run = posthub("keys", "add", "openai", "--untested", piped=f"{KEY}\n")
    assert run.exit_code == 0
    server.plan("openai", Fault.KEY_REVOKED)
    run = posthub("providers", "test", "openai")
    assert run.exit_code == 1
    assert "FAILED" in posthub("providers", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("keys", "add", "nobody"), "takes no key here"),
        (("keys", "add", "gemini", "--expires", "soon"), "is not a date"),
        (("keys", "add", "gemini", "--organization", "Nobody's"), "no organisation"),
        (("providers", "set", "nobody"), "There is no provider"),
        (("providers", "set", "perplexity", "--default", "text"), "does not make text"),
        (("providers", "set", "gemini", "--model", "gpt-1"), "has no model gpt-1"),
        (("providers", "set", "gemini", "--monthly-budget", "much"), "is not an amount"),
        (("limits", "set", "nobody", "--usd", "5"), "There is no company"),
        (("limits", "set", "--usd", "5"), "Name a company"),
        (("limits", "set", "x", "--period", "week", "--usd", "5"), "day or month"),
        (("limits", "set", "x"), "Give --requests"),
        (("usage", "nobody", "2026-12"), "There is no company"),
        (("usage", "--by", "colour"), "--by is one of"),
    ],
)
def test_what_cannot_be_is_one_sentence_that_names_it(
    posthub: Posthub, arguments: tuple[str, ...], told: str
) -> None:
    run = posthub(*arguments, piped=f"{KEY}\n")
    assert run.exit_code == 1, run.output
    assert told in run.stderr
    assert KEY not in run.output


def test_one_default_a_kind_and_the_others_behind_it(posthub: Posthub) -> None:
    for provider in ("gemini", "openai"):
        posthub("keys", "add", provider, "--untested", piped=f"{KEY}\n")
    posthub("providers", "set", "gemini", "--default", "text", "--default", "image")
    posthub("providers", "set", "openai", "--default", "text", "--monthly-budget", "200")
    shown = posthub("providers", "list").stdout
    assert "openai (gpt-6-luna), then gemini (gemini-3.8-flash)" in shown
    assert "gemini (gemini-nano-banana-2.1), then openai" in shown
    assert "200 USD a month" in shown
    posthub("providers", "set", "openai", "--off")
    assert "then" not in posthub("providers", "list").stdout


@pytest.mark.anyio
async def test_a_limit_is_written_listed_and_taken_away(posthub: Posthub, seed) -> None:
    key = (await seed.company()).partition_key

    def limits(*arguments: str) -> Awaitable[Result]:
        return asyncio.to_thread(posthub, "limits", *arguments)

    run = await limits("set", key, "--usd", "12.5", "--tokens", "1000")
    assert run.exit_code == 0, run.output
    assert "12.50" in (await limits("list")).stdout
    assert (await limits("set", key, "--remove")).exit_code == 0
    assert (await limits("set", key, "--remove")).exit_code == 1


@pytest.mark.anyio
async def test_usage_is_shown_beside_its_forecast_and_written_to_files(
    posthub: Posthub, seed, tmp_path: Path
) -> None:
    company = await seed.company()
    await seed.insert(
        "generation",
        id=new_id(),
        organization_id=company.organization_id,
        company_id=company.id,
        kind="BlogPostBrief",
        provider="gemini",
        model="gemini-3.8-flash",
        request_hash=str(new_id()),
        nonce="",
        status="completed",
        month=datetime(2026, 12, 1, tzinfo=UTC).date(),
        input_tokens=1000,
        output_tokens=500,
        cost_usd=Decimal("0.500000001"),
    )
    data, table = tmp_path / "usage.json", tmp_path / "usage.csv"
    files = ("--json", str(data), "--csv", str(table))
    run = await asyncio.to_thread(posthub, "usage", company.partition_key, "2026-12", *files)
    assert run.exit_code == 0, run.output
    assert "1 requests, 1,500 tokens, 0.50 USD" in run.stdout
    assert "blog_posts" in run.stdout
    assert "Beside the forecast" in run.stdout
    assert json.loads(data.read_text())[0]["cost_usd"] == "0.500000001"
    assert b"0.500000001" in table.read_bytes()
