"""Items over HTTP: lists, versions, verdicts, edits, and where they stand."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.media.palettes.making import by_hand
from resources.ids import new_id

pytestmark = pytest.mark.anyio

TOPIC = {
    "title": "Winter lights",
    "description": "What a lamp needs before the first frost.",
    "focus_keyword": "winter light",
    "planned_on": "2026-12-03",
    "event": "",
    "passages": [],
}


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def supervisor(api, seed, company):
    return api.known(await seed.person(company.organization_id))


async def test_items_are_listed_by_what_they_are(seed, company, supervisor):
    topic = await seed.item(company, status=Status.APPROVED)
    post = await seed.item(company, kind=Kind.BLOG_POST, parent=topic)
    await seed.item(await seed.company())

    async def ids(**params):
        answer = await supervisor.get("/v1/contents", params=params)
        return [item["id"] for item in answer.json()["items"]]

    assert await ids() == [str(topic.id), str(post.id)]
    assert await ids(kind="blog_post") == [str(post.id)]
    assert await ids(status="approved") == [str(topic.id)]
    assert await ids(month="2026-12", company=str(company.id)) == [str(topic.id), str(post.id)]
    assert await ids(month="2027-01") == []


async def test_items_of_several_organisations_are_one_list(api, seed, company):
    other = await seed.company()
    member = await seed.person(company.organization_id, "MARKETER")
    await seed.insert(
        "membership", organization_id=other.organization_id, user_id=member.id, role="MARKETER"
    )
    made = [str((await seed.item(whose)).id) for whose in (company, other, company, other, other)]
    marketer, read, cursor = api.known(member), [], None
    for _ in range(3):
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await marketer.get("/v1/contents", params=params)).json()
        read += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (read, cursor) == (made, None)


@pytest.mark.parametrize(
    "params",
    [
        {"kind": "poem"},
        {"status": "lost"},
        {"month": "december"},
        {"limit": 0},
        {"limit": 5000},
        {"company": "acme"},
        {"cursor": "nonsense"},
    ],
)
async def test_a_bad_filter_is_named(supervisor, params):
    answer = await supervisor.get("/v1/contents", params=params)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(params))


async def test_an_item_shows_its_version_and_whether_its_parent_moved_on(seed, company, supervisor):
    topic = await seed.item(company, status=Status.APPROVED, body=TOPIC)
    post = await seed.item(company, kind=Kind.BLOG_POST, parent=topic, body={"markdown": "words"})
    fresh = (await supervisor.get(f"/v1/contents/{post.id}")).json()
    assert fresh["current"]["body"] == {"markdown": "words"}
    assert (fresh["month"], fresh["stale"]) == ("2026-12", False)

    edit = {"version": 1, "body": {**TOPIC, "title": "Other lights"}}
    await supervisor.patch(f"/v1/contents/{topic.id}", json=edit)
    assert (await supervisor.get(f"/v1/contents/{post.id}")).json()["stale"] is True


async def test_an_edit_is_a_new_version_that_is_checked_anew(seed, company, supervisor):
    topic = await seed.item(company, body=TOPIC)
    edit = {"version": 1, "body": {**TOPIC, "title": "Lamps in winter"}}
    answer = await supervisor.patch(f"/v1/contents/{topic.id}", json=edit)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["version"], answer.json()["status"]) == (2, "draft")

    versions = (await supervisor.get(f"/v1/contents/{topic.id}/versions")).json()["items"]
    assert [one["number"] for one in versions] == [1, 2]
    assert versions[1]["author"].startswith("Person ")
    second = (await supervisor.get(f"/v1/contents/{topic.id}/versions/2")).json()
    assert second["body"]["title"] == "Lamps in winter"
    assert second["sha256"] == answer.json()["sha256"]
    params = {"content": str(topic.id)}
    jobs = (await supervisor.get("/v1/jobs", params=params)).json()["items"]
    assert [(job["kind"], job["priority"]) for job in jobs] == [("check_topics", 10)]
    listed = (await supervisor.get("/v1/contents")).json()["items"]
    assert listed[0]["title"] == "Lamps in winter"


async def test_an_edit_after_a_yes_needs_a_new_yes(seed, company, supervisor):
    topic = await seed.item(company, body=TOPIC)
    await supervisor.post(f"/v1/contents/{topic.id}/approve", json={"version": 1})
    edit = {"version": 1, "body": {**TOPIC, "title": "After the yes"}}
    await supervisor.patch(f"/v1/contents/{topic.id}", json=edit)
    item = (await supervisor.get(f"/v1/contents/{topic.id}")).json()
    assert (item["status"], item["version"]) == ("draft", 2)
    answer = await supervisor.post(f"/v1/contents/{topic.id}/approve", json={"version": 2})
    assert answer.status_code == 409


async def test_an_edit_that_says_the_same_keeps_the_yes(seed, company, supervisor):
    topic = await seed.item(company, body=TOPIC)
    await supervisor.post(f"/v1/contents/{topic.id}/approve", json={"version": 1})
    answer = await supervisor.patch(f"/v1/contents/{topic.id}", json={"version": 1, "body": TOPIC})
    assert (answer.json()["changed"], answer.json()["status"]) == (False, "approved")


async def test_an_edit_of_an_older_version_is_409(seed, company, supervisor):
    topic = await seed.item(company, body=TOPIC)
    edit = {"version": 1, "body": {**TOPIC, "title": "first"}}
    await supervisor.patch(f"/v1/contents/{topic.id}", json=edit)
    late = {"version": 1, "body": {**TOPIC, "title": "second"}}
    answer = await supervisor.patch(f"/v1/contents/{topic.id}", json=late)
    assert (answer.status_code, answer.json()["current"]) == (409, 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": 5}, "title"),
        ({"surprise": 1}, "surprise"),
        ({"planned_on": "soon"}, "planned_on"),
        ({"title": "a\x00b"}, "NUL"),
        ({"description": "word " * 100_000}, "limit"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused(seed, company, supervisor, change, words):
    topic = await seed.item(company, body=TOPIC)
    edit = {"version": 1, "body": {**TOPIC, **change}}
    answer = await supervisor.patch(f"/v1/contents/{topic.id}", json=edit)
    assert answer.status_code == 422, answer.text
    assert words in answer.json()["detail"]
    versions = (await supervisor.get(f"/v1/contents/{topic.id}/versions")).json()["items"]
    assert len(versions) == 1


async def test_a_rejected_item_is_not_edited(seed, company, supervisor):
    topic = await seed.item(company, body=TOPIC, status=Status.REJECTED)
    edit = {"version": 1, "body": {**TOPIC, "title": "Never mind"}}
    assert (await supervisor.patch(f"/v1/contents/{topic.id}", json=edit)).status_code == 409


async def test_verdicts_are_read_with_failures_first(seed, company, supervisor):
    topic = await seed.item(company, body=TOPIC)
    for rule, verdict in (("length", "pass"), ("near_duplicate", "fail"), ("hook", "warn")):
        await seed.insert(
            "check_result",
            id=new_id(),
            organization_id=company.organization_id,
            version_id=topic.version_id,
            rule=rule,
            verdict=verdict,
            blocking=True,
            message=f"about {rule}",
        )
    for url in (f"/v1/contents/{topic.id}/versions/1/checks", f"/v1/contents/{topic.id}/checks"):
        checks = (await supervisor.get(url)).json()["items"]
        assert [one["verdict"] for one in checks] == ["fail", "warn", "pass"]
        assert checks[0]["message"] == "about near_duplicate"


async def test_a_version_that_is_not_there_is_404(seed, company, supervisor):
    topic = await seed.item(company)
    for number in (2, 1_000_000):
        answer = await supervisor.get(f"/v1/contents/{topic.id}/versions/{number}")
        assert answer.status_code == 404
    assert (await supervisor.get(f"/v1/contents/{topic.id}/versions/0")).status_code == 422


async def test_a_new_time_is_no_edit(seed, company, supervisor):
    post = await seed.item(company, kind=Kind.SOCIAL_POST)
    url = f"/v1/contents/{post.id}/schedule"
    await supervisor.post(f"/v1/contents/{post.id}/approve", json={"version": 1})
    at = f"{datetime.now(UTC).year + 1}-12-03T09:00:00+01:00"
    set_ = await supervisor.post(url, json={"scheduled_at": at})
    assert (set_.json()["status"], set_.json()["scheduled_at"]) == ("scheduled", at)
    taken = await supervisor.post(url, json={"scheduled_at": None})
    assert taken.json()["status"] == "approved"
    naive = await supervisor.post(url, json={"scheduled_at": "2026-12-03T09:00:00"})
    assert naive.status_code == 422
    rows = await seed.rows("SELECT current_version FROM posthub.content WHERE id = :id", id=post.id)
    assert rows[0].current_version == 1


async def test_an_archived_item_comes_back_into_review(seed, company, supervisor):
    topic = await seed.item(company)
    archived = await supervisor.post(f"/v1/contents/{topic.id}/archive")
    assert archived.json()["status"] == "archived"
    assert (await supervisor.get("/v1/inbox")).json()["items"] == []
    restored = await supervisor.post(f"/v1/contents/{topic.id}/restore")
    assert restored.json()["status"] == "in_review"
    assert len((await supervisor.get("/v1/inbox")).json()["items"]) == 1


async def test_an_item_whose_place_is_taken_does_not_come_back(seed, company, supervisor):
    old = await seed.item(company, place="1", status=Status.ARCHIVED)
    await seed.item(company, place="1")
    answer = await supervisor.post(f"/v1/contents/{old.id}/restore")
    assert answer.status_code == 409
    assert "place" in answer.json()["detail"]


async def test_a_failed_job_is_tried_again_by_a_marketer(api, seed, company, supervisor):
    id_ = new_id()
    await seed.insert(
        "job",
        id=id_,
        organization_id=company.organization_id,
        company_id=company.id,
        asset="blog_posts",
        kind="create_blog_posts",
        status="failed",
        attempts=3,
        error_code="provider-unavailable",
        error="The provider did not answer.",
    )
    marketer = api.known(await seed.person(company.organization_id, "MARKETER"))
    shown = (await supervisor.get(f"/v1/jobs/{id_}")).json()
    assert (shown["status"], shown["error"]) == ("failed", "The provider did not answer.")
    assert (await supervisor.post(f"/v1/jobs/{id_}/retry")).status_code == 403
    again = (await marketer.post(f"/v1/jobs/{id_}/retry")).json()
    assert (again["status"], again["attempts"], again["error"]) == ("pending", 0, None)
    assert (await marketer.post(f"/v1/jobs/{id_}/retry")).status_code == 409
    cancelled = (await marketer.post(f"/v1/jobs/{id_}/cancel")).json()
    assert cancelled["status"] == "cancelled"
    twice = (await marketer.post(f"/v1/jobs/{id_}/cancel")).json()["detail"]
    assert twice == "This job is cancelled. Only one that waits or works can be cancelled."
    assert float(shown["cost_usd"]) == 0 and "E" not in shown["cost_usd"]
    failed = await marketer.get("/v1/jobs", params={"status": "failed"})
    assert failed.json()["items"] == []


async def test_a_picture_is_read_by_those_it_belongs_to(app, api, seed, company, supervisor):
    data = b"\x89PNG not really"
    sha256 = hashlib.sha256(data).hexdigest()
    app.state.services.media.put(company.organization_id, data)
    await seed.insert(
        "media",
        organization_id=company.organization_id,
        sha256=sha256,
        media_type="image/png",
        size_bytes=len(data),
        origin="local",
    )
    nobodys = await supervisor.get(f"/v1/media/{sha256}")
    body = {"media_sha256": sha256, "media_type": "image/png"}
    await seed.item(company, kind=Kind.IMAGE, body=body)
    mine = await supervisor.get(f"/v1/media/{sha256}")
    stranger = api.known(await seed.person(await seed.organization()))
    foreign = await stranger.get(f"/v1/media/{sha256}")
    assert nobodys.status_code == 404, "a file that nothing shows is not there"
    assert (mine.content, mine.headers["content-type"]) == (data, "image/png")
    assert mine.headers["etag"] == f'"{sha256}"'
    assert foreign.status_code == 404
    assert (await supervisor.get("/v1/media/../../etc/passwd")).status_code == 404
    assert (await supervisor.get("/v1/media/abc")).status_code == 422


async def test_an_image_cannot_be_edited_to_a_picture_that_is_not_there(seed, company, supervisor):
    body = {
        "platform": "linkedin",
        "media_sha256": "a" * 64,
        "media_type": "image/png",
        "width_px": 1200,
        "height_px": 627,
        "variant": 1,
        "layout": "plain",
        "headline": "Lights",
        "alt_text": "A lamp",
        "text_color": "#FFFFFF",
        "background_color": "#000000",
        "contrast_percent": 2100,
        "right_to_left": False,
    }
    image = await seed.item(company, kind=Kind.IMAGE, body=body)
    edit = {"version": 1, "body": {**body, "media_sha256": "b" * 64}}
    answer = await supervisor.patch(f"/v1/contents/{image.id}", json=edit)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.media_sha256"


async def test_a_palette_names_no_pictures_that_are_not_there(seed, company, supervisor):
    body = by_hand(("#1C304A",), name="Harbour").model_dump(mode="json")
    palette = await seed.item(company, kind=Kind.PALETTE, body=body, month=None)
    foreign = {**body, "media_sha256s": ["b" * 64]}
    edit = {"version": 1, "body": foreign}
    new = {"company_id": str(company.id), "kind": "palette", "body": foreign}
    for answer in (
        await supervisor.patch(f"/v1/contents/{palette.id}", json=edit),
        await supervisor.post("/v1/contents", json=new),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == "body.media_sha256s"


@pytest.mark.parametrize(
    ("whose", "index", "values"),
    [
        ("_NAMED", "using ix_content_inbox", {"organizations": [new_id()]}),
        ("_EVERY", "using ix_content_inbox_of_all ", {}),
    ],
)
async def test_the_inbox_costs_the_same_however_many_companies_there_are(
    owner, whose, index, values
):
    """The plan is what is tested: an index that is sorted already, read until the page is full."""
    from resources.database.repositories import inbox

    waiting = getattr(inbox, whose).format(extra="")
    await owner.execute(text("SET LOCAL enable_seqscan = off"))
    await owner.execute(text("SET LOCAL enable_bitmapscan = off"))
    # With the few rows of tests a sort may look cheaper, depending on statistics of the moment.
    await owner.execute(text("SET LOCAL enable_sort = off"))
    await owner.execute(text("SET LOCAL enable_incremental_sort = off"))
    rows = await owner.execute(
        text("EXPLAIN " + inbox._STATEMENT.format(waiting=waiting)),
        {**values, "limit": 51, "preview": 400},
    )
    assert index in "\n".join(rows.scalars())
