"""The audit trail over HTTP: who reads it, page by page, and as a file."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text as sql

from api.routers.audit import ROWS_AT_ONCE
from resources.ids import new_id

pytestmark = pytest.mark.anyio

AT = datetime(2021, 8, 1, 10, tzinfo=UTC)
DAY = {"from": "2021-08-01T00:00:00Z", "to": "2021-08-02T00:00:00Z"}


async def happened(seed, organization_id, **changes):
    """Write a row of the trail."""
    values = {
        "id": new_id(),
        "organization_id": organization_id,
        "action": "content.approve",
        "subject_kind": "topic",
        "subject_id": str(new_id()),
        "at": AT,
    } | changes
    await seed.insert("audit", **values)
    return str(values["id"])


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def manager(api, seed, company):
    return api.known(await seed.person(company.organization_id, "MANAGER"))


async def ids(client, **params):
    answer = await client.get("/v1/audit", params=params)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_rows_come_newest_first_page_by_page(seed, company, manager):
    moments = [AT + timedelta(seconds=number // 2) for number in range(5)]
    made = [(at, await happened(seed, company.organization_id, at=at)) for at in moments]
    read, cursor = [], None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await manager.get("/v1/audit", params=params)).json()
        read += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    # Of two at one moment the id decides, and ids of one millisecond come in no order.
    assert read == [id_ for _, id_ in sorted(made, reverse=True)]


async def test_rows_are_filtered_by_everything_that_can_be_named(seed, company, manager):
    person = await seed.person(company.organization_id)
    topic = await seed.item(company)
    sister = await seed.item(await seed.company(company.organization_id))
    owner = company.organization_id
    one = await happened(seed, owner, actor_id=person.id, subject_id=str(topic.id))
    two = await happened(seed, owner, action="job.retry", subject_kind="job", subject_id="x")
    three = await happened(seed, owner, at=AT - timedelta(days=3), subject_id=str(sister.id))
    limit = await happened(
        seed, owner, subject_kind="usage_limit", subject_id=f"{company.id}/month"
    )
    assert await ids(manager, actor=str(person.id)) == [one]
    assert await ids(manager, action="job.retry") == [two]
    assert await ids(manager, subject_kind="job") == [two]
    assert await ids(manager, subject_id=str(sister.id)) == [three]
    assert await ids(manager, to=DAY["from"]) == [three]
    assert await ids(manager, **DAY) == [limit, two, one]
    assert await ids(manager, company=str(company.id)) == [limit, one]


async def test_a_row_shows_who_and_what_was_before_and_after(seed, company, manager):
    person = await seed.person(company.organization_id, name="Somebody")
    await happened(
        seed,
        company.organization_id,
        actor_id=person.id,
        before={"a": 1},
        after={"a": 2},
        ip="127.0.0.1",
    )
    (row,) = (await manager.get("/v1/audit")).json()["items"]
    assert (row["actor_name"], row["before"], row["after"]) == ("Somebody", {"a": 1}, {"a": 2})


@pytest.mark.parametrize("route", ["/v1/audit", "/v1/audit/export"])
async def test_managers_read_their_own_and_strangers_get_404(api, seed, company, route):
    await happened(seed, company.organization_id)
    mine = {"organization_id": str(company.organization_id)}
    stranger = api.known(await seed.person(await seed.organization(), "MANAGER"))
    marketer = api.known(await seed.person(company.organization_id, "MARKETER"))
    assert (await stranger.get(route, params=mine)).status_code == 404
    assert (await stranger.get(route, params={"company": str(company.id)})).status_code == 404
    assert (await marketer.get(route)).status_code == 403
    assert str(company.organization_id) not in (await stranger.get(route)).text


async def test_an_administrator_reads_all_and_the_platforms_rows(api, seed, company, manager):
    at = datetime(2018, 1, 1, tzinfo=UTC)
    own = await happened(seed, company.organization_id, at=at)
    platform = await happened(seed, None, at=at + timedelta(seconds=1))
    admin = api.known(await seed.person(is_admin=True))
    assert await ids(admin, to="2018-01-02T00:00:00Z") == [platform, own]
    named = {"organization_id": str(company.organization_id)}
    assert await ids(admin, to="2018-01-02T00:00:00Z", **named) == [own]
    assert platform not in await ids(manager)


@pytest.mark.parametrize(
    "params",
    [{"from": "yesterday"}, {"action": "A B"}, {"actor": "me"}, {"cursor": "x"}, {"limit": 0}],
)
async def test_what_cannot_be_asked_is_422(manager, params):
    assert (await manager.get("/v1/audit", params=params)).status_code == 422


async def test_an_export_holds_every_row_once_and_is_in_the_trail(
    seed, company, manager, owner_database
):
    count = 2 * ROWS_AT_ONCE + 3
    async with owner_database.engine.begin() as connection:
        await connection.execute(
            sql(
                "INSERT INTO posthub.audit (id, organization_id, action, subject_kind, subject_id,"
                " at) SELECT gen_random_uuid(), :id, 'test', 'test', number::text,"
                " CAST(:at AS timestamptz) + make_interval(secs => number / 7)"
                " FROM generate_series(1, :count) AS number"
            ),
            {"id": company.organization_id, "at": AT, "count": count},
        )
    answer = await manager.get("/v1/audit/export", params=DAY)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert sorted(int(one["subject_id"]) for one in rows) == list(range(1, count + 1))
    assert [one["at"] for one in rows] == sorted((one["at"] for one in rows), reverse=True)
    (trace,) = (await manager.get("/v1/audit", params={"action": "audit.export"})).json()["items"]
    assert (trace["after"]["format"], trace["actor_id"] is None) == ("ndjson", False)
    whole = await manager.get("/v1/audit/export")
    assert len(whole.text.splitlines()) == count + 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
async def test_a_cell_that_begins_like_a_formula_is_escaped(seed, company, manager, start):
    planted = f'{start}HYPERLINK(1),"x"'
    await happened(seed, company.organization_id, subject_id=planted, after={"word": planted})
    answer = await manager.get("/v1/audit/export", params={"format": "csv", **DAY})
    assert answer.headers["content-type"].startswith("text/csv")
    head, row = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    cells = dict(zip(head, row, strict=True))
    assert cells["subject_id"] == f"'{planted}"
    assert json.loads(cells["after"]) == {"word": planted}
    assert cells["actor_id"] == ""


async def test_an_administrators_export_of_all_is_the_platforms_row(api, seed, company):
    await happened(seed, company.organization_id, at=datetime(2017, 1, 1, tzinfo=UTC))
    person = await seed.person(is_admin=True)
    params = {"format": "csv", "to": "2017-01-02T00:00:00Z"}
    answer = await api.known(person).get("/v1/audit/export", params=params)
    assert str(company.organization_id) in answer.text
    rows = await seed.rows(
        "SELECT organization_id, after FROM posthub.audit WHERE actor_id = :id"
        " AND action = 'audit.export'",
        id=person.id,
    )
    assert [(one.organization_id, one.after["format"]) for one in rows] == [(None, "csv")]
