"""With 100,000 items in an organisation, a list and the inbox read as much as with 1,000.

The items are made by SQL, in a transaction that is taken back, and asked for as the API's role.
What the repositories say is explained as they say it: the plan, and the blocks that were touched.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.searching.lexemes import mark_of, query_of
from posthub_assets.domain.searching.questions import read_question
from resources.database.engine import Scope, open_database, set_scope
from resources.database.hot import forget_plans
from resources.database.repositories import contents, inbox, search
from resources.database.repositories.contents import ContentFilter
from resources.database.repositories.inbox import InboxFilter
from resources.ids import new_id

pytestmark = pytest.mark.anyio

FEW, MANY = 1_000, 100_000
GROWN_TABLES = ("content", "content_version", "search_entry")

_ORGANIZATION = """
    INSERT INTO posthub.organization (id, name) VALUES (:organization, 'Many items')
"""
_COMPANY = """
    INSERT INTO posthub.company (id, organization_id, slug, partition_key, name, language, timezone,
        country, tier, platforms)
    VALUES (:company, :organization, :company, :company, 'Company', 'en', 'Europe/Prague', 'CZ',
        'PRO', '[]')
"""
# Every fifth waits for a person. All speak of winter, one in a hundred of frost.
_ITEMS = """
    INSERT INTO posthub.content (id, organization_id, company_id, month, kind, language, place,
        status, current_version, title, review_since)
    SELECT CAST(lpad(to_hex(1000000000 + n), 8, '0') || right(CAST(:company AS text), 28) AS uuid),
        :organization, :company,
        date '2026-01-01' + (n % 12) * interval '1 month', 'topic', 'en', n::text,
        CASE WHEN n % 5 = 0 THEN 'in_review' ELSE 'approved' END, 1, 'Winter ' || n,
        CASE WHEN n % 5 = 0 THEN now() - n * interval '1 second' END
    FROM generate_series(1, :items) n
"""
_VERSIONS = """
    INSERT INTO posthub.content_version (id, organization_id, content_id, number, body, sha256,
        word_count)
    SELECT id, organization_id, id, 1, '{"title": "Winter"}', repeat('a', 64), 2
    FROM posthub.content WHERE organization_id = :organization
"""
_ENTRIES = """
    INSERT INTO posthub.search_entry (organization_id, content_id, version_id, company_id, kind,
        language, month, title_words, words)
    SELECT organization_id, id, id, company_id, kind, language, month,
        array_to_tsvector(ARRAY[:mark || 'winter']),
        array_to_tsvector(ARRAY[:mark || 'winter', :mark || 'note' || place,
            CASE WHEN place LIKE '%00' THEN :mark || 'frost' ELSE :mark || 'other' END])
    FROM posthub.content WHERE organization_id = :organization
"""


@dataclass
class Grown:
    """Two organisations, one of few items and one of many, seen by the API's role."""

    connection: AsyncConnection
    few: UUID
    company_of_few: UUID
    many: UUID
    company_of_many: UUID

    def both(self) -> list[tuple[UUID, UUID]]:
        """Give each organisation with its company."""
        return [(self.few, self.company_of_few), (self.many, self.company_of_many)]

    async def seen_by(self, *organizations: UUID) -> None:
        """Read as somebody of these organisations."""
        await set_scope(self.connection, Scope(readable=organizations, writable=None))

    async def explained(self, ask: Callable[[], Awaitable[Any]]) -> Plan:
        """Ask, and explain what was said to the database: the last statement."""
        said: list[tuple[str, Any]] = []
        sync = self.connection.sync_connection

        @event.listens_for(sync, "before_cursor_execute")
        def _keep(_: Any, __: Any, statement: str, parameters: Any, *rest: Any) -> None:
            said.append((statement, parameters))

        found = await ask()
        event.remove(sync, "before_cursor_execute", _keep)
        statement, parameters = said[-1]
        rows = await self.connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters
        )
        plan = rows.scalar_one()
        return Plan(found, (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])


@dataclass
class Plan:
    """What was found, and how."""

    found: Any
    root: dict[str, Any]

    @property
    def blocks(self) -> int:
        """How many blocks were touched, in memory or not."""
        return int(self.root["Shared Hit Blocks"] + self.root["Shared Read Blocks"])

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Give the nodes of the plan."""
        stack = [self.root]
        while stack:
            node = stack.pop()
            yield node
            stack += node.get("Plans", [])

    @property
    def indexes(self) -> set[str]:
        """The names of the indexes that are read, of the tables that have many rows."""
        named = {node["Index Name"] for node in self.nodes() if "Index Name" in node}
        return {name for name in named if "content" in name or "search_entry" in name}

    @property
    def read_through(self) -> set[str]:
        """The names of the tables of many rows that are read from end to end."""
        scans = [node for node in self.nodes() if node["Node Type"] == "Seq Scan"]
        return {node["Relation Name"] for node in scans} & set(GROWN_TABLES)


async def _grow(connection: AsyncConnection, items: int) -> tuple[UUID, UUID]:
    """Make an organisation with one company and so many items; give both ids."""
    values: dict[str, Any] = {"organization": new_id(), "company": new_id(), "items": items}
    values["mark"] = mark_of(values["organization"])
    for statement in (_ORGANIZATION, _COMPANY, _ITEMS, _VERSIONS, _ENTRIES):
        await connection.execute(text(statement), values)
    return values["organization"], values["company"]


@pytest.fixture(scope="module")
async def grown(anyio_backend, database_urls) -> AsyncIterator[Grown]:
    database = open_database(database_urls.owner, pool_size=1)
    async with database.engine.connect() as connection:
        few = await _grow(connection, FEW)
        many = await _grow(connection, MANY)
        for table in GROWN_TABLES:
            await connection.execute(text(f"ANALYZE posthub.{table}"))
        yield Grown(connection, *few, *many)
        await connection.rollback()
    await database.close()


@pytest.fixture
async def as_api(grown: Grown) -> AsyncIterator[Grown]:
    """The same, bound by the policies."""
    await grown.connection.execute(text("SET LOCAL ROLE posthub_api"))
    yield grown
    await grown.connection.execute(text("RESET ROLE"))


def alike(few: Plan, many: Plan) -> None:
    """Assert that as much was read; the index of the many is a level or two deeper."""
    assert many.blocks <= few.blocks * 1.2 + 6, (few.blocks, many.blocks)
    assert not many.read_through
    assert many.indexes == few.indexes


@pytest.mark.parametrize(
    ("narrower", "index"),
    [
        ({}, "ix_content_listed"),
        ({"status": Status.DELIVERED}, "ix_content_by_status"),
        ({"status": Status.APPROVED}, "ix_content_by_status"),
        ({"kind": Kind.PERSONA}, "ix_content_by_kind"),
        ({"month": date(2027, 1, 1), "company_id": True}, "ix_content_company_month"),
    ],
    ids=str,
)
async def test_a_page_of_a_list_reads_what_it_shows(as_api, narrower, index):
    plans = []
    for organization, company in as_api.both():
        await as_api.seen_by(organization)
        given = {**narrower, **({"company_id": company} if "company_id" in narrower else {})}
        wanted = ContentFilter((organization,), **given)

        async def ask(wanted=wanted):
            return await contents.page(as_api.connection, wanted, after=None, limit=51)

        plans.append(await as_api.explained(ask))
    alike(*plans)
    assert plans[1].indexes == {index}
    assert len(plans[0].found) == len(plans[1].found)


async def test_a_page_far_down_a_list_costs_what_the_first_does(as_api):
    await as_api.seen_by(as_api.many)
    wanted = ContentFilter((as_api.many,))
    rows = await as_api.connection.execute(
        text(
            "SELECT id FROM posthub.content WHERE organization_id = :id ORDER BY id OFFSET 90000"
            " LIMIT 1"
        ),
        {"id": as_api.many},
    )
    far = rows.scalar_one()

    async def first():
        return await contents.page(as_api.connection, wanted, after=None, limit=51)

    async def later():
        return await contents.page(as_api.connection, wanted, after=far, limit=51)

    assert (await as_api.explained(later)).blocks <= (await as_api.explained(first)).blocks + 6


async def test_a_page_of_the_inbox_reads_what_it_shows(as_api):
    plans = []
    for organization, _ in as_api.both():
        await as_api.seen_by(organization)
        wanted = InboxFilter((organization,))

        async def ask(wanted=wanted):
            return await inbox.page(as_api.connection, wanted, limit=51)

        plans.append(await as_api.explained(ask))
    alike(*plans)
    assert "ix_content_inbox" in plans[1].indexes
    assert [len(plan.found) for plan in plans] == [51, 51]


@pytest.mark.parametrize(
    ("q", "of_few", "of_many"), [("note777", 1, 1), ("frost -note100", 9, 999)]
)
async def test_a_search_reads_what_it_finds(as_api, q, of_few, of_many):
    question = read_question(q)
    plans = []
    for organization, _ in as_api.both():
        await as_api.seen_by(organization)
        wanted = ContentFilter((organization,))

        async def ask(wanted=wanted):
            return await search.find(as_api.connection, question, wanted, limit=51)

        plans.append(await as_api.explained(ask))
    assert [plan.found[0].total for plan in plans] == [of_few, of_many]
    assert plans[1].blocks <= 200 + 2 * of_many
    assert not plans[1].read_through


async def test_what_all_items_say_is_found_too_and_counted(as_api):
    await as_api.seen_by(as_api.many)
    found = await search.find(
        as_api.connection, read_question("winter"), ContentFilter((as_api.many,)), limit=51
    )
    assert [(len(found), found[0].total)] == [(51, MANY)]


async def test_among_many_a_neighbours_items_are_not_found(as_api):
    await as_api.seen_by(as_api.few)
    both = ContentFilter((as_api.few, as_api.many))
    found = await search.find(as_api.connection, read_question("frost"), both, limit=51)
    assert {row.item.organization_id for row in found} == {as_api.few}
    assert found[0].total == 10


async def test_the_index_of_words_is_used_also_where_the_owner_is_bound_by_policies(grown):
    """The embedded server's owner is bound by none; elsewhere only a policy leaves the index."""
    source = await _source_of_search(grown.connection)
    await grown.connection.execute(text("SAVEPOINT before_another_owner"))
    role = f"owner_{new_id().hex}"
    for statement in (
        f"CREATE ROLE {role}",
        f"GRANT USAGE, CREATE ON SCHEMA posthub TO {role}",
        f"GRANT SELECT ON posthub.content, posthub.company TO {role}",
        f"ALTER TABLE posthub.search_entry OWNER TO {role}",
        f"ALTER POLICY searched_by_owner ON posthub.search_entry TO {role}",
        f"SET LOCAL ROLE {role}",
    ):
        await grown.connection.execute(text(statement))
    forget_plans(grown.connection.sync_connection)  # the driver did, after ALTER
    await grown.seen_by(grown.many)
    words = query_of(read_question("note777"), [grown.many])
    values = {"given_organizations": [grown.many], "given_words": words, "given_any": words}
    rows = await grown.connection.execute(
        text(f"EXPLAIN {source}"), {**dict.fromkeys(_TYPES), **values, "most": 51}
    )
    plan = "\n".join(rows.scalars())
    await grown.connection.execute(text("ROLLBACK TO SAVEPOINT before_another_owner"))
    forget_plans(grown.connection.sync_connection)
    assert "Bitmap Index Scan on ix_search_entry_words" in plan, plan
    assert "Seq Scan on search_entry" not in plan, plan


_TYPES = {
    "given_organizations": "uuid[]",
    "given_words": "tsquery",
    "given_any": "tsquery",
    "given_company": "uuid",
    "given_month": "date",
    "given_kind": "text",
    "given_status": "text",
    "given_language": "text",
    "after_place": "integer",
    "after_id": "uuid",
    "most": "integer",
}


async def _source_of_search(connection: AsyncConnection) -> str:
    """Give the statement inside the function, its arguments as parameters."""
    rows = await connection.execute(
        text("SELECT prosrc FROM pg_proc WHERE proname = 'search_contents'")
    )
    statement = rows.scalar_one().partition("RETURN QUERY")[2].rpartition("END")[0].strip("; \n")
    return re.sub(
        rf"\b({'|'.join(_TYPES)})\b", lambda m: f"CAST(:{m[1]} AS {_TYPES[m[1]]})", statement
    )
