"""An item's history over HTTP: differences, decisions, comments, lineage."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Kind, Status
from resources.ids import new_id


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def supervisor(api, seed, company):
    return api.known(await seed.person(company.organization_id))


async def a_second_version(seed, company, item, body, parent_version_id=None) -> None:
    await seed.insert(
        "content_version",
        id=new_id(),
        organization_id=company.organization_id,
        content_id=item.id,
        number=2,
        body=body,
        sha256="b" * 64,
        word_count=1,
        parent_version_id=parent_version_id,
    )
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.content SET current_version = 2 WHERE id = :id"), {"id": item.id}
        )


async def test_versions_are_compared_word_by_word(seed, company, supervisor):
    item = await seed.item(company, body={"title": "Dva šálky", "text": "Beze změny."})
    await a_second_version(seed, company, item, {"title": "Čtyři šálky", "text": "Beze změny."})
    said = (await supervisor.get(f"/v1/contents/{item.id}/versions/1/diff/2")).json()
    assert said["fields"] == [
        {
            "field": "title",
            "segments": [
                {"op": "delete", "text": "Dva"},
                {"op": "insert", "text": "Čtyři"},
                {"op": "equal", "text": " šálky"},
            ],
        }
    ]
    assert (await supervisor.get(f"/v1/contents/{item.id}/versions/1/diff/9")).status_code == 404


async def test_decisions_are_listed_with_who_and_why(seed, company, supervisor):
    item = await seed.item(company)
    asked = {"version": 1, "reason": "Shorter, please.", "reason_codes": ["length"]}
    await supervisor.post(f"/v1/contents/{item.id}/request-changes", json=asked)
    (found,) = (await supervisor.get(f"/v1/contents/{item.id}/decisions")).json()["items"]
    assert (found["action"], found["version_number"]) == ("request_changes", 1)
    assert (found["reason"], found["reason_codes"]) == ("Shorter, please.", ["length"])
    assert found["name"].startswith("Person")


async def test_comments_are_kept_in_order_and_once_for_a_key(seed, company, supervisor):
    item = await seed.item(company)
    path = f"/v1/contents/{item.id}/comments"
    for said in ("First.", "Second."):
        given = {"version": 1, "text": said, "span": {"start": 0, "end": 5, "quote": "Title"}}
        for _ in range(2):
            answer = await supervisor.post(path, json=given, headers={"Idempotency-Key": said})
            assert answer.status_code == 201
    found = (await supervisor.get(path)).json()["items"]
    assert [one["text"] for one in found] == ["First.", "Second."]
    assert found[0]["span"] == {"start": 0, "end": 5, "quote": "Title"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"version": 7, "text": "Of no version."}, 404),
        ({"version": 1, "text": " "}, 422),
        ({"version": 1, "text": "x", "span": {"start": 9, "end": 1}}, 422),
        ({"version": 1, "text": "x", "span": {"quote": "words of another text"}}, 422),
    ],
)
async def test_a_comment_that_says_nothing_of_anything_is_refused(
    seed, company, supervisor, given, code
):
    item = await seed.item(company)
    answer = await supervisor.post(f"/v1/contents/{item.id}/comments", json=given)
    assert answer.status_code == code


async def test_lineage_goes_up_to_the_topic_and_down_to_the_images(seed, company, supervisor):
    topic = await seed.item(company, status=Status.APPROVED)
    post = await seed.item(company, kind=Kind.BLOG_POST, status=Status.APPROVED, parent=topic)
    social = await seed.item(company, kind=Kind.SOCIAL_POST, parent=post)
    said = (await supervisor.get(f"/v1/contents/{post.id}/lineage")).json()
    assert [(UUID(one["content_id"]), one["distance"]) for one in said["items"]] == [
        (topic.id, -1),
        (social.id, 1),
    ]
    assert [one["is_stale"] for one in said["items"]] == [False, False]
    await a_second_version(seed, company, post, {"title": "New"}, topic.version_id)
    (_, child) = (await supervisor.get(f"/v1/contents/{post.id}/lineage")).json()["items"]
    assert child["is_stale"]


async def test_the_next_version_shows_which_of_the_marked_words_are_gone(seed, company, supervisor):
    item = await seed.item(company, body={"title": "Loud and long"})
    path = f"/v1/contents/{item.id}"
    asked = {
        "version": 1,
        "reason_codes": ["tone"],
        "spans": [{"quote": "Loud"}, {"start": 9, "end": 13, "comment": "Cut it."}],
    }
    assert (await supervisor.post(f"{path}/request-changes", json=asked)).status_code == 200
    before = (await supervisor.get(f"{path}/versions/1/requested-changes")).json()
    assert before == {"version": 1, "asked": None}
    await a_second_version(seed, company, item, {"title": "Quiet but long"})
    said = (await supervisor.get(f"{path}/versions/2/requested-changes")).json()["asked"]
    assert (said["version"], said["reason_codes"]) == (1, ["tone"])
    assert said["marked"] == [
        {"quote": "Loud", "comment": "", "is_gone": True},
        {"quote": "long", "comment": "Cut it.", "is_gone": False},
    ]


async def test_words_that_the_version_does_not_say_cannot_be_marked(seed, company, supervisor):
    item = await seed.item(company)
    asked = {"version": 1, "reason": "x", "spans": [{"start": 0, "end": 9, "quote": "elsewhere"}]}
    answer = await supervisor.post(f"/v1/contents/{item.id}/request-changes", json=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "spans[0]"
    asked = {"version": 1, "reason_codes": ["vibes"]}
    answer = await supervisor.post(f"/v1/contents/{item.id}/request-changes", json=asked)
    assert answer.status_code == 422 and "off_topic" in answer.text
