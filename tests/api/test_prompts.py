"""Prompts and experiments over HTTP."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from posthub_assets.domain.content import Status
from posthub_assets.domain.experiments import wilson_interval
from resources.database.engine import Scope
from resources.database.repositories import prompts
from resources.ids import new_id
from resources.prompt_library.files import parse
from resources.prompt_library.seeding import seed_prompts
from resources.prompt_library.template import to_text

pytestmark = pytest.mark.anyio

FILE = """---
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
{words} {{{{ company }}}}
"""


def text(code, words):
    return FILE.format(code=code, words=words)


@pytest.fixture
async def code(owner_database, tmp_path):
    """A prompt that no other test uses; version 1 is this release's."""
    name = f"T{uuid4().hex.upper()}"
    template = parse(text(name, "First"), stage="editorial")
    path = tmp_path / template.file_name
    path.parent.mkdir()
    path.write_text(to_text(template), encoding="utf-8")
    async with owner_database.engine.begin() as connection:
        await connection.run_sync(lambda sync: seed_prompts(sync, tmp_path))
    return name


@pytest.fixture
async def admin(api, seed):
    return api.known(await seed.person(is_admin=True))


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def manager(api, seed, company):
    return api.known(await seed.person(company.organization_id, "MANAGER"))


async def served(database, company, code):
    async with database.transaction(Scope.of(company.organization_id)) as connection:
        found = await prompts.serve(
            connection,
            organization_id=company.organization_id,
            company_id=company.id,
            code=code,
            language="en",
        )
    return found.user_text


async def test_a_version_is_made_labelled_compared_and_rolled_back(
    seed, admin, code, company, factory_database
):
    url = f"/v1/prompts/{code}"
    made = await admin.post(f"{url}/versions", json={"text": text(code, "Second"), "note": "why"})
    assert (made.status_code, made.json()["version"]) == (201, 2), made.text
    assert (await served(factory_database, company, code)).startswith("First")
    moved = await admin.post(f"{url}/labels", json={"version": 2})
    assert moved.status_code == 200, moved.text
    assert (await served(factory_database, company, code)).startswith("Second")
    diff = (await admin.get(f"{url}/diff", params={"from": 1, "to": 2})).json()["diff"]
    assert "-First" in diff
    assert "+Second" in diff
    back = await admin.post(f"{url}/rollback", json={})
    assert back.json()["version"] == 1
    assert (await served(factory_database, company, code)).startswith("First")
    whole = (await admin.get(url)).json()
    assert [one["version"] for one in whole["versions"]] == [2, 1]
    assert {(one["label"], one["version"]) for one in whole["labels"]} == {("production", 1)}
    rows = await seed.rows(
        "SELECT * FROM posthub.audit WHERE subject_id = :id AND actor_id IS NOT NULL"
        " ORDER BY at, id",
        id=f"{code}/en",
    )
    assert [one.action for one in rows] == ["prompt.create", "prompt.label", "prompt.rollback"]
    assert all(one.request_id for one in rows)


async def test_a_versions_text_can_be_sent_back_and_is_no_new_version(admin, code):
    url = f"/v1/prompts/{code}/versions"
    read = (await admin.get(f"{url}/1")).json()
    again = await admin.post(url, json={"text": read["text"]})
    assert again.json()["version"] == 1


async def test_the_shelf_shows_the_platforms_and_ones_own(manager, code):
    await manager.put(f"/v1/prompts/{code}/override", json={"text": text(code, "Ours")})
    items = (await manager.get("/v1/prompts")).json()["items"]
    mine = [one for one in items if one["code"] == code]
    assert [(one["organization_id"] is None, one["production"]) for one in mine] == [
        (True, 1),
        (False, 1),
    ]


async def test_an_override_serves_one_organisation_until_it_is_taken_away(
    seed, manager, code, company, factory_database
):
    other = await seed.company()
    url = f"/v1/prompts/{code}/override"
    put = await manager.put(url, json={"text": text(code, "Ours")})
    assert put.status_code == 200, put.text
    assert put.json()["organization_id"] == str(company.organization_id)
    assert (await served(factory_database, company, code)).startswith("Ours")
    assert (await served(factory_database, other, code)).startswith("First")
    own = await manager.get(f"/v1/prompts/{code}/versions/1", params={"own": True})
    assert own.json()["user_text"].startswith("Ours")
    theirs = await manager.get(f"/v1/prompts/{code}/versions/1")
    assert theirs.json()["user_text"].startswith("First")
    assert (await manager.delete(url)).status_code == 204
    assert (await served(factory_database, company, code)).startswith("First")
    assert (await manager.delete(url)).status_code == 404


async def test_a_manager_does_not_change_the_platforms(manager, code):
    url = f"/v1/prompts/{code}"
    for answer in (
        await manager.post(f"{url}/versions", json={"text": text(code, "Mine")}),
        await manager.post(f"{url}/labels", json={"version": 1}),
        await manager.post(f"{url}/rollback", json={}),
    ):
        assert answer.status_code == 403


async def test_below_a_manager_nothing_is_changed_and_a_supervisor_reads_nothing(
    api, seed, company, code
):
    marketer = api.known(await seed.person(company.organization_id, "MARKETER"))
    supervisor = api.known(await seed.person(company.organization_id, "SUPERVISOR"))
    url = f"/v1/prompts/{code}"
    assert (await marketer.get(url)).status_code == 200
    assert (await supervisor.get(url)).status_code == 403
    assert (await supervisor.get("/v1/prompts")).status_code == 403
    for client in (marketer, supervisor):
        put = await client.put(f"{url}/override", json={"text": text(code, "Mine")})
        assert put.status_code == 403


async def test_a_stranger_gets_404_for_anothers_own(api, seed, company, manager, code):
    url = f"/v1/prompts/{code}"
    await manager.put(f"{url}/override", json={"text": text(code, "Ours")})
    stranger = api.known(await seed.person(await seed.organization(), "MANAGER"))
    whose = {"organization_id": str(company.organization_id)}
    own = {**whose, "own": True}
    for answer in (
        await stranger.get("/v1/prompts", params=whose),
        await stranger.get(url, params=own),
        await stranger.get(f"{url}/versions/1", params=own),
        await stranger.get(f"{url}/diff", params={**own, "from": 1, "to": 1}),
        await stranger.post(f"{url}/versions", json={"text": text(code, "x"), **whose}),
        await stranger.post(f"{url}/labels", json={"version": 1, **whose}),
        await stranger.post(f"{url}/rollback", json=whose),
        await stranger.put(f"{url}/override", json={"text": text(code, "x"), **whose}),
        await stranger.delete(f"{url}/override", params=whose),
        await stranger.get(url, params={"own": True}),
    ):
        assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(
    "words", ["{% import 'os' %}", "{{ unknown_variable }}", "{{ company.", "{{ " + "(" * 5000]
)
async def test_words_that_cannot_be_served_are_422(admin, code, words):
    url = f"/v1/prompts/{code}/versions"
    assert (await admin.post(url, json={"text": text(code, words)})).status_code == 422


async def test_a_text_of_another_prompt_or_of_none_is_refused(admin, code):
    url = f"/v1/prompts/{code}/versions"
    assert (await admin.post(url, json={"text": text("OTHER_ONE", "x")})).status_code == 422
    assert (await admin.post(url, json={"text": "no settings"})).status_code == 422
    nowhere = await admin.post(
        "/v1/prompts/NOBODY_ASKS/versions", json={"text": text("NOBODY_ASKS", "x")}
    )
    assert nowhere.status_code == 404
    assert (await admin.get("/v1/prompts/NOBODY_ASKS")).status_code == 404
    assert (await admin.get(f"{url}/9")).status_code == 404


async def test_a_version_sent_twice_under_one_key_is_made_once(seed, admin, code):
    url = f"/v1/prompts/{code}/versions"
    headers = {"Idempotency-Key": "a version"}
    body = {"text": text(code, "Second")}
    first = await admin.post(url, json=body, headers=headers)
    second = await admin.post(url, json=body, headers=headers)
    assert (first.status_code, second.content) == (201, first.content)


@pytest.fixture
async def candidate(admin, code):
    """Version 2, which waits."""
    answer = await admin.post(f"/v1/prompts/{code}/versions", json={"text": text(code, "Second")})
    return answer.json()


async def started(admin, code, **changes):
    body = {"code": code, "candidate": 2, "share_percent": 30, **changes}
    return await admin.post("/v1/experiments", json=body)


async def test_an_experiment_is_started_once_and_stopped(seed, admin, code, candidate):
    made = await started(admin, code)
    assert made.status_code == 201, made.text
    url = f"/v1/experiments/{made.json()['id']}"
    assert (await started(admin, code)).status_code == 409
    assert (await admin.post(f"/v1/prompts/{code}/labels", json={"version": 2})).status_code == 409
    stopped = await admin.post(f"{url}/stop", json={"because": "enough"})
    assert stopped.json()["stopped_because"] == "enough"
    assert (await admin.post(f"{url}/stop", json={})).status_code == 409
    assert (await admin.post(f"{url}/promote")).status_code == 409
    listed = (await admin.get("/v1/experiments")).json()["items"]
    assert made.json()["id"] in {one["id"] for one in listed}
    rows = await seed.rows(
        "SELECT action, actor_id FROM posthub.audit WHERE subject_id = :id ORDER BY at, id",
        id=made.json()["id"],
    )
    assert [one.action for one in rows] == ["experiment.start", "experiment.stop"]
    assert all(one.actor_id for one in rows)


async def test_a_promoted_candidate_is_served_to_all(
    admin, code, candidate, company, factory_database
):
    made = (await started(admin, code)).json()
    promoted = await admin.post(f"/v1/experiments/{made['id']}/promote")
    assert promoted.status_code == 200, promoted.text
    assert promoted.json()["stopped_at"]
    assert (await served(factory_database, company, code)).startswith("Second")


async def test_results_are_the_decisions_with_their_intervals(
    seed, admin, code, candidate, company
):
    made = (await started(admin, code)).json()
    for action in ("approve", "approve", "reject"):
        call, item = new_id(), new_id()
        await seed.insert(
            "generation",
            id=call,
            organization_id=company.organization_id,
            company_id=company.id,
            kind="BlogPostBrief",
            provider="gemini",
            prompt_version_id=candidate["id"],
            request_hash=str(call),
            nonce="",
            status="completed",
            cost_usd=Decimal("0.5"),
        )
        await decided(seed, company, item, call, action)
    body = (await admin.get(f"/v1/experiments/{made['id']}")).json()
    arm = body["candidate"]
    assert (arm["decided"], arm["first_pass"], arm["approved"]) == (3, 2, 2)
    expected = wilson_interval(2, 3)
    assert arm["first_pass_interval"] == {"low": expected.low, "high": expected.high}
    assert (Decimal(arm["cost_usd"]), arm["cost_interval_usd"]) == (Decimal("1.5"), None)
    assert Decimal(arm["cost_per_approved_usd"]) == Decimal("0.75")
    assert body["control"]["decided"] == 0
    assert body["control"]["first_pass_interval"] is None
    assert body["guardrail"] is None


async def decided(seed, company, item, call, action):
    """Make an item that the call wrote, and decide about it."""
    version, digest = new_id(), "0" * 64
    owner = {"organization_id": company.organization_id}
    await seed.insert(
        "content",
        id=item,
        **owner,
        company_id=company.id,
        kind="topic",
        language="en",
        place=str(item),
        status=(Status.APPROVED if action == "approve" else Status.REJECTED).value,
        current_version=1,
        title="",
    )
    await seed.insert(
        "content_version",
        id=version,
        **owner,
        content_id=item,
        number=1,
        body={},
        sha256=digest,
        word_count=0,
        generation_id=call,
    )
    await seed.insert(
        "decision",
        id=new_id(),
        **owner,
        content_id=item,
        version_id=version,
        version_number=1,
        sha256=digest,
        action=action,
    )


async def test_experiments_are_administrators_alone(manager, admin, code, candidate):
    made = (await started(admin, code)).json()
    url = f"/v1/experiments/{made['id']}"
    for answer in (
        await manager.get("/v1/experiments"),
        await manager.get(url),
        await started(manager, code),
        await manager.post(f"{url}/stop", json={}),
        await manager.post(f"{url}/promote"),
    ):
        assert answer.status_code == 403
    assert (await admin.get(f"/v1/experiments/{new_id()}")).status_code == 404
    await admin.post(f"{url}/stop", json={})
