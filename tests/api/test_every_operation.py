"""Every operation of the OpenAPI document, asked by every role and by strangers.

Members get what the table of permissions says and are refused the rest; strangers get nothing and
change nothing. A new route is walked as soon as it is there, and one without a row in the table
fails. Paths and bodies name the things of one organisation.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.flow import JobRequest
from posthub_assets.domain.media.library import MediaOrder, Mode, RequestKind
from posthub_assets.domain.media.palettes.making import by_hand
from posthub_assets.domain.media.picture_wish import PictureWish
from posthub_assets.domain.people import Role, TokenScope, at_least
from posthub_assets.domain.permissions.rows import Permission, Who
from posthub_assets.domain.permissions.table import PERMISSIONS, permission_of
from resources.database.engine import EVERYTHING, Database, Scope, guarded_tables
from resources.database.repositories import jobs, picture_requests
from resources.ids import new_id

PUBLIC = {key for key, row in PERMISSIONS.items() if row.who is Who.ANYBODY}
"""What may be asked without a token. All others answer 401 without one."""

REPEATS_WHAT_WAS_ASKED = {"/v1/decisions"}
"""One answer each for what was named; here each says that it is not there."""

CHANGES_THE_ASKER = {("POST", "/v1/auth/password")}

ASKS_A_VENDOR = {("PUT", "/v1/provider-keys/{provider}")}
"""Who may do this learns that no vendor answers here (502)."""

IS_THERE_LATER = {("GET", "/v1/companies/{company_id}/calendar")}
"""Made when something is approved; 404 until then."""

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
"""What takes things away is asked last."""

OF_ONE_ORGANIZATION = (
    "company_id",
    "content_id",
    "job_id",
    "image_job_id",
    "invitation_id",
    "token_id",
    "link_id",
    "erasure_id",
    "sha256",
    "user_id",
    "webhook_id",
    "show_id",
    "asset_id",
    "palette_id",
)

IN_NO_ANSWER = (
    *("content_id", "company_id", "job_id", "invitation_id", "link_id"),
    *("show_id", "asset_id", "palette_id"),
)

PROMPT = """---
code: {code}
kind: text
language: en
temperature: 0.7
max_tokens: 500
output: markdown
variables:
  company: what it is
---
=== system ===
=== user ===
Write about {{{{ company }}}}
"""

TIMELESS = {"Schedule": {"scheduled_at": None}}
"""Instead of examples whose time will pass."""


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
        if "enum" in schema or "const" in schema:
            known = schema.get("enum", [schema.get("const")])
            return ids[name] if ids.get(name) in known else known[0]
        if name in ids:
            return ids[name]
        if schema.get("type") == "object" and "examples" in schema:
            example = TIMELESS.get(schema["title"], schema["examples"][0])
            own = {key: ids[key] for key in schema.get("properties", {}) if key in ids}
            return {**example, **own}
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self._value(schema[several][0], name, ids)
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
        fitting = {
            "month": "2026-12",
            "slug": "a-company",
            "key": "sk-" + "a" * 40,
            "url": "https://hooks.example.com/posthub",
            "text": PROMPT.format(code=ids["code"]),
        }
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


async def a_show(seed, company) -> Any:
    """Make a show; give its id."""
    show = new_id()
    await seed.insert(
        "show",
        id=show,
        organization_id=company.organization_id,
        company_id=company.id,
        title="An evening",
    )
    return show


async def images_asked(owner_database, company) -> Any:
    """Ask for images; give the id of the job, which nobody has begun."""
    wish = PictureWish(prompt="A stage", width_px=400, height_px=400)
    order = MediaOrder(
        id=new_id(),
        organization_id=company.organization_id,
        company_id=company.id,
        month=date(2026, 12, 1),
        kind=RequestKind.IMAGE,
        mode=Mode.QUEUED,
        wish=wish.model_dump(mode="json"),
    )
    async with owner_database.transaction(Scope.of(company.organization_id)) as connection:
        return await picture_requests.ask(connection, order, Decimal(0))


async def an_asset(seed, company, show, sha256) -> Any:
    """Put a picture of a file that is there into the library; give its id."""
    asset = new_id()
    await seed.insert(
        "media_asset",
        id=asset,
        organization_id=company.organization_id,
        company_id=company.id,
        show_id=show,
        month=date(2026, 12, 1),
        sha256=sha256,
        kind="upload",
        media_type="image/png",
        size_bytes=1,
        width_px=1,
        height_px=1,
    )
    return asset


@pytest.fixture
async def neighbour(app, seed, owner_database) -> AsyncIterator[dict[str, str]]:
    """Another organisation's ids, by the names that paths and bodies give them."""
    company = await seed.company()
    item = await seed.item(company)
    person = await seed.person(company.organization_id, password_hash=None)
    media = app.state.services.media.put(company.organization_id, company.id.bytes)
    await seed.insert(
        "media",
        organization_id=company.organization_id,
        sha256=media,
        media_type="image/png",
        size_bytes=1,
        origin="test",
    )
    asked = JobRequest(
        verb="create",
        asset=f"asset_{new_id().hex}",
        media_request_id=str(await seed.formatted(company, media)),
    )
    async with owner_database.transaction(Scope.of(company.organization_id)) as connection:
        (job_id,) = await jobs.ask_for(
            connection,
            organization_id=company.organization_id,
            company_id=company.id,
            requests=[asked],
        )
        await connection.execute(  # so that the stream of its events ends
            text("UPDATE posthub.job SET status = 'failed' WHERE id = :id"), {"id": job_id}
        )
    invitation = new_id()
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
    token, webhook = new_id(), new_id()
    await seed.insert(
        "webhook_endpoint",
        id=webhook,
        organization_id=company.organization_id,
        url="https://hooks.example.com/posthub",
        topics=["job.failed"],
        secret=b"sealed",
        created_by=person.id,
    )
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
    show = await a_show(seed, company)
    asset = await an_asset(seed, company, show, media)
    palette = await seed.item(
        company,
        kind=Kind.PALETTE,
        status=Status.APPROVED,
        body=by_hand(("#1C304A",), name="Harbour").model_dump(mode="json"),
        month=date(2026, 12, 1),
    )
    erasure = new_id()
    await seed.insert(
        "erasure",
        id=erasure,
        organization_id=company.organization_id,
        subject_kind="company",
        subject_id=new_id(),
        reason="request",
        status="completed",
        due_at=(await seed.rows("SELECT now() AS at"))[0].at,
    )
    found = {
        "erasure_id": erasure,
        "token_id": token,
        "webhook_id": webhook,
        "role": "SUPERVISOR",
        "cost_usd": "50",
        "reason": "Say it in fewer words.",
        "link_id": link,
        "show_id": show,
        "asset_id": asset,
        "palette_id": palette.id,
        "organization_id": company.organization_id,
        "company_id": company.id,
        "company": company.id,
        "content_id": item.id,
        "content": item.id,
        "job_id": job_id,
        "image_job_id": await images_asked(owner_database, company),
        "person": person.id,
        "user_id": person.id,
        "invitation_id": invitation,
        "sha256": media,
        "format_code": "poster",
        "code": "TOPIC_GEN",
        "provider": "openai",
        "experiment_id": new_id(),
    }
    yield {name: str(value) for name, value in found.items()}
    async with owner_database.transaction(EVERYTHING) as connection:  # an administrator was here
        await connection.execute(
            text("DELETE FROM posthub.provider_setting WHERE organization_id IS NULL")
        )


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
            assert answer.status_code == 404, said
        if answer.status_code < 300 and operation.path not in REPEATS_WHAT_WAS_ASKED:
            for name in IN_NO_ANSWER:
                assert neighbour[name] not in answer.text, said
    assert await state_of(seed.database, neighbour["organization_id"]) == before


def names_the_neighbour(operation: Operation) -> bool:
    """Tell whether the path names something of one organisation."""
    return any(f"{{{name}}}" in operation.path for name in OF_ONE_ORGANIZATION)


def test_every_operation_has_a_row_and_every_row_an_operation(app):
    asked = {(operation.method, operation.path) for operation in operations(app)}
    assert asked - set(PERMISSIONS) == set(), "Add them to domain/permissions/table.py."
    assert set(PERMISSIONS) - asked == set(), "These rows are of no operation."


def agrees(operation: Operation, row: Permission, role: Role, code: int) -> bool:
    """Tell whether an answer about a thing of one's own organisation is what the table says."""
    if row.who.role is not None and not at_least(role, row.who.role):
        return code == 403
    key = (operation.method, operation.path)
    if code == 404:
        return not names_the_neighbour(operation) or key in IS_THERE_LATER
    return code not in (401, 403) and (code < 500 or key in ASKS_A_VENDOR)


def in_order(operation: Operation) -> tuple[int, int]:
    """Tell when an operation is asked: a part is taken away before the whole."""
    is_last = operation.method == "DELETE"
    return METHODS.index(operation.method), -len(operation.path) if is_last else 0


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_may_do_what_the_table_says_and_no_more(api, app, seed, neighbour, role):
    is_admin = role is Role.ADMIN
    organization = None if is_admin else neighbour["organization_id"]
    client = api.known(await seed.person(organization, role, is_admin=is_admin))
    wrong = []
    for operation in sorted(operations(app), key=in_order):
        row = permission_of(operation.method, operation.path)
        if row.who is Who.ANYBODY:
            continue
        answer = await client.request(
            operation.method, operation.url(neighbour), json=operation.body(neighbour)
        )
        if not agrees(operation, row, role, answer.status_code):
            wrong.append(f"{operation} ({row.who}): {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scope", list(TokenScope))
async def test_a_machine_may_do_what_its_scope_says_and_no_more(api, app, seed, neighbour, scope):
    manager = api.known(await seed.person(neighbour["organization_id"], "MANAGER"))
    made = await manager.post("/v1/api-tokens", json={"name": "portal", "scopes": [scope.value]})
    machine = api.client(authorization=f"Bearer {made.json()['token']}")
    wrong = []
    for operation in sorted(operations(app), key=in_order):
        row = permission_of(operation.method, operation.path)
        if row.who is Who.ANYBODY:
            continue
        answer = await machine.request(
            operation.method, operation.url(neighbour), json=operation.body(neighbour)
        )
        fits = row.token is scope and row.who is not Who.ADMIN
        code = answer.status_code
        if not (agrees(operation, row, Role.MANAGER, code) if fits else code == 403):
            wrong.append(f"{operation} ({row.token}): {code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)


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
