"""The OpenAPI document says everything, of every operation, also of one that comes tomorrow."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request

from api import idempotency, openapi
from api.called import functions_of
from api.routers import decisions, prompts
from api.services import signed_in
from api.shapes import Input

METHODS = {"get", "post", "put", "patch", "delete"}
PROBLEM = "#/components/schemas/Problem"


@pytest.fixture(scope="module")
def document(app) -> dict[str, Any]:
    return app.openapi()


def every(document):
    for path, methods in document["paths"].items():
        for method, spec in methods.items():
            assert method in METHODS
            yield f"{method.upper()} {path}", method, spec


def test_an_operation_has_a_name_that_a_client_would_call(document):
    names = [spec["operationId"] for _, _, spec in every(document)]
    assert len(names) == len(set(names)), "two operations of one name: set operation_id for one"
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names), names
    assert {"list_contents", "approve", "login", "open_month", "add_document"} <= set(names)


def test_no_schema_is_named_after_a_module_or_a_bracket(document):
    odd = [name for name in document["components"]["schemas"] if re.search(r"__|_$|\[|-", name)]
    assert not odd, f"two models of one name: rename one of {odd}"
    assert "ContentPage" in document["components"]["schemas"]


def test_every_refusal_is_described_as_a_problem(document):
    for name, _, spec in every(document):
        for status, answer in spec["responses"].items():
            assert answer["description"], (name, status)
            if status >= "400" and name != "GET /readyz":
                shape = answer["content"]["application/problem+json"]["schema"]["$ref"]
                assert shape == PROBLEM, (name, status)
    assert "HTTPValidationError" not in str(document)


def test_what_follows_from_an_operation_is_said_of_it(document):
    for name, method, spec in every(document):
        said = set(spec["responses"])
        if "security" in spec:
            assert {"401", "403", "429", "503"} <= said, name
            assert spec["security"] == [{"bearer": []}], name
        if "requestBody" in spec:
            assert {"400", "408", "413", "415", "422"} <= said, name
        if method == "get":
            assert not {"413", "415"} & said, name
        if "{" in name and "security" in spec:
            assert "404" in said, name


def test_every_success_says_what_its_body_is(document):
    for name, _, spec in every(document):
        for status, answer in spec["responses"].items():
            has_body = status[0] == "2" and status != "204"
            assert bool(answer.get("content")) is has_body or status[0] != "2", (name, status)


def test_answers_name_their_headers(document):
    known = document["components"]["headers"]
    for name, _, spec in every(document):
        for status, answer in spec["responses"].items():
            assert "X-Request-ID" in answer["headers"], (name, status)
            for one in answer["headers"].values():
                assert one["$ref"].rpartition("/")[2] in known
            if status == "429":
                assert "Retry-After" in answer["headers"], name
            if status == "401":
                assert "WWW-Authenticate" in answer["headers"], name


async def test_the_headers_that_are_named_are_sent(api, seed, document):
    person = await seed.person(await seed.organization())
    answer = await api.known(person).get("/v1/me")
    for header in document["paths"]["/v1/me"]["get"]["responses"]["200"]["headers"]:
        assert header in answer.headers, header
    refused = await api.stranger.get("/v1/me")
    for header in document["paths"]["/v1/me"]["get"]["responses"]["401"]["headers"]:
        assert header in refused.headers, header


def keyed(document) -> set[str]:
    return {
        spec["operationId"]
        for _, _, spec in every(document)
        if any(one["name"] == "Idempotency-Key" for one in spec.get("parameters", ()))
    }


def test_who_honours_a_key_says_so_and_nobody_else(document):
    found = keyed(document)
    assert {"approve", "decide_many", "open_month", "add_document", "create_version"} <= found
    assert not {"login", "put_override", "list_contents", "schedule", "retry_job"} & found
    for name, _, spec in every(document):
        success = spec["responses"][min(spec["responses"])]
        replayed = "Idempotency-Replayed" in success["headers"]
        assert replayed is (spec["operationId"] in found), name


def test_what_an_endpoint_calls_is_found_at_any_depth_and_not_guessed_from_names():
    assert idempotency.once in functions_of(decisions.approve)  # through a helper, and a closure
    assert idempotency.key_of in functions_of(decisions.decide_many)
    # It calls a repository's `create_version`, and not the endpoint of that name beside it.
    assert prompts.create_version not in functions_of(prompts.put_override)


class Thing(Input):
    """Something to come."""

    name: str


def test_a_router_that_comes_tomorrow_is_described_without_a_word():
    router = APIRouter(prefix="/v1/things", tags=["things"], dependencies=[Depends(signed_in)])

    @router.post("/{thing_id}", responses={402: {}, 418: {}, 410: {"description": "Eaten."}})
    async def change_thing(request: Request, thing_id: str, body: Thing) -> None:
        """Change a thing. And more."""

    app = FastAPI(generate_unique_id_function=openapi.operation_id)
    app.include_router(router)
    openapi.install(app)
    document = app.openapi()
    spec = document["paths"]["/v1/things/{thing_id}"]["post"]
    assert spec["operationId"] == "change_thing"
    assert spec["summary"] == "Change a thing. And more"
    wanted = "200 400 401 402 403 404 408 409 410 413 415 418 422 429 503"
    assert sorted(spec["responses"]) == wanted.split()
    assert spec["responses"]["402"]["description"] == "A budget is used up."
    assert spec["responses"]["410"]["description"] == "Eaten."
    assert spec["responses"]["418"]["description"]
    (tag,) = document["tags"]
    assert tag["description"].startswith("The OpenAPI document says everything")


def test_a_link_leads_to_what_takes_the_id(document):
    made = document["paths"]["/v1/webhooks"]["post"]["responses"]["201"]["links"]
    assert made["get_webhook"]["parameters"] == {"webhook_id": "$response.body#/id"}
    listed = document["paths"]["/v1/contents"]["get"]["responses"]["200"]["links"]
    assert listed["approve"]["parameters"] == {"content_id": "$response.body#/items/0/id"}


def test_every_tag_is_explained(document):
    explained = {one["name"] for one in document["tags"] if one["description"]}
    assert explained == {tag for _, _, spec in every(document) for tag in spec["tags"]}


def test_tags_stand_in_the_order_in_which_a_client_needs_them(document):
    assert [one["name"] for one in document["tags"]] == list(openapi.TAGS)


def test_no_operation_says_the_same_sentence_twice(document):
    for method, path, spec in every(document):
        assert spec.get("description", "").rstrip(".") != spec["summary"], (method, path)
    described = document["paths"]["/v1/jobs/{job_id}/cancel"]["post"]["description"]
    assert "stops within a second" in described


async def test_examples_are_what_the_api_takes(api, seed, document):
    """Those that need nothing which is not there."""
    company = await seed.company()
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    schemas = document["components"]["schemas"]
    asked = {
        "NewEvent": f"/v1/companies/{company.id}/events",
        "DocumentIn": f"/v1/companies/{company.id}/documents",
        "NewInvitation": "/v1/invitations",
        "NewApiToken": "/v1/api-tokens",
        "NewWebhook": "/v1/webhooks",
    }
    for name, path in asked.items():
        if name in schemas:
            answer = await manager.post(path, json=schemas[name]["examples"][0])
            assert answer.status_code == 201, (name, answer.text)
    limit = schemas["LimitChange"]["examples"][0]
    assert (await manager.put("/v1/usage/limits", json=limit)).status_code == 200


async def test_405_names_every_method_of_the_path(api, seed):
    company = await seed.company()
    for path, methods in {
        "/v1/webhooks": "GET, POST",
        "/v1/me/notifications": "GET, PATCH",
        f"/v1/companies/{company.id}": "GET, PATCH",
        "/v1/provider-keys/openai": "DELETE, GET, PUT",
    }.items():
        answer = await api.stranger.request("OPTIONS", path)
        assert (answer.status_code, answer.headers["allow"]) == (405, methods), path


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v1/me/notifications", {"email": 0}),
        ("PATCH", "/v1/me/notifications", {"email": "yes"}),
        ("PUT", "/v1/usage/limits", {"requests": "7"}),
        ("PUT", "/v1/usage/limits", {"requests": True}),
        ("PUT", "/v1/usage/limits", {"requests": 7.5}),
        ("PUT", "/v1/usage/limits", {"cost_usd": "1e3"}),
        ("PUT", "/v1/usage/limits", {"cost_usd": "\u0665"}),
        ("PUT", "/v1/usage/limits", {"cost_usd": True}),
        ("POST", "/v1/companies/{company}/events", {"date": 1795810000, "title": "x"}),
        ("POST", "/v1/companies/{company}/events", {"date": "1795810000", "title": "x"}),
        ("POST", "/v1/api-tokens", {"name": "x", "scopes": ["read"], "expires_at": 1795810000}),
    ],
)
async def test_what_looks_like_something_else_is_not_taken_for_it(api, seed, method, path, body):
    company = await seed.company()
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    answer = await manager.request(method, path.format(company=company.id), json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] in body


async def test_a_whole_number_may_be_written_as_json_has_it(api, seed):
    manager = api.known(await seed.person(await seed.organization(), "MANAGER"))
    limit = {"requests": 7.0, "cost_usd": 0.5}
    answer = await manager.put("/v1/usage/limits", json=limit)
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"][0]["written"]["requests"] == 7


@pytest.mark.parametrize("value", ["0.5", "1795810000", "yesterday", "2026"])
async def test_a_number_in_a_query_is_no_moment_and_no_day(api, seed, value):
    manager = api.known(await seed.person(await seed.organization(), "MANAGER"))
    for path, names in (("/v1/audit", ("from", "to")), ("/v1/usage/summary", ("start_date",))):
        for name in names:
            answer = await manager.get(path, params={name: value, "end_date": "2026-01-01"})
            assert answer.status_code == 422, (path, name, answer.text)


async def test_a_month_is_described_as_it_is_answered(api, seed, document):
    """The document describes answers, and not the rows from which they are made."""
    company = await seed.company()
    item = await seed.item(company)
    client = api.known(await seed.person(company.organization_id))
    answer = (await client.get(f"/v1/contents/{item.id}")).json()
    assert answer["month"] == "2026-12"
    described = document["components"]["schemas"]["ContentOut"]["properties"]["month"]
    assert {"type": "string"} in described["anyOf"]
