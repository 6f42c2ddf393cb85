"""Erasing companies and people over HTTP: who may, what is left to see, the way back."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.erasing import SIGNED, receipt_hash
from resources.database.engine import EVERYTHING, Scope
from resources.database.repositories import erasures
from resources.erasing import Eraser
from resources.ids import new_id
from resources.media_store import MediaStore
from resources.upkeep import PostgresUpkeep
from resources.work_queue import PostgresWorkQueue

pytestmark = pytest.mark.anyio

NAME = "The bakery on the corner"


@pytest.fixture
async def company(seed):
    return await seed.company(name=NAME)


@pytest.fixture
async def manager(api, seed, company):
    return api.known(await seed.person(company.organization_id, "MANAGER"))


async def erased(client, company, **body):
    given = {"confirm": NAME, **body}
    return await client.post(f"/v1/companies/{company.id}/erasure", json=given)


async def test_a_company_is_erased_at_once_and_the_receipt_says_what_is_left(
    seed, company, manager
):
    item = await seed.item(company, body={"title": "Rye bread of Ms Example"})
    answer = await erased(manager, company, at_once=True)
    assert answer.status_code == 202, answer.text
    receipt = answer.json()
    assert (receipt["status"], receipt["pending"]) == ("pending", ["dagster"])
    assert receipt["counts"]["content_version"] == 1
    assert (await manager.get(f"/v1/erasures/{receipt['id']}")).json() == receipt
    assert (await manager.get("/v1/erasures")).json()["items"] == [receipt]
    for path in (f"/v1/companies/{company.id}", f"/v1/contents/{item.id}"):
        assert (await manager.get(path)).status_code == 404, path
    (row,) = await seed.rows(
        "SELECT body, sha256 FROM posthub.content_version WHERE id = :id", id=item.version_id
    )
    assert tuple(row) == (None, item.sha256)
    assert "Example" not in answer.text


async def test_the_name_must_be_written_and_nothing_happens_without(seed, company, manager):
    answer = await erased(manager, company, confirm="another bakery", at_once=True)
    assert answer.status_code == 422
    assert NAME in answer.json()["detail"] and "Nothing was erased" in answer.json()["detail"]
    assert (await manager.get(f"/v1/companies/{company.id}")).json()["name"] == NAME
    assert not await seed.rows(
        "SELECT 1 FROM posthub.erasure WHERE subject_id = :id", id=company.id
    )


@pytest.mark.parametrize("role", ["SUPERVISOR", "MARKETER"])
async def test_managers_erase_and_nobody_below(api, seed, company, role):
    client = api.known(await seed.person(company.organization_id, role))
    assert (await erased(client, company)).status_code == 403
    answer = await client.post(f"/v1/companies/{company.id}/restore")
    assert answer.status_code == 403


async def test_a_deleted_company_is_nowhere_and_comes_back_as_it_was(api, seed, company, manager):
    await seed.item(company)
    before = (await manager.get(f"/v1/companies/{company.id}")).json()
    contents = (await manager.get(f"/v1/contents?company={company.id}")).json()
    assert len(contents["items"]) == 1
    receipt = (await erased(manager, company)).json()
    assert receipt["status"] == "scheduled"
    due = datetime.fromisoformat(receipt["due_at"]) - datetime.now(UTC)
    assert timedelta(days=89) < due <= timedelta(days=90)
    assert (await manager.get(f"/v1/companies/{company.id}")).status_code == 404
    assert (await manager.get("/v1/companies")).json()["items"] == []
    assert (await manager.get("/v1/inbox")).json()["items"] == []
    assert (await manager.get("/v1/contents")).json()["items"] == []
    for path in ("documents", "events", "months", "export", "calendar?month=2026-12"):
        answer = await manager.get(f"/v1/companies/{company.id}/{path}")
        assert answer.status_code in (404, 405), path
    assert (await erased(manager, company)).status_code == 409

    back = await manager.post(f"/v1/companies/{company.id}/restore")
    assert back.status_code == 200, back.text
    assert {**back.json(), "updated_at": 0} == {**before, "updated_at": 0}
    assert (await manager.get(f"/v1/contents?company={company.id}")).json() == contents
    again = await manager.post(f"/v1/companies/{company.id}/restore")
    assert again.status_code == 409
    (shown,) = (await manager.get("/v1/erasures")).json()["items"]
    assert shown["status"] == "restored"


async def test_the_work_that_a_deletion_stopped_goes_on_after_it(seed, manager, company):
    for status in ("pending", "completed"):
        await seed.insert(
            "job",
            id=new_id(),
            organization_id=company.organization_id,
            company_id=company.id,
            asset="topics",
            kind=f"create_{status}",
            status=status,
        )

    async def standing():
        rows = await seed.rows(
            "SELECT kind, status FROM posthub.job WHERE company_id = :id", id=company.id
        )
        return {row.kind.removeprefix("create_"): row.status for row in rows}

    await erased(manager, company)
    assert await standing() == {"pending": "cancelled", "completed": "completed"}
    await manager.post(f"/v1/companies/{company.id}/restore")
    assert await standing() == {"pending": "pending", "completed": "completed"}


async def test_what_is_deleted_can_be_erased_at_once_and_not_restored_then(seed, company, manager):
    await seed.item(company)
    first = (await erased(manager, company)).json()
    second = (await erased(manager, company, at_once=True)).json()
    assert (second["id"], second["status"]) == (first["id"], "pending")
    answer = await manager.post(f"/v1/companies/{company.id}/restore")
    assert answer.status_code == 404
    assert "nothing of it is left" in answer.json()["detail"]
    again = await erased(manager, company, confirm="Erased company", at_once=True)
    assert again.status_code == 404


async def test_after_its_days_a_deleted_company_is_erased_by_itself(
    app, seed, company, manager, factory_database
):
    item = await seed.item(company)
    receipt = (await erased(manager, company)).json()
    eraser = Eraser(factory_database, app.state.services.media)
    assert receipt["id"] not in {str(one.erasure_id) for one in await eraser.go_on()}
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.erasure SET due_at = now() WHERE id = :id"), {"id": receipt["id"]}
        )
    left = {str(one.erasure_id): one for one in await eraser.go_on()}
    assert left[receipt["id"]].partition_key == company.partition_key
    await eraser.complete(left[receipt["id"]].erasure_id, {"event_logs": 3})
    (row,) = await seed.rows(
        "SELECT body FROM posthub.content_version WHERE id = :id", id=item.version_id
    )
    assert row.body is None
    closed = (await manager.get(f"/v1/erasures/{receipt['id']}")).json()
    assert (closed["status"], closed["pending"]) == ("completed", [])
    (kept,) = await seed.rows("SELECT * FROM posthub.erasure WHERE id = :id", id=receipt["id"])
    assert kept.left_to_do is None
    assert closed["sha256"] == receipt_hash({name: getattr(kept, name) for name in SIGNED})


async def test_a_company_that_is_restored_while_others_are_erased_stays(
    app, seed, company, manager, factory_database
):
    """The factory erases one after another; what it read as due may be restored by then."""
    item = await seed.item(company)
    receipt = (await erased(manager, company)).json()
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.erasure SET due_at = now() WHERE id = :id"), {"id": receipt["id"]}
        )
    async with factory_database.transaction(EVERYTHING) as connection:
        due = await erasures.waiting(connection)
    assert (await manager.post(f"/v1/companies/{company.id}/restore")).status_code == 200
    (mine,) = [one for one in due if str(one.id) == receipt["id"]]
    eraser = Eraser(factory_database, app.state.services.media)
    await eraser.erase(mine.id, mine.organization_id, mine.company_id)
    assert (await manager.get(f"/v1/companies/{company.id}")).json()["name"] == NAME
    (row,) = await seed.rows(
        "SELECT body FROM posthub.content_version WHERE id = :id", id=item.version_id
    )
    assert row.body is not None


async def test_what_broke_off_is_finished_by_the_factory(app, seed, company, factory_database, api):
    """The API wrote the wish down and died before it did anything."""
    await seed.item(company)
    async with seed.database.engine.begin() as connection:
        id_ = new_id()
        await connection.execute(
            text(
                "INSERT INTO posthub.erasure (id, organization_id, subject_kind, subject_id,"
                " reason, status, due_at) VALUES (:id, :organization, 'company', :company,"
                " 'request', 'pending', now())"
            ),
            {"id": id_, "organization": company.organization_id, "company": company.id},
        )
    left = await Eraser(factory_database, app.state.services.media).go_on()
    assert id_ in {one.erasure_id for one in left}
    (row,) = await seed.rows("SELECT name FROM posthub.company WHERE id = :id", id=company.id)
    assert row.name == "Erased company"


async def test_of_ten_at_once_one_erases(seed, company, manager):
    await seed.item(company)
    answers = await asyncio.gather(*(erased(manager, company, at_once=True) for _ in range(10)))
    codes = sorted(one.status_code for one in answers)
    assert codes[0] == 202 and set(codes[1:]) <= {404, 409, 422}, codes
    rows = await seed.rows("SELECT 1 FROM posthub.erasure WHERE subject_id = :id", id=company.id)
    assert len(rows) == 1


@pytest.mark.parametrize("at_once", [False, True])
async def test_sent_twice_under_one_key_it_is_one_erasure(seed, company, manager, at_once):
    given = {"json": {"confirm": NAME, "at_once": at_once}, "headers": {"idempotency-key": "k1"}}
    path = f"/v1/companies/{company.id}/erasure"
    first, second = [await manager.post(path, **given) for _ in range(2)]
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_whoever_was_at_work_writes_nothing_more(seed, company, manager, factory_database):
    item = await seed.item(company, status=Status.DRAFT)
    call = new_id()
    await seed.insert(
        "generation",
        id=call,
        organization_id=company.organization_id,
        company_id=company.id,
        kind="topic",
        provider="local",
        request_hash="h",
        nonce="n",
        status="started",
        request={"prompt": "words"},
    )
    await erased(manager, company, at_once=True)
    scope = Scope.of(company.organization_id)
    with pytest.raises(Exception, match="The company was erased"):
        async with factory_database.transaction(scope) as connection:
            await connection.execute(
                text(
                    "INSERT INTO posthub.content_version (id, organization_id, content_id, number,"
                    " body, sha256, word_count) VALUES (:id, :organization, :content, 2,"
                    """ '{"title": "late words"}', :sha, 2)"""
                ),
                {
                    "id": new_id(),
                    "organization": company.organization_id,
                    "content": item.id,
                    "sha": "a" * 64,
                },
            )
    async with factory_database.transaction(scope) as connection:
        await connection.execute(
            text(
                "UPDATE posthub.generation SET status = 'completed', cost_usd = 1,"
                """ response = '{"text": "late words"}' WHERE id = :id"""
            ),
            {"id": call},
        )
    (row,) = await seed.rows("SELECT * FROM posthub.generation WHERE id = :id", id=call)
    assert (row.request, row.response, row.cost_usd) == (None, None, 1)


async def test_a_picture_that_another_company_uses_stays(app, seed, company, manager):
    media: MediaStore = app.state.services.media
    other = await seed.company(company.organization_id)
    shared = media.put(company.organization_id, b"a picture of both")
    own = media.put(company.organization_id, b"a picture of one")
    for owner, sha256 in ((company, shared), (other, shared), (company, own)):
        await seed.insert(
            "generation",
            id=new_id(),
            organization_id=owner.organization_id,
            company_id=owner.id,
            kind="image",
            provider="local",
            request_hash=str(new_id()),
            nonce="n",
            status="completed",
            media_sha256=sha256,
        )
    receipt = (await erased(manager, company, at_once=True)).json()
    assert receipt["media_files"] == 1
    assert media.open(company.organization_id, shared) == b"a picture of both"
    assert not media.erase(company.organization_id, own), "it is gone already"


async def test_an_organisation_of_the_companys_name_loses_it_with_its_last_company(seed, api):
    home = await seed.organization(name=NAME)
    first = await seed.company(home, name=NAME)
    second = await seed.company(home, name="Another", organization_name=NAME.upper())
    manager = api.known(await seed.person(home, "MANAGER"))

    async def name():
        (row,) = await seed.rows("SELECT name FROM posthub.organization WHERE id = :id", id=home)
        return row.name

    await erased(manager, first, at_once=True)
    assert await name() == NAME, "another company is in it"
    await erased(manager, second, confirm="Another", at_once=True)
    assert await name() == "Erased organisation"


async def test_a_machine_erases_nothing(api, seed, company, manager):
    made = await manager.post("/v1/api-tokens", json={"name": "m", "scopes": ["read", "write"]})
    machine = api.client(authorization=f"Bearer {made.json()['token']}")
    assert (await erased(machine, company, at_once=True)).status_code == 403


async def test_the_factory_asks_for_nothing_of_a_deleted_company(
    seed, company, manager, factory_database
):
    item = await seed.item(company, status=Status.APPROVED)
    await erased(manager, company)
    upkeep = PostgresUpkeep(factory_database, PostgresWorkQueue(factory_database))
    await upkeep.repair()
    await upkeep.open_due_months(datetime(2026, 11, 25, tzinfo=UTC))
    partition = (company.partition_key, date(2026, 12, 1))
    for asset in ("topics", "blog_posts"):
        await upkeep.queue.create_missing(asset, [partition])
    for table in ("job", "company_month"):
        rows = await seed.rows(
            f"SELECT * FROM posthub.{table} WHERE company_id = :id",  # noqa: S608
            id=company.id,
        )
        assert rows == [], table
    await manager.post(f"/v1/companies/{company.id}/restore")
    await upkeep.repair()
    (job,) = await seed.rows(
        "SELECT asset, content_id FROM posthub.job WHERE company_id = :id", id=company.id
    )
    assert (job.asset, job.content_id) == ("blog_posts", item.id)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "approve", {"version": 1}),
        ("POST", "reject", {"version": 1}),
        ("POST", "archive", None),
        ("POST", "generate", {}),
        ("PATCH", "", {"version": 1, "body": {"title": "Rye"}}),
    ],
)
async def test_who_meets_a_deletion_under_way_is_told_that_nothing_is_there(
    seed, company, manager, *, method, path, body
):
    kind = Kind.TOPIC if path else Kind.ARTICLE
    item = await seed.item(company, kind=kind)
    if not path:
        body["body"] = {"task": "caption", "title": "Rye", "markdown": "Rye bread.\n"}
    async with seed.database.engine.begin() as connection:
        # The request has seen the company and waits for the item when the company is deleted.
        await connection.execute(
            text("SELECT 1 FROM posthub.content WHERE id = :id FOR UPDATE"), {"id": item.id}
        )
        asking = asyncio.create_task(
            manager.request(method, f"/v1/contents/{item.id}/{path}".rstrip("/"), json=body)
        )
        await asyncio.sleep(0.3)
        assert (await erased(manager, company)).status_code == 202
    answer = await asking
    assert answer.status_code == 404, answer.text
    (row,) = await seed.rows(
        "SELECT status, (SELECT count(*) FROM posthub.decision WHERE content_id = :id) AS decisions"
        " FROM posthub.content WHERE id = :id",
        id=item.id,
    )
    assert tuple(row) == ("in_review", 0)
