"""Nothing goes out without a yes over exactly its bytes, whatever happens at the same time.

Several processes edit, approve, make anew, check, schedule, archive, restore and deliver the same
items in random order. A thousand steps belong to every test run, ten thousand to `make accept`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from posthub_assets.domain.content import Action, Kind, Status, content_hash
from posthub_assets.domain.errors import PostHubError
from posthub_assets.domain.people import Actor, Role
from resources.database.engine import Scope, open_database
from resources.database.repositories import decisions
from resources.ids import new_id

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROCESSES = 3
ITEMS = 12
TOPIC = {
    "title": "A title",
    "description": "What it is about.",
    "focus_keyword": "cargo",
    "planned_on": "2026-12-01",
    "event": "",
    "passages": [],
}


async def walk(given: dict[str, object]) -> dict[str, object]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HERE / "interleavings.py"),
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(json.dumps(given).encode())
    assert process.returncode == 0, err.decode()
    found: dict[str, object] = json.loads(out)
    return found


async def prove(seed, database_urls, steps: int) -> None:
    company = await seed.company()
    items = [await seed.item(company, body=TOPIC) for _ in range(ITEMS)]
    people = [
        await seed.person(company.organization_id, "MARKETER", password_hash=None) for _ in range(4)
    ]
    given = {
        "api_url": database_urls.api,
        "factory_url": database_urls.factory,
        "organization_id": str(company.organization_id),
        "company_id": str(company.id),
        "people": [str(person.id) for person in people],
        "items": [str(item.id) for item in items],
        "steps": steps // PROCESSES,
    }
    found = await asyncio.gather(*(walk({**given, "seed": n}) for n in range(PROCESSES)))
    outcomes = sum((Counter(one["outcomes"]) for one in found), Counter())
    delivered = [sent for one in found for sent in one["delivered"]]
    assert sum(outcomes.values()) >= steps * 0.99
    for name in ("approve", "edit", "regenerate", "check", "schedule", "archive", "restore"):
        assert outcomes[f"{name}: done"], f"{name} never worked: {outcomes}"
    assert delivered, outcomes
    await every_delivery_was_approved(seed, company, delivered)


async def every_delivery_was_approved(seed, company, delivered) -> None:
    rows = await seed.rows(
        """
        SELECT i.content_id::text AS content_id, i.sha256, v.body, d.action, d.sha256 AS signed,
            c.status
        FROM posthub.delivery i JOIN posthub.content_version v ON v.id = i.version_id
        JOIN posthub.decision d ON d.id = i.decision_id JOIN posthub.content c
            ON c.id = i.content_id
        WHERE i.organization_id = :id
        """,
        id=company.organization_id,
    )
    assert len(rows) == len(delivered)
    for row in rows:
        assert (row.action, row.signed, row.status) == ("approve", row.sha256, "delivered")
        assert content_hash(row.body) == row.sha256
    sent = {(one["content_id"], content_hash(one["body"])) for one in delivered}
    assert sent == {(row.content_id, row.sha256) for row in rows}


async def test_a_thousand_interleavings_deliver_only_what_was_approved(
    anyio_backend, seed, database_urls
):
    await prove(seed, database_urls, 1_000)


@pytest.mark.accept
async def test_ten_thousand_interleavings_deliver_only_what_was_approved(
    anyio_backend, seed, database_urls
):
    for _ in range(10):
        await prove(seed, database_urls, 1_008)


@pytest.mark.accept
async def test_of_a_hundred_parallel_decisions_one_wins_on_each_of_500_items(
    anyio_backend, seed, database_urls
):
    company = await seed.company()
    person = await seed.person(company.organization_id, password_hash=None)
    actor = Actor(person.id, roles={company.organization_id: Role.SUPERVISOR})
    database = open_database(database_urls.api, pool_size=20)
    scope = Scope.of(company.organization_id, person.id)

    async def attempt(item, number: int) -> str:
        action = (Action.APPROVE, Action.REJECT, Action.REQUEST_CHANGES)[number % 3]
        try:
            async with database.transaction(scope) as connection:
                await decisions.decide(
                    connection,
                    actor=actor,
                    content_id=item.id,
                    action=action,
                    version=1,
                    reason="because",
                )
        except PostHubError as error:
            return error.code
        return "won"

    for _ in range(500):
        item = await seed.item(company)
        outcomes = Counter(await asyncio.gather(*(attempt(item, n) for n in range(100))))
        assert outcomes == {"won": 1, "illegal-transition": 99}
    await database.close()
    (number,) = await seed.rows(
        "SELECT count(*) AS decisions, count(DISTINCT content_id) AS items FROM posthub.decision"
        " WHERE organization_id = :id",
        id=company.organization_id,
    )
    assert (number.decisions, number.items) == (500, 500)


@pytest.mark.parametrize("role", ["factory", "owner"])
async def test_a_delivery_forced_by_raw_sql_is_refused(
    anyio_backend, seed, factory_database, owner_database, role
):
    company = await seed.company()
    item = await seed.item(
        company, kind=Kind.TOPIC, status=Status.APPROVED, month=date(2026, 12, 1)
    )
    database = {"factory": factory_database, "owner": owner_database}[role]
    statement = text(
        "INSERT INTO posthub.delivery (id, organization_id, content_id, version_id, sha256,"
        " decision_id, channel) VALUES (:id, :organization, :content, :version, :sha, :decision,"
        " 'raw')"
    )
    values = {
        "id": new_id(),
        "organization": company.organization_id,
        "content": item.id,
        "version": item.version_id,
        "sha": item.sha256,
        "decision": new_id(),
    }
    with pytest.raises(DBAPIError, match="no approval of version"):
        async with database.transaction(Scope.of(company.organization_id)) as connection:
            await connection.execute(statement, values)
