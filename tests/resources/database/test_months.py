"""Opening months, as the roles that do it."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.errors import InvalidInput, NotFound
from resources.database.engine import Scope
from resources.database.repositories.months import open_month, opened_months, today_in
from resources.ids import new_id

pytestmark = pytest.mark.anyio

TODAY = date(2026, 11, 20)


async def open_as(database, company, month, today=TODAY):
    scope = Scope.of(company.organization_id)
    async with database.transaction(scope) as connection:
        return await open_month(
            connection,
            company.organization_id,
            company.id,
            month,
            opened_by="schedule",
            today=today,
        )


async def test_the_schedule_opens_a_month_as_the_factory(factory_database, seed):
    company = await seed.company(tier="ULTIMATE")
    await seed.item(company, kind=Kind.PERSONA, status=Status.APPROVED, month=None)
    row = await open_as(factory_database, company, date(2026, 12, 1))
    assert (row.quota, row.starts_on, row.is_new) == (72, date(2026, 12, 1), True)
    jobs = await seed.rows(
        "SELECT kind, month FROM posthub.job WHERE company_id = :id", id=company.id
    )
    assert [tuple(job) for job in jobs] == [("create_topics", date(2026, 12, 1))]


async def test_ten_at_once_open_one_month(factory_database, seed):
    company = await seed.company()
    await seed.item(company, kind=Kind.PERSONA, status=Status.APPROVED, month=None)
    rows = await asyncio.gather(
        *(open_as(factory_database, company, date(2026, 12, 1)) for _ in range(10))
    )
    assert sum(row.is_new for row in rows) == 1
    assert len({row.opened_at for row in rows}) == 1
    counts = await seed.rows(
        "SELECT (SELECT count(*) FROM posthub.job WHERE company_id = :id),"
        " (SELECT count(*) FROM posthub.audit WHERE organization_id = :organization)",
        id=company.id,
        organization=company.organization_id,
    )
    assert tuple(counts[0]) == (1, 1)


async def test_a_month_keeps_the_tier_of_its_opening(factory_database, seed, owner_database):
    from sqlalchemy import text

    company = await seed.company(tier="BASIC")
    await open_as(factory_database, company, date(2026, 12, 1))
    async with owner_database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.company SET tier = 'ULTIMATE' WHERE id = :id"), {"id": company.id}
        )
    again = await open_as(factory_database, company, date(2026, 12, 1))
    later = await open_as(factory_database, company, date(2027, 1, 1))
    assert [(row.tier.value, row.quota) for row in (again, later)] == [
        ("BASIC", 12),
        ("ULTIMATE", 72),
    ]


async def test_a_month_that_was_opened_is_read_even_when_it_is_past(factory_database, seed):
    company = await seed.company()
    await open_as(factory_database, company, date(2026, 11, 1))
    again = await open_as(factory_database, company, date(2026, 11, 1), today=date(2027, 3, 1))
    assert not again.is_new
    async with factory_database.transaction(Scope.of(company.organization_id)) as connection:
        found = await opened_months(connection, company.organization_id, company.id)
    assert [row.month for row in found] == [date(2026, 11, 1)]


async def test_the_current_month_gets_its_share(factory_database, seed):
    company = await seed.company(tier="PRO", country="CZ")
    row = await open_as(factory_database, company, date(2026, 11, 1))
    # 20 November 2026 is a Friday: 7 of the month's 20 working days are left (17 is a holiday).
    assert (row.quota, row.starts_on) == (round(24 * 7 / 20), TODAY)


async def test_a_month_without_a_working_day_left_is_refused(factory_database, seed):
    company = await seed.company()
    with pytest.raises(InvalidInput, match="No working day is left in 2027-01"):
        await open_as(factory_database, company, date(2027, 1, 1), today=date(2027, 1, 30))


async def test_months_that_cannot_be_opened_are_named(factory_database, seed):
    company = await seed.company()
    for month, words in ((date(2026, 10, 1), "in the past"), (date(2027, 3, 1), "too far ahead")):
        with pytest.raises(InvalidInput, match=words):
            await open_as(factory_database, company, month)
    assert (await open_as(factory_database, company, date(2027, 2, 1))).is_new


async def test_an_unknown_company_is_not_found(factory_database, seed):
    company = await seed.company()
    scope = Scope.of(company.organization_id)
    with pytest.raises(NotFound):
        async with factory_database.transaction(scope) as connection:
            await open_month(
                connection,
                company.organization_id,
                new_id(),
                date(2026, 12, 1),
                opened_by="command",
                today=TODAY,
            )


def test_today_is_that_of_the_companys_zone():
    from datetime import UTC, datetime

    now = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert today_in("Europe/Prague", now) == date(2026, 12, 1)
    assert today_in("America/New_York", now) == date(2026, 11, 30)
