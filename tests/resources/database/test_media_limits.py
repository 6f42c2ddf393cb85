"""The media assistant's limits by the hour: exact under a crowd, and across organisations."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from posthub_assets.domain.errors import InvalidInput, RateLimited
from posthub_assets.domain.media.library import MediaOrder, Mode, RequestKind
from resources.database.engine import Database, Scope
from resources.database.repositories import media_limits, media_requests
from resources.ids import new_id

pytestmark = pytest.mark.anyio

MONTH = date(2026, 12, 1)


async def ask(
    database: Database,
    company: Any,
    person: UUID,
    kind: RequestKind = RequestKind.AUTO_FORMAT,
    *,
    per_hour: int = 10,
    count: int = 1,
    mode: Mode = Mode.QUEUED,
) -> None:
    """Ask as the API does, in one transaction."""
    organization_id = company.organization_id
    async with database.transaction(Scope.of(organization_id, person)) as connection:
        source = await media_limits.key_source(connection, organization_id)
        await media_limits.take(connection, person, kind, count, per_hour=per_hour, source=source)
        for _ in range(count):
            order = MediaOrder(
                id=new_id(),
                organization_id=organization_id,
                company_id=company.id,
                month=MONTH,
                kind=kind,
                mode=mode,
                key_source=source,
                requested_by=person,
            )
            await media_requests.ask(connection, order)


async def crowd(database: Database, company: Any, person: UUID, number: int, **how: Any) -> int:
    """Let many ask at once; give how many were taken."""
    asked = (ask(database, company, person, **how) for _ in range(number))
    results = await asyncio.gather(*asked, return_exceptions=True)
    others = [one for one in results if one and not isinstance(one, RateLimited)]
    assert not others, others
    return results.count(None)


async def moved_back(seed: Any, person: UUID, minutes: int) -> None:
    """Let time pass since a person's requests."""
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.media_request SET created_at = created_at"
                " - make_interval(mins => :minutes) WHERE requested_by = :person"
            ),
            {"minutes": minutes, "person": person},
        )


async def test_of_a_hundred_at_once_exactly_ten_are_taken(api_database, seed):
    company = await seed.company()
    person = await seed.person(company.organization_id, password_hash=None)
    assert await crowd(api_database, company, person.id, 100) == 10
    rows = await seed.rows(
        "SELECT count(*) AS jobs FROM posthub.job WHERE company_id = :id", id=company.id
    )
    assert rows[0].jobs == 10, "each that was taken has its job"


async def test_a_limit_holds_for_a_person_in_all_their_organisations_and_for_nobody_else(
    api_database, seed
):
    here, there = await seed.company(), await seed.company()
    person = await seed.person(here.organization_id, password_hash=None)
    other = await seed.person(here.organization_id, password_hash=None)
    await ask(api_database, here, person.id, count=2, per_hour=3)
    await ask(api_database, there, person.id, per_hour=3)
    with pytest.raises(RateLimited, match=r"3 pictures to be formatted per person and hour"):
        await ask(api_database, there, person.id, per_hour=3)
    await ask(api_database, here, person.id, RequestKind.PALETTE, per_hour=3)
    await ask(api_database, here, other.id, per_hour=3)


async def test_whoever_is_refused_is_told_when_there_is_room_and_then_there_is(api_database, seed):
    company = await seed.company()
    person = await seed.person(company.organization_id, password_hash=None)
    await ask(api_database, company, person.id, per_hour=3)
    await moved_back(seed, person.id, 20)
    await ask(api_database, company, person.id, count=2, per_hour=3)
    with pytest.raises(RateLimited, match=r"next one is free in 40 minutes") as refused:
        await ask(api_database, company, person.id, per_hour=3)
    assert 2390 <= refused.value.retry_after_s <= 2400
    with pytest.raises(RateLimited, match=r"2 more are free in 60 minutes"):
        await ask(api_database, company, person.id, count=2, per_hour=3)
    await moved_back(seed, person.id, 41)
    await ask(api_database, company, person.id, per_hour=3)


async def test_more_at_once_than_an_hour_has_is_refused_with_what_would_be_taken(
    api_database, seed
):
    company = await seed.company()
    person = await seed.person(company.organization_id, password_hash=None)
    with pytest.raises(InvalidInput, match="Send at most 10"):
        await ask(api_database, company, person.id, count=11)


async def test_work_of_the_graph_and_refused_requests_do_not_count(api_database, seed):
    company = await seed.company()
    person = await seed.person(company.organization_id, password_hash=None)
    for _ in range(3):
        await ask(api_database, company, person.id, per_hour=0, mode=Mode.GRAPH)
    await ask(api_database, company, person.id, per_hour=1)
    for _ in range(2):
        with pytest.raises(RateLimited):
            await ask(api_database, company, person.id, per_hour=1)
    await moved_back(seed, person.id, 61)
    await ask(api_database, company, person.id, per_hour=1)


async def test_an_organisation_with_a_key_of_its_own_has_no_limit_until_the_key_expires(
    api_database, seed
):
    company = await seed.company()
    person = await seed.person(company.organization_id, password_hash=None)
    await seed.insert(
        "provider_key",
        id=new_id(),
        organization_id=company.organization_id,
        provider="openai",
        ciphertext=b"sealed",
        last_four="aaaa",
        expires_on=date(2100, 1, 1),
    )
    assert await crowd(api_database, company, person.id, 5, per_hour=2) == 5
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.provider_key SET expires_on = '2026-01-01'"
                " WHERE organization_id = :id"
            ),
            {"id": company.organization_id},
        )
    assert await crowd(api_database, company, person.id, 5, per_hour=2) == 2
