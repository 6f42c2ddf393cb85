"""The API as a server: limits of requests, headers, metrics, signs of the factory's life."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import text

from api.app import create_app
from api.limits import address_of
from resources.database.engine import Scope
from resources.http_settings import HttpSettings
from resources.ids import new_id
from resources.request_limits import RequestLimits


async def test_workers_share_a_limit_and_never_exceed_it(api_database):
    subject, quota = f"test {new_id()}", 300
    workers = [RequestLimits(api_database) for _ in range(4)]
    taken = await asyncio.gather(
        *(worker.take(subject, quota) for worker in workers for _ in range(150))
    )
    assert sum(one.is_granted for one in taken) == quota
    assert not (await workers[0].take(subject, quota)).is_granted
    assert all(worker.is_spent(subject) for worker in workers)


async def test_most_requests_ask_the_database_nothing(api_database):
    subject, limits = f"test {new_id()}", RequestLimits(api_database)
    for _ in range(41):
        await limits.take(subject, 1000)
    async with api_database.transaction(Scope()) as connection:
        row = await connection.execute(
            text("SELECT taken, resets_in_s FROM posthub.take_requests(:s, 0, 1000)"),
            {"s": subject},
        )
        taken, resets_in_s = row.one()
    assert taken == 60  # three handfuls of twenty
    assert 0 < resets_in_s <= 3600


async def test_what_is_left_is_told(api_database):
    subject, limits = f"test {new_id()}", RequestLimits(api_database)
    left = [(await limits.take(subject, 100)).left for _ in range(5)]
    assert left == [99, 98, 97, 96, 95]


@pytest.fixture
async def strict(anyio_backend, api_settings):
    """An application in which little is allowed."""
    http = HttpSettings(
        rate_signed_in=7, rate_supervisor=3, rate_anonymous=4, cors_origins=("https://a.test",)
    )
    made = create_app(replace(api_settings, http=http))
    async with made.router.lifespan_context(made):
        yield made


def caller(app, address: str, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers)


def an_address() -> str:
    return f"2001:db8:{new_id().hex[-4:]}:{new_id().hex[-8:-4]}::1"


async def test_an_address_has_its_limit_and_health_is_free(strict):
    async with caller(strict, an_address()) as stranger:
        answers = [await stranger.get("/") for _ in range(5)]
        assert [one.status_code for one in answers] == [200, 200, 200, 200, 429]
        assert (await stranger.get("/healthz")).status_code == 200
        refused = answers[-1]
    assert refused.json()["type"] == "urn:posthub:problem:rate-limited"
    assert refused.headers["ratelimit-policy"] == '"anonymous";q=4;w=3600'
    assert refused.headers["ratelimit"].startswith('"anonymous";r=0;t=')
    assert 1 <= int(refused.headers["retry-after"]) <= 3600


async def test_a_wrong_token_counts_against_the_address(strict):
    async with caller(strict, an_address(), authorization="Bearer made.up.token") as guesser:
        codes = [(await guesser.get("/v1/me")).status_code for _ in range(5)]
    assert codes == [401, 401, 401, 401, 429]


async def test_guessed_links_count_against_the_address(strict):
    async with caller(strict, an_address()) as guesser:
        paths = [f"/approve/ph_link_{new_id().hex}" for _ in range(5)]
        codes = [(await guesser.get(path)).status_code for path in paths]
        assert (await guesser.get("/")).status_code == 429
    assert codes == [404, 404, 404, 404, 429]


async def test_who_holds_a_link_is_counted_apart_from_their_address(strict, seed):
    company = await seed.company()
    item = await seed.item(company)
    person = await seed.person(company.organization_id)
    address = an_address()
    token = strict.state.services.tokens.issue(person.id)
    async with caller(strict, address, authorization=f"Bearer {token}") as maker:
        made = await maker.post(
            f"/v1/contents/{item.id}/approval-links", json={"recipient": "Client", "version": 1}
        )
    path = made.json()["url"].partition(":8000")[2]
    async with caller(strict, address) as holder:
        answers = [await holder.get(path) for _ in range(4)]
        assert (await holder.get("/")).status_code == 200
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert "Nothing was changed" in refused.text and int(refused.headers["retry-after"]) > 0
    assert answers[0].headers["ratelimit-policy"] == '"link";q=3;w=3600'


async def test_a_supervisor_has_fewer_requests_than_a_marketer(strict, seed):
    company = await seed.company()
    tokens = strict.state.services.tokens
    found = {}
    for role in ("SUPERVISOR", "MARKETER"):
        person = await seed.person(company.organization_id, role)
        async with caller(
            strict, an_address(), authorization=f"Bearer {tokens.issue(person.id)}"
        ) as client:
            found[role] = [(await client.get("/v1/me")).status_code for _ in range(8)]
    # The first request is counted before anybody knows who asks.
    assert found["SUPERVISOR"].index(429) == 3
    assert found["MARKETER"].index(429) == 7


async def test_a_restarted_server_does_not_forget_the_wider_limit_of_supervisors(
    anyio_backend, api_settings, seed
):
    person = await seed.person(await seed.organization())
    http = HttpSettings(rate_signed_in=2, rate_supervisor=6)
    codes = []
    for _ in range(2):
        app = create_app(replace(api_settings, http=http))
        async with app.router.lifespan_context(app):
            token = app.state.services.tokens.issue(person.id)
            async with caller(app, an_address(), authorization=f"Bearer {token}") as client:
                codes += [(await client.get("/v1/me")).status_code for _ in range(4)]
    assert codes == [200] * 6 + [429] * 2


def test_a_household_of_ipv6_is_one_address():
    first = address_of({"client": ("2001:db8:1:2:aaaa::1", 1)})
    assert first == address_of({"client": ("2001:db8:1:2:bbbb::9", 1)})
    assert first != address_of({"client": ("2001:db8:1:3::1", 1)})


async def test_every_answer_has_the_headers_that_protect_a_browser(api):
    for path in ("/healthz", "/v1/me", "/nowhere"):
        headers = (await api.stranger.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers


async def test_only_listed_origins_may_ask_from_a_browser(strict):
    asked = {"access-control-request-method": "POST", "origin": "https://a.test"}
    async with caller(strict, an_address()) as browser:
        allowed = await browser.options("/v1/decisions", headers=asked)
        refused = await browser.options(
            "/v1/decisions", headers=asked | {"origin": "https://b.test"}
        )
    assert allowed.headers["access-control-allow-origin"] == "https://a.test"
    assert "access-control-allow-origin" not in refused.headers


async def test_metrics_are_for_this_machine(strict):
    async with caller(strict, "127.0.0.1") as here, caller(strict, "203.0.113.7") as away:
        assert (await away.get("/metrics")).status_code == 403
        forwarded = {"x-forwarded-for": "203.0.113.7"}
        assert (await here.get("/metrics", headers=forwarded)).status_code == 403
        found = await here.get("/metrics")
    assert found.headers["content-type"].startswith("text/plain")
    assert "posthub_requests_total" in found.text


async def test_metrics_from_elsewhere_need_the_token(anyio_backend, api_settings):
    http = HttpSettings(metrics_token="a token of the tests")
    app = create_app(replace(api_settings, http=http))
    async with app.router.lifespan_context(app), caller(app, "203.0.113.7") as away:
        right = {"authorization": "Bearer a token of the tests"}
        assert (await away.get("/metrics", headers=right)).status_code == 200
        assert (await away.get("/metrics")).status_code == 403


def counted(page: str, action: str) -> float:
    name = f'posthub_decisions_total{{action="{action}"}}'
    return next((float(one.split()[-1]) for one in page.splitlines() if name in one), 0.0)


async def test_a_decision_is_counted_once_and_a_replay_or_refusal_not_at_all(api, seed):
    company = await seed.company()
    item = await seed.item(company)
    supervisor = api.known(await seed.person(company.organization_id))
    before = counted((await api.stranger.get("/metrics")).text, "approve")
    headers = {"Idempotency-Key": f"count {item.id}"}
    for key in (headers, headers, {}):
        await supervisor.post(f"/v1/contents/{item.id}/approve", json={"version": 1}, headers=key)
    assert counted((await api.stranger.get("/metrics")).text, "approve") == before + 1


async def test_an_unknown_path_makes_no_series_of_its_own(api):
    await api.stranger.get(f"/made-up-{new_id()}")
    found = (await api.stranger.get("/metrics")).text
    assert "made-up" not in found
    assert 'route="none"' in found


async def test_readiness_tells_of_the_factory_and_does_not_depend_on_it(api, owner_database):
    async with owner_database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM posthub.heartbeat"))
    never = await api.stranger.get("/readyz")
    assert never.status_code == 200
    assert "never seen" in never.json()["checks"]["factory"]
    async with owner_database.engine.begin() as connection:
        await connection.execute(
            text("INSERT INTO posthub.heartbeat VALUES ('factory', now() - interval '10 min')")
        )
    assert "600 s" in (await api.stranger.get("/readyz")).json()["checks"]["factory"]


async def test_a_request_leaves_one_line_with_its_id(api, caplog):
    with caplog.at_level(logging.INFO, logger="posthub.access"):
        await api.stranger.get("/healthz?secret=planted", headers={"x-request-id": "abcdefgh-1"})
    lines = [one for one in caplog.records if one.name == "posthub.access"]
    assert [one.getMessage().split()[:3] for one in lines] == [["GET", "/healthz", "200"]]
    assert "planted" not in json.dumps([vars(one) for one in lines], default=str)
