"""What is over is deleted at night; what is not over stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from resources.database.engine import EVERYTHING
from resources.ids import new_id
from resources.upkeep import PostgresUpkeep
from resources.work_queue import PostgresWorkQueue

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)


@pytest.fixture
def upkeep(factory_database):
    return PostgresUpkeep(factory_database, PostgresWorkQueue(factory_database))


async def a_session(seed, user_id, *, expired_days_ago: float, begun_days_ago: float = 30):
    family = new_id()
    begun = NOW - timedelta(days=begun_days_ago)
    await seed.insert("refresh_family", id=family, user_id=user_id, created_at=begun)
    await seed.insert(
        "refresh_token",
        id=new_id(),
        family_id=family,
        token_hash=str(family),
        expires_at=NOW - timedelta(days=expired_days_ago),
    )
    return family


async def families_of(seed, user_id):
    rows = await seed.rows("SELECT id FROM posthub.refresh_family WHERE user_id = :u", u=user_id)
    return {row.id for row in rows}


async def test_expired_keys_go_and_living_ones_stay(seed, upkeep):
    person = await seed.person()
    for key, hours in (("old", -1), ("older", -48), ("young", 1)):
        await seed.insert(
            "idempotency_key",
            user_id=person.id,
            key=key,
            request_hash="x",
            expires_at=NOW + timedelta(hours=hours),
        )
    deleted = await upkeep.prune(at_once=1)
    left = await seed.rows(
        "SELECT key FROM posthub.idempotency_key WHERE user_id = :u", u=person.id
    )
    assert [row.key for row in left] == ["young"]
    assert deleted["idempotency keys"] >= 2


async def test_sessions_that_are_over_go_with_their_tokens(seed, upkeep):
    person = await seed.person()
    await a_session(seed, person.id, expired_days_ago=2)
    just_over = await a_session(seed, person.id, expired_days_ago=0.5)
    living = await a_session(seed, person.id, expired_days_ago=-7)
    await upkeep.prune()
    assert await families_of(seed, person.id) == {just_over, living}


async def test_a_session_that_has_no_token_yet_is_left_alone(seed, upkeep):
    person = await seed.person()
    family = new_id()
    await seed.insert("refresh_family", id=family, user_id=person.id)
    await upkeep.prune()
    assert await families_of(seed, person.id) == {family}


async def test_messages_go_a_month_after_they_were_delivered(seed, upkeep):
    organization = await seed.organization()
    for topic, days in (("long ago", 31), ("last week", 7), ("waiting", None)):
        delivered = NOW - timedelta(days=days) if days else None
        await seed.insert(
            "outbox",
            id=new_id(),
            organization_id=organization,
            topic=topic,
            payload={},
            delivered_at=delivered,
        )
    await upkeep.prune()
    left = await seed.rows(
        "SELECT topic FROM posthub.outbox WHERE organization_id = :o ORDER BY 1", o=organization
    )
    assert [row.topic for row in left] == ["last week", "waiting"]


async def test_a_second_night_finds_nothing(upkeep):
    await upkeep.prune()
    assert set((await upkeep.prune()).values()) == {0}


async def test_the_factory_still_cannot_read_sessions_and_the_api_cannot_prune(
    factory_database, api_database
):
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with factory_database.transaction(EVERYTHING) as connection:
            await connection.execute(text("SELECT * FROM posthub.refresh_token"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with api_database.transaction(EVERYTHING) as connection:
            await connection.execute(text("SELECT * FROM posthub.prune(1)"))


async def a_call(seed, company, *, days_ago: float, status: str = "completed"):
    id_ = new_id()
    await seed.insert(
        "generation",
        id=id_,
        organization_id=company.organization_id,
        company_id=company.id,
        kind="BlogPostBrief",
        provider="gemini",
        request_hash=str(id_),
        nonce="",
        status=status,
        request={"user": "words"},
        response={"text": "more words"},
        input_tokens=7,
        cost_usd="0.5",
        created_at=NOW - timedelta(days=days_ago),
    )
    return id_


async def calls_of(seed, company):
    rows = await seed.rows("SELECT * FROM posthub.generation WHERE company_id = :c", c=company.id)
    return {row.id: row for row in rows}


async def test_prompts_and_answers_go_after_their_retention_and_figures_stay(seed, upkeep):
    company = await seed.company()
    old = await a_call(seed, company, days_ago=91)
    failed = await a_call(seed, company, days_ago=91, status="failed")
    young = await a_call(seed, company, days_ago=89)
    await upkeep.prune()
    rows = await calls_of(seed, company)
    for id_ in (old, failed):
        assert (rows[id_].request, rows[id_].response) == (None, None)
        assert rows[id_].pruned_at is not None
        assert (rows[id_].input_tokens, float(rows[id_].cost_usd)) == (7, 0.5)
    assert rows[young].response == {"text": "more words"}
    assert rows[young].pruned_at is None


async def test_a_call_whose_caller_died_gets_an_end_and_one_in_flight_does_not(seed, upkeep):
    company = await seed.company()
    died = await a_call(seed, company, days_ago=0.1, status="started")
    flying = await a_call(seed, company, days_ago=0.01, status="started")
    waiting = await a_call(seed, company, days_ago=0.5, status="queued")
    await upkeep.prune()
    rows = await calls_of(seed, company)
    assert (rows[died].status, rows[died].error_code) == ("failed", "lost")
    assert rows[flying].status == "started"
    assert rows[waiting].status == "queued"


async def test_the_retention_is_a_setting(seed, factory_database):
    company = await seed.company()
    old = await a_call(seed, company, days_ago=8)
    await PostgresUpkeep(factory_database, PostgresWorkQueue(factory_database), 7).prune()
    assert (await calls_of(seed, company))[old].response is None


async def test_old_links_that_decided_nothing_go_and_others_stay(seed, upkeep):
    company = await seed.company()
    person = await seed.person(company.organization_id)
    item = await seed.item(company)
    links = {}
    for name, days in (("old", 91), ("decided", 91), ("younger", 89)):
        links[name] = new_id()
        await seed.insert(
            "approval_link",
            id=links[name],
            organization_id=company.organization_id,
            company_id=company.id,
            secret_hash=str(links[name]),
            recipient="client@example.com",
            made_by=person.id,
            expires_at=NOW - timedelta(days=days),
        )
        await seed.insert(
            "approval_link_item",
            link_id=links[name],
            content_id=item.id,
            version=1,
            organization_id=company.organization_id,
            position=1,
        )
    await seed.insert(
        "decision",
        id=new_id(),
        organization_id=company.organization_id,
        content_id=item.id,
        version_id=item.version_id,
        version_number=1,
        sha256=item.sha256,
        action="approve",
        link_id=links["decided"],
    )
    assert (await upkeep.prune(at_once=1))["links"] >= 1
    left = await seed.rows(
        "SELECT id FROM posthub.approval_link WHERE company_id = :id", id=company.id
    )
    assert {row.id for row in left} == {links["decided"], links["younger"]}
