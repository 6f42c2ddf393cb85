"""A month through prompts, adapters and money, with every vendor a stand-in on this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from posthub_assets.domain.usage import totals
from resources.database.repositories.usage import usage_of
from resources.pricing import price
from resources.providers.canned_models import answer_as_canned
from resources.providers.loopback import LoopbackServer

pytestmark = pytest.mark.anyio

DECEMBER = date(2026, 12, 1)
KEYS = {
    "GEMINI": "AIza0planted0key0for0the0tests0000000000",
    "OPENAI": "sk-planted0key0for0the0tests",
    "PERPLEXITY": "pplx-planted0key0for0the0tests",
}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """All vendors."""
    with LoopbackServer(answer=answer_as_canned) as running:
        yield running


def environment(server: LoopbackServer, **more: str) -> dict[str, str]:
    """Point every adapter at the stand-in, and raise the limits that a month would meet."""
    pointed = {f"{name}_API_KEY": key for name, key in KEYS.items()}
    pointed |= {f"{name}_BASE_URL": server.base_url(name.lower()) for name in KEYS}
    raised = {f"POSTHUB_{name}_RATE_PER_MINUTE": "0" for name in (*KEYS, "IMAGES")}
    limits = {
        "DEFAULT_MONTHLY_REQUEST_LIMIT": "100000",
        "DEFAULT_MONTHLY_TOKEN_LIMIT": "900000000",
        "DEFAULT_MONTHLY_COST_LIMIT": "100000",
    }
    return {**pointed, **raised, **limits, "POSTHUB_FETCH_WEBSITES": "off", **more}


async def ledger(company) -> list:
    """Read the journal of a company."""
    return await company.rows("SELECT * FROM posthub.generation WHERE company_id = :c")


def bill(server: LoopbackServer) -> Decimal:
    """Add up what the vendors' own logs come to."""
    now = datetime.now(UTC)
    return sum(
        (
            price(one.provider, one.model, one.usage, at=now, batch=one.is_batch).cost_usd
            for one in server.calls()
        ),
        start=Decimal(0),
    )


async def holds(company, server: LoopbackServer, *, topics: int, social: int, images: int) -> None:
    """Assert the counts, that every call is priced, and that the books agree with the vendors."""
    assert await company.failures() == []
    for kind, count in (("topic", topics), ("blog_post", topics), ("social_post", social)):
        found = await company.items(kind, DECEMBER)
        assert len(found) == count, kind
        assert {one.status for one in found} <= {"approved", "scheduled"}, kind
    assert len(await company.items("image", DECEMBER)) == images
    rows = await ledger(company)
    assert {row.provider for row in rows} <= {"gemini", "openai", "perplexity"}
    assert {row.status for row in rows} == {"completed"}
    assert all(row.cost_usd > 0 and row.price_source for row in rows)
    booked = sum((row.cost_usd for row in rows), start=Decimal(0))
    assert booked == bill(server)
    assert len(rows) == len(server.calls())
    spent = await company.rows(
        "SELECT spent_usd, reserved_usd FROM posthub.budget WHERE company_id = :c"
        " AND period = 'month'"
    )
    assert (spent[0].spent_usd, spent[0].reserved_usd) == (booked, 0)


async def runs_again_for_nothing(company, server: LoopbackServer) -> None:
    """Assert that a second run of the month makes no call."""
    before = len(server.calls())
    await company.month(DECEMBER)
    assert len(server.calls()) == before


async def test_the_sample_companys_month_goes_through_every_vendor(company_of, server):
    company = await company_of(ROOT / "samples" / "kolna", **environment(server))
    await company.month(DECEMBER)
    quota = len(await company.items("topic", DECEMBER))
    platforms = len(await company.items("social_post", DECEMBER)) // quota
    images = len(await company.items("image", DECEMBER))
    assert quota in (12, 24)
    await holds(company, server, topics=quota, social=quota * platforms, images=images)
    kinds = {row.kind for row in await ledger(company)}
    assert {"ResearchBrief", "DnaBrief", "PersonasBrief", "TopicsBrief", "BlogPostBrief"} <= kinds
    await runs_again_for_nothing(company, server)


@pytest.mark.accept
@pytest.mark.shared_data
async def test_18fs_december_through_every_vendor(company_of, server, shared_data):
    company = await company_of(shared_data / "companies" / "18f", **environment(server))
    await company.month(DECEMBER)
    await holds(company, server, topics=24, social=72, images=144)
    await runs_again_for_nothing(company, server)
    documents = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (shared_data / "companies" / "18f" / "documents").rglob("*.md")
    )
    addresses = set(re.findall(r"[\w.+-]+@[\w-]+\.[\w.]*\w", documents))
    sent = [json.dumps(call.body, ensure_ascii=False) for call in server.calls()]
    assert len(addresses) > 5
    assert [one for one in addresses if any(one in body for body in sent)] == []
    everything = await company.rows(
        "SELECT sum(cost_usd) AS usd FROM posthub.generation WHERE company_id = :c"
    )
    assert everything[0].usd == bill(server)
    async with company.api.transaction(company.scope) as connection:
        december = await usage_of(connection, company.organization_id, company.company_id, DECEMBER)
    dated = [row for row in await ledger(company) if row.month == DECEMBER]
    assert totals(december).cost_usd == sum(row.cost_usd for row in dated)
