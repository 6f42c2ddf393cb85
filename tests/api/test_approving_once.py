"""A link decides once, while it is good, in the right of who made it."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from resources.database.repositories.sessions import token_hash
from resources.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def supervisor(api, seed, company):
    return api.known(await seed.person(company.organization_id, name="Mara Maker"))


FORM = "application/x-www-form-urlencoded"


async def seed_status(seed, item, status, version=1):
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.content SET status = :status, current_version = :version,"
                " review_since = now() WHERE id = :id"
            ),
            {"status": status, "version": version, "id": item.id},
        )


async def grow_old(seed, link, age):
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.approval_link SET expires_at = now() - :age WHERE id = :id"),
            {"id": link["id"], "age": age},
        )


async def status_of(seed, item):
    rows = await seed.rows("SELECT status FROM posthub.content WHERE id = :id", id=item.id)
    return rows[0].status


async def test_a_link_works_once(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic)
    token = await api.opened(api.path_of(link))
    await api.say(api.path_of(link), token=token)
    again = await api.say(api.path_of(link), "reject", token=token)
    assert again.status_code == 410
    assert "You have decided" in again.text and "Mara Maker" in again.text
    assert "<form" not in again.text
    assert (await api.stranger.get(api.path_of(link))).status_code == 410
    # Even where the same version waits again.
    await seed_status(seed, topic, "in_review")
    assert (await api.say(api.path_of(link), "reject", token=token)).status_code == 410
    assert await status_of(seed, topic) == "in_review"


async def test_of_twenty_posts_at_once_one_decides(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic)
    token = await api.opened(api.path_of(link))
    answers = await asyncio.gather(*(api.say(api.path_of(link), token=token) for _ in range(20)))
    assert Counter(one.status_code for one in answers) == {200: 1, 410: 19}
    rows = await seed.rows(
        "SELECT count(*) FROM posthub.decision WHERE content_id = :id", id=topic.id
    )
    assert rows[0].count == 1


async def test_of_a_link_and_a_person_at_once_one_decides(api, seed, company, supervisor):
    for _ in range(5):
        topic = await seed.item(company)
        link = await api.made(supervisor, topic)
        token = await api.opened(api.path_of(link))
        by_link, by_person = await asyncio.gather(
            api.say(api.path_of(link), token=token),
            supervisor.post(f"/v1/contents/{topic.id}/approve", json={"version": 1}),
        )
        assert sorted((by_link.status_code, by_person.status_code)) == [200, 409]


async def test_a_revoked_link_says_so_and_decides_nothing(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic)
    token = await api.opened(api.path_of(link))
    assert (await supervisor.delete(f"/v1/approval-links/{link['id']}")).status_code == 204
    assert (await supervisor.delete(f"/v1/approval-links/{link['id']}")).status_code == 204
    page, answer = (
        await api.stranger.get(api.path_of(link)),
        await api.say(api.path_of(link), token=token),
    )
    assert (page.status_code, answer.status_code) == (410, 410)
    assert "withdrawn" in page.text and "Mara Maker" in page.text
    assert await status_of(seed, topic) == "in_review"


async def test_an_expired_link_says_so_and_decides_nothing(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic)
    token = await api.opened(api.path_of(link))
    await grow_old(seed, link, timedelta(seconds=1))
    page, answer = (
        await api.stranger.get(api.path_of(link)),
        await api.say(api.path_of(link), token=token),
    )
    assert (page.status_code, answer.status_code) == (410, 410)
    assert "expired" in page.text
    assert await status_of(seed, topic) == "in_review"


async def test_a_newer_version_takes_the_buttons_away(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic)
    token = await api.opened(api.path_of(link))
    await seed_status(seed, topic, "in_review", version=2)
    page, answer = (
        await api.stranger.get(api.path_of(link)),
        await api.say(api.path_of(link), token=token),
    )
    assert (page.status_code, answer.status_code) == (200, 409)
    for one in (page, answer):
        assert "newer version" in one.text and "<form" not in one.text


async def test_what_somebody_else_decided_has_no_buttons(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic)
    token = await api.opened(api.path_of(link))
    await supervisor.post(f"/v1/contents/{topic.id}/approve", json={"version": 1})
    page, answer = (
        await api.stranger.get(api.path_of(link)),
        await api.say(api.path_of(link), token=token),
    )
    assert (page.status_code, answer.status_code) == (200, 409)
    assert "approved" in page.text and "<form" not in page.text


async def test_a_form_of_another_link_page_or_site_is_refused(api, seed, company, supervisor):
    topic, other = await seed.item(company), await seed.item(company)
    link, second = await api.made(supervisor, topic), await api.made(supervisor, other)
    path, token = api.path_of(link) + "/1", await api.opened(api.path_of(link))
    strange = await api.opened(api.path_of(second))
    tries = [
        ({"token": strange, "action": "approve"}, {}),
        ({"action": "approve"}, {}),
        ({"token": "ü" * 64, "action": "approve"}, {}),
        ({"token": token, "action": "publish"}, {}),
        ({"token": token}, {}),
        ({"token": token, "action": "approve"}, {"sec-fetch-site": "cross-site"}),
        ({"token": token, "action": "approve"}, {"sec-fetch-site": "same-site"}),
        ({"token": token, "action": "approve"}, {"origin": "https://elsewhere.example"}),
        ({f"field{n}": "x" for n in range(50)} | {"token": token, "action": "approve"}, {}),
    ]
    for fields, headers in tries:
        answer = await api.stranger.post(path, data=fields, headers=headers)
        assert answer.status_code == 403, (fields, headers, answer.text)
    garbage = await api.stranger.post(path, content=b"\xff\xfe", headers={"content-type": FORM})
    assert garbage.status_code == 403
    assert await status_of(seed, topic) == "in_review"
    headers = {"sec-fetch-site": "same-origin", "origin": "null"}
    data = {"token": token, "action": "approve"}
    assert (await api.stranger.post(path, data=data, headers=headers)).status_code == 200


async def test_a_link_ends_with_the_membership_of_who_made_it(api, seed, company):
    maker = await seed.person(company.organization_id)
    topic = await seed.item(company)
    link = await api.made(api.known(maker), topic)
    token = await api.opened(api.path_of(link))
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("DELETE FROM posthub.membership WHERE user_id = :id"), {"id": maker.id}
        )
    page, answer = (
        await api.stranger.get(api.path_of(link)),
        await api.say(api.path_of(link), token=token),
    )
    assert (page.status_code, answer.status_code) == (410, 410)
    assert await status_of(seed, topic) == "in_review"


async def test_four_eyes_are_kept_by_links_too(api, seed):
    organization_id = await seed.organization(four_eyes=True)
    company = await seed.company(organization_id)
    author = await seed.person(organization_id)
    marketer = await seed.person(organization_id, "MARKETER")
    topic = await seed.item(company, author=author.id)
    body = {"recipient": "Client", "version": 1}
    own = await api.known(author).post(f"/v1/contents/{topic.id}/approval-links", json=body)
    assert own.status_code == 403 and own.json()["type"].endswith(":own-version")
    # For the author, made by somebody else: they may reject it, and not approve it.
    link = await api.made(api.known(marketer), topic, recipient=author.email.upper())
    answer = await api.say(api.path_of(link))
    assert answer.status_code == 403 and "second pair of eyes" in answer.text
    assert await status_of(seed, topic) == "in_review"
    client = await api.made(api.known(marketer), topic)
    assert (await api.say(api.path_of(client))).status_code == 200


async def test_a_marketers_own_version_is_approved_by_the_clients_link(api, seed):
    organization_id = await seed.organization(four_eyes=True)
    company = await seed.company(organization_id)
    marketer = await seed.person(organization_id, "MARKETER")
    topic = await seed.item(company, author=marketer.id)
    link = await api.made(api.known(marketer), topic)
    assert (await api.say(api.path_of(link))).status_code == 200


async def test_an_erased_version_has_no_yes(api, seed, company, supervisor):
    item = await seed.item(company)
    link = await api.made(supervisor, item)
    async with seed.database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL posthub.erasing = 'on'"))
        await connection.execute(
            text(
                "UPDATE posthub.content_version SET body = NULL, erased_at = now() WHERE id = :id"
            ),
            {"id": item.version_id},
        )
    page = await api.stranger.get(api.path_of(link))
    assert "was erased" in page.text and 'class="yes"' not in page.text
    assert (await api.say(api.path_of(link))).status_code == 409
    assert await status_of(seed, item) == "in_review"


async def test_a_reminders_link_decides_for_its_member_and_ends_with_them(api, seed, company):
    person = await seed.person(company.organization_id)
    path, items = f"/approve/ph_link_{new_id().hex}", [await seed.item(company) for _ in range(2)]
    link = new_id()
    await seed.insert(
        "approval_link",
        id=link,
        organization_id=company.organization_id,
        company_id=company.id,
        secret_hash=token_hash(path.rpartition("/")[2]),
        recipient=person.email,
        user_id=person.id,
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    for position, item in enumerate(items, start=1):
        await seed.insert(
            "approval_link_item",
            link_id=link,
            content_id=item.id,
            version=1,
            organization_id=company.organization_id,
            position=position,
        )
    page = await api.stranger.get(path)
    assert page.status_code == 200 and "sent by" not in page.text
    assert (await api.say(path + "/1")).status_code == 200
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.app_user SET is_active = false WHERE id = :id"), {"id": person.id}
        )
    gone = await api.stranger.get(path)
    assert gone.status_code == 410 and "whoever sent it" in gone.text
