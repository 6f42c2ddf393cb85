"""Usage over HTTP: figures are the journal's, and nobody reads a neighbour's or anybody's words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from resources.ids import new_id

pytestmark = pytest.mark.anyio

AT = datetime(2022, 5, 10, 12, tzinfo=UTC)
SPAN = {"start_date": "2022-05-01", "end_date": "2022-05-31"}


async def bought(seed, company, **changes):
    """Write a call down."""
    values = {
        "id": new_id(),
        "organization_id": company.organization_id,
        "company_id": company.id,
        "kind": "BlogPostBrief",
        "provider": "gemini",
        "model": "gemini-3.8-flash",
        "request_hash": str(new_id()),
        "nonce": "",
        "status": "completed",
        "input_tokens": 100,
        "output_tokens": 50,
        "cached_tokens": 25,
        "cost_usd": Decimal("0.100000001"),
        "created_at": AT,
        "completed_at": AT,
    } | changes
    await seed.insert("generation", **values)
    return values["id"]


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def supervisor(api, seed, company):
    return api.known(await seed.person(company.organization_id))


async def test_a_summary_equals_the_journal(seed, company, supervisor):
    await bought(seed, company)
    await bought(seed, company, provider="openai", model="gpt-6-luna", key_source="organization")
    await bought(seed, company, status="failed", cost_usd=Decimal("0.02"), cached_tokens=0)
    await bought(seed, company, status="queued", cost_usd=Decimal(9))
    await bought(seed, await seed.company(), cost_usd=Decimal(9))
    answer = await supervisor.get("/v1/usage/summary", params=SPAN)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    (journal,) = await seed.rows(
        "SELECT count(*), sum(cost_usd), sum(input_tokens + output_tokens)"
        " FROM posthub.generation WHERE organization_id = :id"
        " AND status IN ('completed', 'failed')",
        id=company.organization_id,
    )
    total = body["total"]
    assert (total["requests"], total["tokens"]) == (journal[0], journal[2])
    assert Decimal(total["cost_usd"]) == journal[1] == Decimal("0.220000002")
    assert total["cost_usd"] == "0.220000002"
    assert Decimal(total["invoiced_usd"]) == Decimal("0.120000001")
    assert (total["failed"], total["cached_share"]) == (1, "0.1667")
    assert [(one["name"], one["requests"]) for one in body["items"]] == [
        ("gemini", 2),
        ("openai", 1),
    ]


@pytest.mark.parametrize(
    ("group_by", "names"),
    [
        ("model", ["gemini-3.8-flash"]),
        ("provider", ["gemini"]),
        ("kind", ["BlogPostBrief"]),
        ("prompt_version", [""]),
        ("company", ["Company"]),
        ("day", ["2022-05-10", "2022-05-11"]),
    ],
)
async def test_a_summary_is_grouped_by_what_is_named(seed, company, supervisor, group_by, names):
    await bought(seed, company)
    await bought(seed, company, created_at=AT + timedelta(days=1), cost_usd=Decimal(5))
    answer = await supervisor.get("/v1/usage/summary", params={**SPAN, "group_by": group_by})
    body = answer.json()
    assert [one["name"] for one in body["items"]] == names
    parts = sum(Decimal(one["cost_usd"]) for one in body["items"])
    assert parts == Decimal(body["total"]["cost_usd"]) == Decimal("5.100000001")


async def test_a_day_begins_and_ends_at_midnight_of_utc(seed, company, supervisor):
    for moment in ("2022-04-30T23:59:59", "2022-05-01T00:00:00", "2022-05-31T23:59:59"):
        await bought(seed, company, created_at=datetime.fromisoformat(f"{moment}+00:00"))
    await bought(seed, company, created_at=datetime(2022, 6, 1, tzinfo=UTC))
    body = (await supervisor.get("/v1/usage/summary", params=SPAN)).json()
    assert body["total"]["requests"] == 2


async def test_a_summary_is_of_one_company_or_one_person(seed, company, supervisor):
    sister = await seed.company(company.organization_id)
    person = await seed.person(company.organization_id)
    job = new_id()
    await seed.insert(
        "job",
        id=job,
        organization_id=company.organization_id,
        company_id=company.id,
        asset="topics",
        kind=f"create_{job}",
        requested_by=person.id,
    )
    await bought(seed, company, job_id=job)
    await bought(seed, company)
    await bought(seed, sister)

    async def requests(**params):
        answer = await supervisor.get("/v1/usage/summary", params={**SPAN, **params})
        return answer.json()["total"]["requests"]

    assert await requests() == 3
    assert await requests(company=str(company.id)) == 2
    assert await requests(person=str(person.id)) == 1


@pytest.mark.parametrize("period", ["monthly", "weekly", "daily"])
async def test_a_period_ends_today(seed, company, supervisor, period):
    await bought(seed, company, created_at=datetime.now(UTC))
    await bought(seed, company)
    body = (await supervisor.get("/v1/usage/summary", params={"period": period})).json()
    assert body["end_date"] == f"{datetime.now(UTC):%Y-%m-%d}"
    assert body["total"]["requests"] == 1


async def test_nothing_used_is_zero_and_no_share(supervisor):
    body = (await supervisor.get("/v1/usage/summary", params=SPAN)).json()
    assert (body["total"]["cost_usd"], body["total"]["cached_share"]) == ("0", None)
    assert body["items"] == []


@pytest.mark.parametrize(
    "params",
    [
        {"start_date": "2022-01-01", "end_date": "2023-01-02"},
        {"start_date": "2022-02-01", "end_date": "2022-01-01"},
        {"start_date": "2022-02-01"},
        {"start_date": "2022-02-30", "end_date": "2022-03-01"},
        {"start_date": "9999-12-31", "end_date": "9999-12-31"},
        {"period": "monthly", **SPAN},
        {"period": "yearly"},
        {"group_by": "secret"},
    ],
)
async def test_a_span_that_cannot_be_is_422(supervisor, params):
    answer = await supervisor.get("/v1/usage/summary", params=params)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"]


async def test_366_days_are_not_too_many(supervisor):
    params = {"start_date": "2022-01-01", "end_date": "2023-01-01"}
    assert (await supervisor.get("/v1/usage/summary", params=params)).status_code == 200


async def test_who_belongs_to_many_names_one(api, seed, company):
    person = await seed.person(company.organization_id)
    other = await seed.organization()
    await seed.insert("membership", organization_id=other, user_id=person.id, role="SUPERVISOR")
    client = api.known(person)
    unnamed = await client.get("/v1/usage/summary")
    assert unnamed.status_code == 422
    assert unnamed.json()["errors"][0]["field"] == "organization_id"
    named = await client.get("/v1/usage/summary", params={"organization_id": str(other)})
    assert named.json()["organization_id"] == str(other)


@pytest.mark.parametrize("route", ["/v1/usage/summary", "/v1/usage/generations"])
async def test_a_stranger_gets_404(api, seed, company, route):
    stranger = api.known(await seed.person(await seed.organization()))
    admin = api.known(await seed.person(is_admin=True))
    for params in ({"organization_id": str(company.organization_id)}, {"company": str(company.id)}):
        assert (await stranger.get(route, params=params)).status_code == 404
        assert (await admin.get(route, params=params)).status_code == 200
    nowhere = await admin.get(route, params={"organization_id": str(new_id())})
    assert nowhere.status_code == 404


async def test_calls_are_listed_newest_first_page_by_page_without_their_words(
    seed, company, supervisor
):
    moments = [AT + timedelta(seconds=number // 2) for number in range(5)]
    made = [
        (
            at,
            await bought(
                seed,
                company,
                created_at=at,
                request={"prompt": "planted-words"},
                response={"answer": "planted-words"},
                error="planted-words",
            ),
        )
        for at in moments
    ]
    read, cursor = [], None
    while True:
        params = {**SPAN, "limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = await supervisor.get("/v1/usage/generations", params=params)
        assert answer.status_code == 200, answer.text
        assert "planted-words" not in answer.text
        read += [one["id"] for one in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
    # Of two at one moment the id decides, and ids of one millisecond come in no order.
    assert read == [str(id_) for _, id_ in sorted(made, reverse=True)]


async def test_an_administrator_reads_all_organisations_and_nobody_else(api, seed, company):
    await bought(seed, company, created_at=datetime(2019, 3, 3, tzinfo=UTC))
    other = await seed.company()
    await bought(seed, other, created_at=datetime(2019, 3, 3, tzinfo=UTC), cost_usd=Decimal(2))
    days = {"start_date": "2019-03-03", "end_date": "2019-03-03"}
    admin = api.known(await seed.person(is_admin=True))
    first = (await admin.get("/v1/admin/usage", params={**days, "limit": 1})).json()
    rest = {**days, "cursor": first["next_cursor"]}
    second = (await admin.get("/v1/admin/usage", params=rest)).json()
    found = {
        one["organization_id"]: Decimal(one["cost_usd"])
        for one in (*first["items"], *second["items"])
    }
    assert found == {
        str(company.organization_id): Decimal("0.100000001"),
        str(other.organization_id): Decimal(2),
    }
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    assert (await manager.get("/v1/admin/usage", params=days)).status_code == 403


@pytest.mark.parametrize(
    "route",
    [
        "/v1/usage/summary",
        "/v1/usage/generations",
        "/v1/usage/limits",
        "/v1/admin/usage",
        "/v1/provider-keys",
        "/v1/admin/providers",
        "/v1/prompts",
        "/v1/experiments",
        "/v1/audit",
        "/v1/audit/export",
    ],
)
async def test_nothing_is_read_without_a_token(api, route):
    assert (await api.stranger.get(route)).status_code == 401
