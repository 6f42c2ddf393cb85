"""`posthub usage`: sums over any span of time, of one organisation or of all."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.fernet import Fernet

from posthub_assets.commands.usage import show_between
from posthub_assets.domain.errors import InvalidInput
from resources.database.urls import DatabaseUrls
from resources.ids import new_id

pytestmark = pytest.mark.anyio
Told = Callable[..., list[list[str]]]


@pytest.fixture
def told(
    database_urls: DatabaseUrls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Told:
    """Gives the words of each line that `posthub usage --by ...` prints."""
    for name in [one for one in os.environ if one.startswith("POSTHUB_")]:
        monkeypatch.delenv(name)
    ring = Fernet.generate_key().decode()
    environment = {
        "HOME": str(tmp_path / "home"),
        "DATABASE_URL": database_urls.owner,
        "API_DATABASE_URL": database_urls.api,
        "FACTORY_DATABASE_URL": database_urls.factory,
        "DAGSTER_DATABASE_URL": database_urls.dagster,
        "SECRET_KEY": "a secret of the tests, longer than it must be",
        "ADMIN_KEYRING": ring,
        "USER_KEYRING": ring,
    }
    for name, value in environment.items():
        monkeypatch.setenv(f"POSTHUB_{name}", value)

    def run(organization: str, *arguments: str) -> list[list[str]]:
        show_between(organization, *arguments)
        return [line.split() for line in capsys.readouterr().out.splitlines()]

    return run


async def bought(seed, company, at: datetime, usd: str, provider: str = "gemini") -> None:
    """Write a call down."""
    await seed.insert(
        "generation",
        id=new_id(),
        organization_id=company.organization_id,
        company_id=company.id,
        kind="BlogPostBrief",
        provider=provider,
        model="a-model",
        request_hash=str(new_id()),
        nonce="",
        status="completed",
        input_tokens=1000,
        output_tokens=500,
        cost_usd=Decimal(usd),
        created_at=at,
    )


async def named(seed, organization_id: UUID) -> str:
    """Read an organisation's name."""
    (row,) = await seed.rows(
        "SELECT name FROM posthub.organization WHERE id = :id", id=organization_id
    )
    return row.name


async def test_one_organisation_is_added_up_without_its_neighbours(told: Told, seed) -> None:
    company, neighbour = await seed.company(), await seed.company()
    noon = datetime(2021, 5, 3, 12, tzinfo=UTC)
    await bought(seed, company, noon, "1.25")
    await bought(seed, company, noon, "2", "openai")
    await bought(seed, neighbour, noon, "40")
    name = await named(seed, company.organization_id)
    lines = await asyncio.to_thread(told, name, "2021-05-03", "2021-05-03", "provider")
    assert lines[1:3] == [
        ["openai", "1", "0", "1,500", "2.00"],
        ["gemini", "1", "0", "1,500", "1.25"],
    ]
    assert lines[3][-2:] == ["3.25", "USD."]


async def test_the_last_day_is_counted_whole_and_days_are_those_of_utc(told: Told, seed) -> None:
    company = await seed.company()
    for moment in ("03T00:00:00", "04T23:59:59", "05T00:00:00"):
        at = datetime.fromisoformat(f"2021-06-{moment}+00:00")
        await bought(seed, company, at, "1")
    name = await named(seed, company.organization_id)
    lines = await asyncio.to_thread(told, name, "2021-06-03", "2021-06-04", "day")
    assert [line[0] for line in lines[1:3]] == ["2021-06-03", "2021-06-04"]
    assert lines[3][-2:] == ["2.00", "USD."]


async def test_a_day_that_is_none_is_refused_by_name(told: Told) -> None:
    with pytest.raises(InvalidInput, match="'tomorrow' is not a date"):
        await asyncio.to_thread(told, "", "tomorrow", None, "day")
