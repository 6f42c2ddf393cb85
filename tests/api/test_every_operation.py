"""Every operation of the OpenAPI document, asked by strangers: nothing is given, nothing changes.

A new route is walked as soon as it is there. Paths and bodies name another organisation's things.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from posthub_assets.domain.flow import JobRequest
from resources.database.engine import Database, Scope, guarded_tables
from resources.database.repositories import jobs
from resources.ids import new_id

PUBLIC = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("POST", "/v1/auth/login"),
    ("POST", "/v1/auth/refresh"),
    ("POST", "/v1/auth/logout"),
    ("POST", "/v1/auth/register"),
    ("POST", "/v1/auth/accept-invitation"),
}
"""What may be asked without a token. All others answer 401 without one."""

REPEATS_WHAT_WAS_ASKED = {"/v1/decisions"}
"""One answer each for what was named; here each says that it is not there."""

CHANGES_THE_ASKER = {("POST", "/v1/auth/password")}


@dataclass(frozen=True)
class Operation:
    """One operation, with what is needed to ask it."""

    method: str
    path: str
    spec: dict[str, Any]
    schemas: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def url(self, ids: dict[str, str]) -> str:
        """Give the path with another organisation's ids in it."""
        path = self.path
        for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
            path = path.replace(f"{{{name}}}", ids.get(name, "1"))
        needed = [
            f"{one['name']}={ids.get(one['name'], self._value(one['schema'], one['name'], ids))}"
            for one in self.spec.get("parameters", ())
            if one["in"] == "query" and (one.get("required") or one["name"] in ids)
        ]
        return f"{path}?{'&'.join(needed)}" if needed else path

    def body(self, ids: dict[str, str]) -> Any:
        """Give the least body that the document allows, or None."""
        content = self.spec.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return None
        return self._value(content["application/json"]["schema"], "", ids)

    def _value(self, schema: dict[str, Any], name: str, ids: dict[str, str]) -> Any:
        if "$ref" in schema:
            return self._value(self.schemas[schema["$ref"].rpartition("/")[2]], name, ids)
        if name in ids:
            return ids[name]
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self._value(schema[several][0], name, ids)
        if "enum" in schema or "const" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        return self._plain(schema, name, ids)

    def _plain(self, schema: dict[str, Any], name: str, ids: dict[str, str]) -> Any:
        match schema.get("type"):
            case "object":
                wanted = set(schema.get("required", ())) | set(ids)
                known = schema.get("properties", {})
                return {key: self._value(known[key], key, ids) for key in known if key in wanted}
            case "array":
                least = schema.get("minItems", 0)
                return [self._value(schema["items"], "", ids) for _ in range(least)]
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return True
        formats = {
            "uuid": ids["content_id"],
            "date": "2026-12-01",
            "date-time": "2026-12-01T08:00Z",
        }
        fitting = {"month": "2026-12", "slug": "a-company", "key": "sk-" + "a" * 40}
        return formats.get(schema.get("format", ""), fitting.get(name, "something"))


def operations(app: Any) -> Iterator[Operation]:
    document = app.openapi()
    for path, known in document["paths"].items():
        for method, spec in known.items():
            yield Operation(method.upper(), path, spec, document["components"]["schemas"])


async def a_link(seed, company, item, person) -> Any:
    """Make a link over an item; give its id."""
    link = new_id()
    await seed.insert(
        "approval_link",
        id=link,
        organization_id=company.organization_id,
        company_id=company.id,
        secret_hash=str(link),
        recipient="somebody@example.com",
        made_by=person.id,
        expires_at=(await seed.rows("SELECT now() + interval '1 day' AS at"))[0].at,
    )
    await seed.insert(
        "approval_link_item",
        link_id=link,
        content_id=item.id,
        version=1,
        organization_id=company.organization_id,
        position=1,
    )
    return link


@pytest.fixture
async def neighbour(seed, owner_database) -> dict[str, str]:
    """Another organisation's ids, by the names that paths and bodies give them."""
    company = await seed.company()
    item = await seed.item(company)
    person = await seed.person(company.organization_id, password_hash=None)
    async with owner_database.transaction(Scope.of(company.organization_id)) as connection:
        (job_id,) = await jobs.ask_for(
            connection,
            organization_id=company.organization_id,
            company_id=company.id,
            requests=[JobRequest(verb="create", asset=f"asset_{new_id().hex}")],
        )
    invitation, media = new_id(), "ab" * 32
    await seed.insert(
        "invitation",
        id=invitation,
        organization_id=company.organization_id,
        email="somebody@example.com",
        role="SUPERVISOR",
        token_hash=str(invitation),
        invited_by=person.id,
        expires_at=(await seed.rows("SELECT now() + interval '1 day' AS at"))[0].at,
    )
    await seed.insert(
        "media",
        organization_id=company.organization_id,
        sha256=media,
        media_type="image/png",
        size_bytes=1,
        origin="test",
    )
    token = new_id()
    await seed.insert(
        "api_token",
        id=token,
        organization_id=company.organization_id,
        user_id=person.id,
        name="portal",
        token_hash=str(token),
        scopes={"allowed": ["read"]},
    )
    link = await a_link(seed, company, item, person)
    found = {
        "token_id": token,
        "link_id": link,
        "organization_id": company.organization_id,
        "company_id": company.id,
        "company": company.id,
        "content_id": item.id,
        "content": item.id,
        "job_id": job_id,
        "person": person.id,
        "user_id": person.id,
        "invitation_id": invitation,
        "sha256": media,
        "code": "TOPIC_GEN",
        "provider": "openai",
        "experiment_id": new_id(),
    }
    return {name: str(value) for name, value in found.items()}


async def state_of(owner: Database, organization_id: str) -> dict[str, Any]:
    """Give a hash of every row of an organisation, by table."""
    found = {}
    async with owner.engine.connect() as connection:
        for table in guarded_tables():
            rows = await connection.execute(
                text(
                    "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"  # noqa: S608
                    f" FROM posthub.{table} t WHERE organization_id = :id"
                ),
                {"id": organization_id},
            )
            found[table] = rows.scalar_one()
    return found


async def test_without_a_token_only_the_door_is_open(api, app, neighbour):
    for operation in operations(app):
        if (operation.method, operation.path) in PUBLIC:
            continue
        answer = await api.stranger.request(
            operation.method, operation.url(neighbour), json=operation.body(neighbour)
        )
        assert answer.status_code == 401, f"{operation}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("role", ["SUPERVISOR", "MARKETER", "MANAGER"])
async def test_a_neighbours_things_are_neither_given_nor_changed(api, app, seed, neighbour, role):
    home = await seed.company()
    stranger = api.known(await seed.person(home.organization_id, role))
    before = await state_of(seed.database, neighbour["organization_id"])
    for operation in operations(app):
        if (operation.method, operation.path) in PUBLIC | CHANGES_THE_ASKER:
            continue
        answer = await stranger.request(
            operation.method, operation.url(neighbour), json=operation.body(neighbour)
        )
        said = f"{operation}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code < 500, said
        if names_the_neighbour(operation):
            assert answer.status_code in (403, 404, 422), said
        if answer.status_code < 300 and operation.path not in REPEATS_WHAT_WAS_ASKED:
            for name in ("content_id", "company_id", "job_id", "invitation_id", "link_id"):
                assert neighbour[name] not in answer.text, said
    assert await state_of(seed.database, neighbour["organization_id"]) == before


def names_the_neighbour(operation: Operation) -> bool:
    """Tell whether the path names something of one organisation."""
    own = ("company_id", "content_id", "job_id", "invitation_id", "token_id", "link_id", "sha256")
    return any(f"{{{name}}}" in operation.path for name in own)


async def test_every_refusal_is_a_problem_document(api, app, seed, neighbour):
    home = await seed.company()
    stranger = api.known(await seed.person(home.organization_id))
    for operation in operations(app):
        if (operation.method, operation.path) in PUBLIC | CHANGES_THE_ASKER:
            continue
        answer = await stranger.request(
            operation.method, operation.url(neighbour), json=operation.body(neighbour)
        )
        if answer.status_code >= 400:
            said = answer.json()
            assert said["type"].startswith("urn:posthub:problem:"), operation
            assert (said["status"], bool(said["detail"])) == (answer.status_code, True)
