"""Every error is a problem document; health; what surrounds a request."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import text

from api.app import create_app
from posthub_assets.domain import errors
from posthub_assets.domain.errors import StorageError
from resources.settings import load_settings

pytestmark = pytest.mark.anyio


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"urn:posthub:problem:{code}"
    assert body["status"] == status
    assert body["title"] and body["detail"]
    assert body["request_id"] == answer.headers["x-request-id"]


async def test_an_unknown_route_is_a_problem(api):
    assert_problem(await api.stranger.get("/v1/nothing"), 404, "no-such-route")


async def test_a_wrong_method_is_a_problem_and_names_the_right_ones(api):
    answer = await api.stranger.delete("/v1/inbox")
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET"


async def test_no_token_is_a_problem(api):
    assert_problem(await api.stranger.get("/v1/me"), 401, "not-signed-in")


async def test_broken_json_is_a_problem(api):
    headers = {"content-type": "application/json"}
    for content in (b"{", b"", b"\xff\xfe", b"[" * 100_000, b"nul"):
        answer = await api.stranger.post("/v1/auth/login", content=content, headers=headers)
        assert answer.status_code in (400, 422), answer.text
        assert answer.json()["type"] == "urn:posthub:problem:invalid-input"


async def test_broken_json_is_told_where_it_breaks(api):
    headers = {"content-type": "application/json"}
    answer = await api.stranger.post("/v1/auth/login", content=b'{"email": ', headers=headers)
    said = "The body is not JSON: Expecting value, at character 10."
    assert answer.json()["errors"] == [{"field": "body", "message": said}]


async def test_a_mistake_of_ours_tells_nothing_but_its_number(app, api):
    @app.get("/broken", include_in_schema=False)
    async def broken():
        raise RuntimeError("the password is hunter2")

    answer = await api.stranger.get("/broken")
    assert_problem(answer, 500, "internal-error")
    assert "hunter2" not in answer.text


async def test_a_request_id_is_kept_where_it_looks_like_one(api):
    kept = await api.client(**{"x-request-id": "trace-12345678"}).get("/healthz")
    made = await api.client(**{"x-request-id": "a b\tc"}).get("/healthz")
    assert kept.headers["x-request-id"] == "trace-12345678"
    assert re.fullmatch(r"[0-9a-f]{32}", made.headers["x-request-id"])


def test_every_error_of_the_domain_has_a_status():
    from api.problems import STATUS, status_of

    def below(cls):
        return {cls, *(one for child in cls.__subclasses__() for one in below(child))}

    for cls in below(errors.PostHubError) - {errors.PostHubError}:
        if cls.__module__ == errors.__name__:
            assert any(ancestor in STATUS for ancestor in cls.__mro__), cls
    assert status_of(errors.StaleVersion(1, 2)) == 409
    assert status_of(errors.OwnVersion("x")) == 403


async def test_health_and_readiness(api):
    assert (await api.stranger.get("/healthz")).json() == {"status": "ok"}
    ready = await api.stranger.get("/readyz")
    said = ready.json()
    assert said["status"] == "ready"
    assert said["checks"].pop("factory"), "what it says is tested in test_operations.py"
    assert said["checks"] == {"database": "ok", "migrations": "ok", "role": "ok"}


async def test_not_ready_says_why(api, owner_database):
    change = "UPDATE posthub.alembic_version SET version_num = '{}'"
    async with owner_database.engine.begin() as connection:
        current = (
            await connection.execute(text("SELECT version_num FROM posthub.alembic_version"))
        ).scalar_one()
        await connection.execute(text(change.format("0000")))
    try:
        answer = await api.stranger.get("/readyz")
        refused = create_app(api.app.state.services.settings)
        with pytest.raises(StorageError, match="posthub migrate"):
            async with refused.router.lifespan_context(refused):
                pass
    finally:
        async with owner_database.engine.begin() as connection:
            await connection.execute(text(change.format(current)))
    assert answer.status_code == 503
    assert "posthub migrate" in answer.json()["checks"]["migrations"]


async def test_connections_that_died_are_replaced_without_anybody_noticing(
    api, seed, owner_database
):
    client = api.known(await seed.person(await seed.organization()))
    assert (await client.get("/v1/inbox")).status_code == 200
    async with owner_database.engine.connect() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'posthub_api'"
            )
        )
    assert (await client.get("/v1/inbox")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_a_database_that_is_not_there_is_a_clear_message(api_settings):
    settings = load_settings(
        {
            "POSTHUB_HOME": str(api_settings.home),
            "POSTHUB_API_DATABASE_URL": "postgresql://posthub_api:x@127.0.0.1:9/none",
            "POSTHUB_SECRET_KEY": api_settings.secret_key,
            "POSTHUB_ADMIN_KEYRING": api_settings.admin_keyring[0],
            "POSTHUB_USER_KEYRING": api_settings.user_keyring[0],
        }
    )
    app = create_app(settings)
    with pytest.raises(StorageError, match="Is it running"):
        async with app.router.lifespan_context(app):
            pass


async def test_the_owner_may_not_serve(api_settings, database_urls):
    settings = load_settings(
        {
            "POSTHUB_HOME": str(api_settings.home),
            "POSTHUB_API_DATABASE_URL": database_urls.owner,
            "POSTHUB_SECRET_KEY": api_settings.secret_key,
            "POSTHUB_ADMIN_KEYRING": api_settings.admin_keyring[0],
            "POSTHUB_USER_KEYRING": api_settings.user_keyring[0],
        }
    )
    app = create_app(settings)
    with pytest.raises(StorageError, match="bypass the tenant policies"):
        async with app.router.lifespan_context(app):
            pass


async def test_the_front_page_says_what_this_is(api):
    answer = await api.stranger.get("/")
    assert answer.headers["content-type"].startswith("text/html")
    assert "content factory" in answer.text
    assert "http://api:3000/" in answer.text


async def test_the_routes_are_listed_on_a_page_that_needs_no_network(api):
    page = (await api.stranger.get("/docs")).text
    assert "/v1/contents/{content_id}/approve" in page
    assert "<script" not in page and "https://" not in page


async def test_the_page_of_routes_says_first_how_to_sign_in(api):
    page = (await api.stranger.get("/docs")).text
    first = page.index("Authorization: Bearer ACCESS_TOKEN")
    assert first < page.index('<h2 id="auth">Signing in</h2>') < page.index('<h2 id="decisions">')
    assert page.count("<li>") == page.count("<br>") > 100


async def test_every_route_is_described(api):
    described = (await api.stranger.get("/openapi.json")).json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), (method, path)
    assert "/v1/contents/{content_id}/request-changes" in described["paths"]


async def test_organizations_are_made_by_administrators(api, seed):
    admin = api.known(await seed.person(is_admin=True))
    supervisor = api.known(await seed.person(await seed.organization()))
    body = {"name": "  A   new one ", "four_eyes": True}
    made = await admin.post("/v1/organizations", json=body)
    refused = await supervisor.post("/v1/organizations", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["four_eyes"] is True
    assert_problem(refused, 403, "forbidden")
    seen = (await supervisor.get("/v1/organizations")).json()["items"]
    assert len(seen) == 1
