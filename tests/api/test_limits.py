"""Limits and forecasts over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from posthub_assets.domain.spending.forecast import TIER_CEILINGS
from posthub_assets.domain.tiers import Tier
from resources.ids import new_id

pytestmark = pytest.mark.anyio

URL = "/v1/usage/limits"


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def manager(api, seed, company):
    return api.known(await seed.person(company.organization_id, "MANAGER"))


def of_month(answer):
    assert answer.status_code == 200, answer.text
    return next(one for one in answer.json()["items"] if one["period"] == "month")


async def test_without_a_written_limit_the_tiers_holds(seed, company, manager):
    requests, tokens, usd = TIER_CEILINGS[Tier.PRO]
    month = of_month(await manager.get(URL, params={"company": str(company.id)}))
    assert month["written"] is None
    assert month["holds"] == {"requests": requests, "tokens": tokens, "cost_usd": str(usd)}
    await seed.company(company.organization_id)
    together = of_month(await manager.get(URL))
    assert together["holds"]["requests"] == 2 * requests
    assert month["spent"] == {"requests": 0, "tokens": 0, "cost_usd": "0"}


async def test_what_is_spent_and_reserved_is_the_budgets(seed, company, manager):
    first = datetime.now(UTC).date().replace(day=1)
    await seed.insert(
        "budget",
        id=new_id(),
        organization_id=company.organization_id,
        company_id=company.id,
        period="month",
        starts_on=first,
        spent_requests=3,
        spent_tokens=4,
        spent_usd=Decimal("1.5"),
        reserved_usd=Decimal("0.25"),
    )
    month = of_month(await manager.get(URL, params={"company": str(company.id)}))
    assert month["spent"]["requests"] == 3
    assert Decimal(month["spent"]["cost_usd"]) == Decimal("1.5")
    assert Decimal(month["reserved"]["cost_usd"]) == Decimal("0.25")
    assert month["starts_on"] == first.isoformat()
    assert of_month(await manager.get(URL))["spent"]["requests"] == 0


async def test_a_limit_is_written_changed_and_taken_away_and_each_is_audited(
    seed, company, manager
):
    body = {"company": str(company.id), "requests": 10, "cost_usd": "12.50"}
    written = of_month(await manager.put(URL, json=body))
    assert Decimal(written["holds"]["cost_usd"]) == Decimal("12.5")
    assert (written["holds"]["requests"], written["holds"]["tokens"]) == (10, None)
    of_month(await manager.put(URL, json={**body, "requests": 20}))
    gone = await manager.put(URL, json={"company": str(company.id), "remove": True})
    assert of_month(gone)["written"] is None
    again = await manager.put(URL, json={"company": str(company.id), "remove": True})
    assert again.status_code == 404
    rows = await seed.rows(
        "SELECT * FROM posthub.audit WHERE organization_id = :id AND action = 'limit.change'"
        " ORDER BY at, id",
        id=company.organization_id,
    )
    assert [(one.before or {}).get("requests") for one in rows] == [None, 10, 20]
    assert [(one.after or {}).get("requests") for one in rows] == [10, 20, None]
    assert all(one.actor_id and one.request_id for one in rows)


@pytest.mark.parametrize("role", ["MARKETER", "SUPERVISOR"])
async def test_below_a_manager_limits_are_read_and_not_written(api, seed, company, role):
    client = api.known(await seed.person(company.organization_id, role))
    assert (await client.get(URL)).status_code == 200
    answer = await client.put(URL, json={"requests": 1})
    assert answer.status_code == 403
    rows = await seed.rows(
        "SELECT 1 FROM posthub.usage_limit WHERE organization_id = :id", id=company.organization_id
    )
    assert rows == []


async def test_a_stranger_gets_404(api, seed, company):
    client = api.known(await seed.person(await seed.organization(), "MANAGER"))
    for owner in (
        {"company": str(company.id)},
        {"organization_id": str(company.organization_id)},
    ):
        assert (await client.get(URL, params=owner)).status_code == 404
        assert (await client.put(URL, json={**owner, "requests": 1})).status_code == 404
    assert (await client.get(f"/v1/companies/{company.id}/forecast")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"requests": -1},
        {"cost_usd": "NaN"},
        {"cost_usd": "-0.01"},
        {"tokens": 10**30},
        {"requests": 1, "remove": True},
        {"requests": 1, "period": "week"},
        {"requests": 1, "provider": "gemini"},
    ],
)
async def test_a_limit_that_is_none_is_422(manager, body):
    assert (await manager.put(URL, json=body)).status_code == 422


async def test_a_forecast_stands_beside_the_cost_of_the_journal(seed, company, manager):
    url = f"/v1/companies/{company.id}/forecast"
    before = (await manager.get(url, params={"month": "2026-12"})).json()
    assert (before["forecast_usd"], before["stages"], before["cost_usd"]) == (None, [], "0")
    for usd in ("0.25", "0.5"):
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
            month=date(2026, 12, 1),
            input_tokens=100,
            output_tokens=50,
            cost_usd=Decimal(usd),
        )
    body = (await manager.get(url, params={"month": "2026-12"})).json()
    stages = {one["stage"]: one for one in body["stages"]}
    assert (body["month"], body["requests"], body["tokens"]) == ("2026-12", 2, 300)
    assert Decimal(body["cost_usd"]) == Decimal("0.75")
    assert Decimal(stages["blog_posts"]["actual"]["cost_usd"]) == Decimal("0.75")
    expected = sum(Decimal(one["forecast"]["cost_usd"]) for one in body["stages"])
    assert Decimal(body["forecast_usd"]) == expected > 0
    assert (await manager.get(url, params={"month": "2026-13"})).status_code == 422
