"""Decisions over HTTP: the contract as a client sees it."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from posthub_assets.domain.content import Kind, Status
from resources.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def supervisor(api, seed, company):
    return api.known(await seed.person(company.organization_id))


async def test_an_approval_answers_what_was_signed_and_what_follows(seed, company, supervisor):
    topic = await seed.item(company)
    answer = await supervisor.post(f"/v1/contents/{topic.id}/approve", json={"version": 1})

    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["status"], body["sha256"], body["version"]) == ("approved", topic.sha256, 1)
    job = await supervisor.get(f"/v1/jobs/{body['job_ids'][0]}")
    assert (job.json()["kind"], job.json()["month"]) == ("create_blog_posts", "2026-12")


async def test_an_approval_is_there_before_its_answer(seed, company, supervisor):
    topic = await seed.item(company)
    await supervisor.post(f"/v1/contents/{topic.id}/approve", json={"version": 1})
    rows = await seed.rows("SELECT status FROM posthub.content WHERE id = :id", id=topic.id)
    assert rows[0].status == "approved"


async def test_a_stale_version_is_409_and_names_the_current_one(seed, company, supervisor):
    topic = await seed.item(company)
    answer = await supervisor.post(f"/v1/contents/{topic.id}/approve", json={"version": 7})
    body = answer.json()
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["type"] == "urn:posthub:problem:stale-version"
    assert (body["given"], body["current"]) == (7, 1)


async def test_of_a_hundred_parallel_approvals_one_is_200(api, seed, company):
    topic = await seed.item(company)
    people = [api.known(await seed.person(company.organization_id)) for _ in range(5)]
    answers = await asyncio.gather(
        *(
            people[number % 5].post(f"/v1/contents/{topic.id}/approve", json={"version": 1})
            for number in range(100)
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 99}


async def test_ones_own_version_is_403_under_four_eyes(api, seed):
    organization_id = await seed.organization(four_eyes=True)
    company = await seed.company(organization_id)
    author = await seed.person(organization_id)
    topic = await seed.item(company, author=author.id)
    answer = await api.known(author).post(f"/v1/contents/{topic.id}/approve", json={"version": 1})
    assert answer.status_code == 403
    assert answer.json()["type"].endswith(":own-version")


async def test_a_foreign_item_is_404_in_every_route(api, seed, company):
    topic = await seed.item(company)
    stranger = api.known(await seed.person(await seed.organization()))
    word = {"version": 1, "reason": "because"}
    answers = [
        await stranger.get(f"/v1/contents/{topic.id}"),
        await stranger.get(f"/v1/contents/{topic.id}/versions"),
        await stranger.get(f"/v1/contents/{topic.id}/versions/1"),
        await stranger.get(f"/v1/contents/{topic.id}/versions/1/checks"),
        await stranger.patch(f"/v1/contents/{topic.id}", json={"version": 1, "body": {}}),
        await stranger.post(f"/v1/contents/{topic.id}/approve", json=word),
        await stranger.post(f"/v1/contents/{topic.id}/reject", json=word),
        await stranger.post(f"/v1/contents/{topic.id}/request-changes", json=word),
        await stranger.post(f"/v1/contents/{topic.id}/archive"),
        await stranger.get(f"/v1/companies/{company.id}"),
        await stranger.get(f"/v1/companies/{company.id}/documents"),
        await stranger.post(f"/v1/companies/{company.id}/months", json={"month": "2026-12"}),
        await stranger.put(f"/v1/companies/{company.id}/personas/active", json={"personas": []}),
        await stranger.get("/v1/contents", params={"company": str(company.id)}),
        await stranger.get("/v1/inbox", params={"company": str(company.id)}),
    ]
    assert Counter(answer.status_code for answer in answers) == {404: len(answers)}


async def test_many_decisions_get_one_answer_each(api, seed, company, supervisor):
    topics = [await seed.item(company) for _ in range(3)]
    taken = await seed.item(company, status=Status.REJECTED)
    decisions = [
        {"content_id": str(topics[0].id), "action": "approve", "version": 1},
        {"content_id": str(topics[1].id), "action": "reject", "version": 1, "reason": "no"},
        {"content_id": str(topics[2].id), "action": "approve", "version": 9},
        {"content_id": str(taken.id), "action": "approve", "version": 1},
        {"content_id": str(new_id()), "action": "approve", "version": 1},
    ]
    answer = await supervisor.post("/v1/decisions", json={"decisions": decisions})

    results = answer.json()["results"]
    assert [result["status"] for result in results] == [200, 200, 409, 409, 404]
    assert results[0]["decision"]["status"] == "approved"
    assert results[2]["problem"]["type"].endswith(":stale-version")
    listed = await supervisor.get("/v1/contents", params={"company": str(company.id)})
    statuses = Counter(item["status"] for item in listed.json()["items"])
    assert statuses == {"approved": 1, "rejected": 2, "in_review": 1}


async def test_more_than_a_hundred_decisions_are_refused(supervisor):
    one = {"content_id": str(new_id()), "action": "approve", "version": 1}
    answer = await supervisor.post("/v1/decisions", json={"decisions": [one] * 101})
    assert answer.status_code == 422


async def test_a_repeated_request_gets_the_first_answer_byte_for_byte(seed, company, supervisor):
    topic = await seed.item(company)
    headers = {"Idempotency-Key": "once-and-no-more"}
    url = f"/v1/contents/{topic.id}/approve"
    first = await supervisor.post(url, json={"version": 1}, headers=headers)
    second = await supervisor.post(url, json={"version": 1}, headers=headers)

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == first.content
    assert second.headers["idempotency-replayed"] == "true"
    rows = await seed.rows(
        "SELECT count(*) FROM posthub.decision WHERE content_id = :id", id=topic.id
    )
    assert rows[0][0] == 1


async def test_a_key_of_another_request_is_422(seed, company, supervisor):
    first, second = await seed.item(company), await seed.item(company)
    headers = {"Idempotency-Key": "the same"}
    await supervisor.post(f"/v1/contents/{first.id}/approve", json={"version": 1}, headers=headers)
    answer = await supervisor.post(
        f"/v1/contents/{second.id}/approve", json={"version": 1}, headers=headers
    )
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":idempotency-key-reused")


async def test_a_refusal_is_not_kept_under_the_key(seed, company, supervisor):
    topic = await seed.item(company)
    headers = {"Idempotency-Key": "again"}
    url = f"/v1/contents/{topic.id}/approve"
    refused = await supervisor.post(url, json={"version": 3}, headers=headers)
    right = await supervisor.post(url, json={"version": 1}, headers=headers)
    assert (refused.status_code, right.status_code) == (409, 200)


async def test_the_same_key_sent_in_parallel_decides_once(seed, company, supervisor):
    topic = await seed.item(company)
    headers = {"Idempotency-Key": "parallel"}
    url = f"/v1/contents/{topic.id}/approve"
    answers = await asyncio.gather(
        *(supervisor.post(url, json={"version": 1}, headers=headers) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


async def test_work_under_a_key_that_is_taken_is_taken_back(seed, company, supervisor):
    first, second = await seed.item(company), await seed.item(company)
    headers = {"Idempotency-Key": "taken"}
    for topic, code in ((first, 200), (second, 422)):
        url = f"/v1/contents/{topic.id}/approve"
        answer = await supervisor.post(url, json={"version": 1}, headers=headers)
        assert answer.status_code == code
    rows = await seed.rows(
        "SELECT i.status, count(d.id) AS decisions FROM posthub.content i LEFT JOIN"
        " posthub.decision d ON d.content_id = i.id WHERE i.id = :id GROUP BY 1",
        id=second.id,
    )
    assert [(row.status, row.decisions) for row in rows] == [("in_review", 0)]


async def test_many_decisions_are_replayed_too(seed, company, supervisor):
    topic = await seed.item(company)
    body = {"decisions": [{"content_id": str(topic.id), "action": "approve", "version": 1}]}
    headers = {"Idempotency-Key": "a bulk"}
    first = await supervisor.post("/v1/decisions", json=body, headers=headers)
    second = await supervisor.post("/v1/decisions", json=body, headers=headers)
    assert first.json()["results"][0]["status"] == 200
    assert second.content == first.content


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"version": 0},
        {"version": "one"},
        {"version": 1, "reason": "a \x00 in it"},
        {"version": 1, "reason": "half \ud800"},
        {"version": 1, "extra": 1},
        {"version": 10**30},
        {"version": 1, "reason": "x" * 6000},
        [],
        None,
    ],
)
async def test_bad_input_is_a_problem_that_names_the_field(seed, company, supervisor, body):
    import json

    topic = await seed.item(company)
    answer = await supervisor.post(
        f"/v1/contents/{topic.id}/approve",
        content=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    problem = answer.json()
    assert answer.status_code == 422, answer.text
    assert problem["type"] == "urn:posthub:problem:invalid-input"
    assert problem["errors"][0]["field"]
    assert problem["detail"]


async def test_the_inbox_gives_the_oldest_first_and_pages(seed, company, supervisor):
    topics = [await seed.item(company, body={"description": f"d {n}"}) for n in range(5)]
    await seed.item(company, status=Status.APPROVED)
    await seed.item(await seed.company())
    read, cursor = [], None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await supervisor.get("/v1/inbox", params=params)).json()
        read += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [item["id"] for item in read] == [str(topic.id) for topic in topics]
    assert read[0]["preview"] == "d 0"
    assert read[0]["sha256"] == topics[0].sha256


async def test_the_inbox_filters_by_company_month_and_kind(seed, company, supervisor):
    other = await seed.company(company.organization_id)
    post = await seed.item(company, kind=Kind.BLOG_POST)
    await seed.item(company)
    await seed.item(other, kind=Kind.BLOG_POST)
    params = {"company": str(company.id), "month": "2026-12", "kind": "blog_post"}
    page = (await supervisor.get("/v1/inbox", params=params)).json()
    assert [item["id"] for item in page["items"]] == [str(post.id)]


async def test_an_administrators_inbox_holds_every_organisation(api, seed, company):
    topic = await seed.item(company)
    admin = api.known(await seed.person(is_admin=True))
    params = {"company": str(company.id)}
    page = (await admin.get("/v1/inbox", params=params)).json()
    assert [item["id"] for item in page["items"]] == [str(topic.id)]
    assert (await admin.get("/v1/inbox", params={"limit": 1})).json()["next_cursor"]
