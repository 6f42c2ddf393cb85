"""Links by which somebody without an account decides: made, listed, opened, used, over."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Kind, Status
from resources import logs
from resources.database.repositories.sessions import token_hash
from resources.ids import new_id

pytestmark = pytest.mark.anyio

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def supervisor(api, seed, company):
    return api.known(await seed.person(company.organization_id, name="Mara Maker"))


async def made(client, item, **values):
    body = {"recipient": "client@example.com", "version": 1, **values}
    answer = await client.post(f"/v1/contents/{item.id}/approval-links", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def path_of(link):
    return link["url"].removeprefix("http://127.0.0.1:8000")


def token_in(page):
    return re.search(r'name="token" value="([0-9a-f]{64})"', page.text)[1]


async def opened(api, path):
    page = await api.stranger.get(path)
    assert page.status_code == 200, page.text
    return token_in(page)


async def say(api, path, action="approve", **fields):
    if not re.search(r"/\d+$", path):
        path += "/1"
    token = fields.pop("token", None) or await opened(api, path)
    return await api.stranger.post(path, data={"token": token, "action": action, **fields})


async def status_of(seed, item):
    rows = await seed.rows("SELECT status FROM posthub.content WHERE id = :id", id=item.id)
    return rows[0].status


async def test_who_has_a_link_approves_exactly_what_the_page_showed(api, seed, company, supervisor):
    topic = await seed.item(company, body={"title": "Bees", "description": "They fly."})
    link = await made(supervisor, topic)
    page = await api.stranger.get(path_of(link))
    assert "Bees" in page.text and "They fly." in page.text and topic.sha256[:12] in page.text

    answer = await say(api, path_of(link))
    assert answer.status_code == 200, answer.text
    assert "Approved" in answer.text
    assert await status_of(seed, topic) == "approved"
    (row,) = await seed.rows(
        "SELECT d.*, o.ip, o.user_agent FROM posthub.decision d JOIN posthub.decision_origin o"
        " ON o.decision_id = d.id WHERE d.content_id = :id",
        id=topic.id,
    )
    assert (row.sha256, row.decided_by, str(row.link_id)) == (topic.sha256, None, link["id"])
    assert (row.ip, row.user_agent[:12]) == ("127.0.0.1", "python-httpx")
    (job,) = await seed.rows(
        "SELECT * FROM posthub.job WHERE content_id = :id AND asset = 'blog_posts'", id=topic.id
    )
    assert job.requested_by is None


async def test_the_history_and_the_trail_name_the_link(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await made(supervisor, topic, recipient="The client")
    await say(api, path_of(link), "reject", reason="Not ours")
    (said,) = (await supervisor.get(f"/v1/contents/{topic.id}/decisions")).json()["items"]
    assert (said["decided_by"], said["link_id"], said["name"]) == (None, link["id"], "The client")
    assert (said["action"], said["reason"]) == ("reject", "Not ours")
    rows = await seed.rows(
        "SELECT actor_kind, actor_id, action, after FROM posthub.audit"
        " WHERE organization_id = :id ORDER BY at",
        id=company.organization_id,
    )
    assert [(row.actor_kind, row.action) for row in rows] == [
        ("person", "approval_link.create"),
        ("link", "content.reject"),
    ]
    assert (rows[1].actor_id, rows[1].after["link_id"]) == (None, link["id"])


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_what_follows_a_link_without_a_post_changes_nothing(
    api, seed, company, supervisor, method
):
    topic = await seed.item(company)
    link = await made(supervisor, topic)
    for path in (path_of(link), path_of(link) + "/1", path_of(link) + "/1?action=approve"):
        await api.stranger.request(method, path)
    assert await status_of(seed, topic) == "in_review"
    assert (await say(api, path_of(link))).status_code == 200


async def test_a_link_works_once(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await made(supervisor, topic)
    token = await opened(api, path_of(link))
    await say(api, path_of(link), token=token)
    again = await say(api, path_of(link), "reject", token=token)
    assert again.status_code == 410
    assert "You have decided" in again.text and "Mara Maker" in again.text
    assert "<form" not in again.text
    assert (await api.stranger.get(path_of(link))).status_code == 410
    # Even where the same version waits again.
    await seed_status(seed, topic, "in_review")
    assert (await say(api, path_of(link), "reject", token=token)).status_code == 410
    assert await status_of(seed, topic) == "in_review"


async def seed_status(seed, item, status, version=1):
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.content SET status = :status, current_version = :version,"
                " review_since = now() WHERE id = :id"
            ),
            {"status": status, "version": version, "id": item.id},
        )


async def test_of_twenty_posts_at_once_one_decides(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await made(supervisor, topic)
    token = await opened(api, path_of(link))
    answers = await asyncio.gather(*(say(api, path_of(link), token=token) for _ in range(20)))
    assert Counter(one.status_code for one in answers) == {200: 1, 410: 19}
    rows = await seed.rows(
        "SELECT count(*) FROM posthub.decision WHERE content_id = :id", id=topic.id
    )
    assert rows[0].count == 1


async def test_of_a_link_and_a_person_at_once_one_decides(api, seed, company, supervisor):
    for _ in range(5):
        topic = await seed.item(company)
        link = await made(supervisor, topic)
        token = await opened(api, path_of(link))
        by_link, by_person = await asyncio.gather(
            say(api, path_of(link), token=token),
            supervisor.post(f"/v1/contents/{topic.id}/approve", json={"version": 1}),
        )
        assert sorted((by_link.status_code, by_person.status_code)) == [200, 409]


async def test_a_revoked_link_says_so_and_decides_nothing(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await made(supervisor, topic)
    token = await opened(api, path_of(link))
    assert (await supervisor.delete(f"/v1/approval-links/{link['id']}")).status_code == 204
    assert (await supervisor.delete(f"/v1/approval-links/{link['id']}")).status_code == 204
    page, answer = await api.stranger.get(path_of(link)), await say(api, path_of(link), token=token)
    assert (page.status_code, answer.status_code) == (410, 410)
    assert "withdrawn" in page.text and "Mara Maker" in page.text
    assert await status_of(seed, topic) == "in_review"


async def test_an_expired_link_says_so_and_decides_nothing(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await made(supervisor, topic)
    token = await opened(api, path_of(link))
    await grow_old(seed, link, timedelta(seconds=1))
    page, answer = await api.stranger.get(path_of(link)), await say(api, path_of(link), token=token)
    assert (page.status_code, answer.status_code) == (410, 410)
    assert "expired" in page.text
    assert await status_of(seed, topic) == "in_review"


async def grow_old(seed, link, age):
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.approval_link SET expires_at = now() - :age WHERE id = :id"),
            {"id": link["id"], "age": age},
        )


async def test_an_unknown_link_is_404_in_the_browsers_language(api):
    path = "/approve/ph_link_" + "a" * 43
    page = await api.stranger.get(path, headers={"accept-language": "fr, uk;q=0.8"})
    assert page.status_code == 404
    assert 'lang="uk"' in page.text and "Ми не знаємо цього посилання" in page.text
    answer = await api.stranger.post(path + "/1", data={"token": "a" * 64, "action": "approve"})
    assert answer.status_code == 404
    for odd in ("/approve/x/1/picture", "/approve/%00", "/approve/" + "x" * 3000):
        assert (await api.stranger.get(odd)).status_code == 404


async def test_a_newer_version_takes_the_buttons_away(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await made(supervisor, topic)
    token = await opened(api, path_of(link))
    await seed_status(seed, topic, "in_review", version=2)
    page, answer = await api.stranger.get(path_of(link)), await say(api, path_of(link), token=token)
    assert (page.status_code, answer.status_code) == (200, 409)
    for one in (page, answer):
        assert "newer version" in one.text and "<form" not in one.text


async def test_what_somebody_else_decided_has_no_buttons(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await made(supervisor, topic)
    token = await opened(api, path_of(link))
    await supervisor.post(f"/v1/contents/{topic.id}/approve", json={"version": 1})
    page, answer = await api.stranger.get(path_of(link)), await say(api, path_of(link), token=token)
    assert (page.status_code, answer.status_code) == (200, 409)
    assert "approved" in page.text and "<form" not in page.text


async def test_a_change_request_needs_words_and_keeps_what_was_typed(
    api, seed, company, supervisor
):
    topic = await seed.item(company)
    link = await made(supervisor, topic)
    empty = await say(api, path_of(link), "request_changes", reason="  ")
    assert empty.status_code == 422
    assert "Say what should change" in empty.text and 'aria-invalid="true"' in empty.text
    long = await say(api, path_of(link), "request_changes", reason="<b>" + "x" * 5000)
    assert long.status_code == 422
    assert "&lt;b&gt;xxx" in long.text and "<b>x" not in long.text
    good = await say(api, path_of(link), "request_changes", reason="More\r\nbees\x00")
    assert good.status_code == 200
    (row,) = await seed.rows(
        "SELECT reason FROM posthub.decision WHERE content_id = :id", id=topic.id
    )
    assert row.reason == "More\nbees"


async def test_a_form_of_another_link_page_or_site_is_refused(api, seed, company, supervisor):
    topic, other = await seed.item(company), await seed.item(company)
    link, second = await made(supervisor, topic), await made(supervisor, other)
    path, token = path_of(link) + "/1", await opened(api, path_of(link))
    strange = await opened(api, path_of(second))
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


async def test_pages_run_nothing_send_nothing_and_are_kept_nowhere(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await made(supervisor, topic)
    for path in (path_of(link), path_of(link) + "x"):
        page = await api.stranger.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "script-src" not in policy
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
        assert "noindex" in page.headers["x-robots-tag"]
        assert "<script" not in page.text and "http" not in page.text.replace("http-equiv", "")


async def test_what_was_written_cannot_run_on_the_page(api, seed, company, supervisor):
    body = {
        "title": "<script>alert(1)</script>",
        "markdown": "# Head\n\n<img src=x onerror=alert(1)>\n\n[a](javascript:alert(1))"
        " [good](https://example.com/?a=1&b=2) ![pic](https://example.com/p.png)\n\n"
        "<svg onload=alert(1)>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    }
    post = await seed.item(company, kind=Kind.BLOG_POST, body=body)
    page = await api.stranger.get(path_of(await made(supervisor, post)))
    assert page.status_code == 200
    for bad in ("<script", "<img", "<svg", 'href="javascript'):
        assert bad not in page.text
    assert '<a href="https://example.com/?a=1&amp;b=2" rel="noopener' in page.text
    assert "<h2>Head</h2>" in page.text and "<table>" in page.text


@pytest.mark.parametrize(
    ("language", "direction", "word"),
    [
        ("en", "ltr", "Approve"),
        ("cs", "ltr", "Schválit"),
        ("fa", "rtl", "تأیید"),
        ("uk", "ltr", "Схвалити"),
        ("de", "ltr", "Approve"),
    ],
)
async def test_a_page_speaks_the_companys_language(api, seed, language, direction, word):
    company = await seed.company(language=language)
    client = api.known(await seed.person(company.organization_id))
    topic = await seed.item(company, language=language)
    page = await api.stranger.get(path_of(await made(client, topic)))
    shown = language if language != "de" else "en"
    assert f'<html lang="{shown}" dir="{direction}">' in page.text
    assert f'<button class="yes">{word}</button>' in page.text


async def test_one_link_covers_what_waits_of_a_month_and_each_is_decided_once(
    api, seed, company, supervisor
):
    items = [await seed.item(company) for _ in range(3)]
    await seed.item(company, month=None)
    await seed.item(company, status=Status.DRAFT)
    body = {"recipient": "Board", "company_id": str(company.id), "month": "2026-12"}
    answer = await supervisor.post("/v1/approval-links", json=body)
    assert answer.status_code == 201, answer.text
    link = answer.json()
    assert {one["content_id"] for one in link["items"]} == {str(one.id) for one in items}
    page = await api.stranger.get(path_of(link))
    assert page.text.count('<li><a href="/approve/') == 3 and "<form" not in page.text
    first = await say(api, path_of(link) + "/1")
    assert first.status_code == 200 and path_of(link) + "/2" in first.text
    again = await api.stranger.get(path_of(link) + "/1")
    assert again.status_code == 200 and "<form" not in again.text
    await say(api, path_of(link) + "/3", "request_changes", reason="Shorter")
    last = await say(api, path_of(link) + "/2", "reject")
    assert "That was all" in last.text
    assert (await api.stranger.get(path_of(link))).status_code == 410
    known = (await supervisor.get("/v1/approval-links", params={"company": company.id})).json()
    (shown,) = known["items"]
    assert (shown["state"], "url" in shown) == ("used", False)
    actions = [one["action"] for one in shown["items"]]
    assert actions == ["approve", "reject", "request_changes"]
    for number in ("0", "4", "x", "²"):
        assert (await api.stranger.get(f"{path_of(link)}/{number}")).status_code in (404, 410)


async def test_links_are_listed_by_item_without_their_secrets(seed, company, supervisor):
    topic = await seed.item(company)
    link = await made(supervisor, topic, expires_in_days=30)
    await made(supervisor, await seed.item(company))
    answer = await supervisor.get(f"/v1/contents/{topic.id}/approval-links")
    (shown,) = answer.json()["items"]
    assert (shown["id"], shown["state"], shown["recipient"]) == (
        link["id"],
        "open",
        "client@example.com",
    )
    secret = link["url"].rpartition("/")[2]
    assert secret not in answer.text
    rows = await seed.rows("SELECT l::text AS row FROM posthub.approval_link l")
    assert rows and all(secret not in row.row for row in rows)


async def test_a_replayed_request_holds_no_url(seed, company, supervisor):
    topic = await seed.item(company)
    body, headers = {"recipient": "Client", "version": 1}, {"idempotency-key": str(new_id())}
    path = f"/v1/contents/{topic.id}/approval-links"
    first = await supervisor.post(path, json=body, headers=headers)
    second = await supervisor.post(path, json=body, headers=headers)
    assert second.headers["idempotency-replayed"] == "true"
    assert (first.json()["id"], second.json()["url"]) == (second.json()["id"], None)
    assert first.json()["url"].startswith("http://127.0.0.1:8000/approve/ph_link_")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"version": 2}, 409),
        ({"recipient": " "}, 422),
        ({"recipient": "a@"}, 422),
        ({"expires_in_days": 31}, 422),
        ({"expires_in_days": 0}, 422),
        ({"version": 0}, 422),
        ({"more": 1}, 422),
    ],
)
async def test_a_link_that_would_be_good_for_nothing_is_not_made(
    seed, company, supervisor, change, status
):
    topic = await seed.item(company)
    body = {"recipient": "Client", "version": 1, **change}
    answer = await supervisor.post(f"/v1/contents/{topic.id}/approval-links", json=body)
    assert answer.status_code == status, answer.text


async def test_a_link_is_made_for_what_waits_in_one_company(api, seed, company, supervisor):
    draft = await seed.item(company, status=Status.DRAFT)
    body = {"recipient": "Client", "version": 1}
    answer = await supervisor.post(f"/v1/contents/{draft.id}/approval-links", json=body)
    assert answer.json()["type"].endswith(":illegal-transition")
    sibling = await seed.company(company.organization_id)
    foreign = await seed.item(await seed.company())
    one, two = await seed.item(company), await seed.item(sibling)

    async def over(*items, **more):
        pairs = [{"content_id": str(item.id), "version": 1} for item in items]
        answer = await supervisor.post(
            "/v1/approval-links", json={"recipient": "Client", "items": pairs, **more}
        )
        return answer.status_code

    assert await over(one, two) == 422
    assert await over(one, one) == 422
    assert await over(one, foreign) == 404
    assert await over(one, month="2026-12") == 422
    assert await over(one) == 201
    nothing = {"recipient": "Client", "company_id": str(company.id), "month": "2031-01"}
    assert (await supervisor.post("/v1/approval-links", json=nothing)).status_code == 409
    neither = await supervisor.post("/v1/approval-links", json={"recipient": "Client"})
    assert neither.status_code == 422


async def test_a_stranger_neither_sees_nor_revokes_a_link(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await made(supervisor, topic)
    stranger = api.known(await seed.person(await seed.organization(), "MANAGER"))
    assert (await stranger.delete(f"/v1/approval-links/{link['id']}")).status_code == 404
    listed = await stranger.get(f"/v1/contents/{topic.id}/approval-links")
    assert listed.status_code == 404
    assert (await stranger.get("/v1/approval-links")).json()["items"] == []
    named = await stranger.get("/v1/approval-links", params={"company": str(company.id)})
    assert named.status_code == 404


async def test_a_link_ends_with_the_membership_of_who_made_it(api, seed, company):
    maker = await seed.person(company.organization_id)
    topic = await seed.item(company)
    link = await made(api.known(maker), topic)
    token = await opened(api, path_of(link))
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("DELETE FROM posthub.membership WHERE user_id = :id"), {"id": maker.id}
        )
    page, answer = await api.stranger.get(path_of(link)), await say(api, path_of(link), token=token)
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
    link = await made(api.known(marketer), topic, recipient=author.email.upper())
    answer = await say(api, path_of(link))
    assert answer.status_code == 403 and "second pair of eyes" in answer.text
    assert await status_of(seed, topic) == "in_review"
    client = await made(api.known(marketer), topic)
    assert (await say(api, path_of(client))).status_code == 200


async def test_a_marketers_own_version_is_approved_by_the_clients_link(api, seed):
    organization_id = await seed.organization(four_eyes=True)
    company = await seed.company(organization_id)
    marketer = await seed.person(organization_id, "MARKETER")
    topic = await seed.item(company, author=marketer.id)
    link = await made(api.known(marketer), topic)
    assert (await say(api, path_of(link))).status_code == 200


async def test_a_machine_needs_the_scope_to_decide(api, seed, company):
    marketer = api.known(await seed.person(company.organization_id, "MARKETER"))
    topic = await seed.item(company)
    found = {}
    for scope in ("write", "decide"):
        token = await marketer.post("/v1/api-tokens", json={"name": scope, "scopes": [scope]})
        machine = api.client(authorization=f"Bearer {token.json()['token']}")
        body = {"recipient": "Client", "version": 1}
        answer = await machine.post(f"/v1/contents/{topic.id}/approval-links", json=body)
        found[scope] = answer.status_code
    assert found == {"write": 403, "decide": 201}
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    token = await manager.post("/v1/api-tokens", json={"name": "m", "scopes": ["write", "decide"]})
    machine = api.client(authorization=f"Bearer {token.json()['token']}")
    path = f"/v1/organizations/{company.organization_id}/reminder-links"
    assert (await machine.put(path, json={"in_reminders": True})).status_code == 403


async def test_a_persona_is_not_approved_by_link(api, seed, company, supervisor):
    persona = await seed.item(
        company,
        kind=Kind.PERSONA,
        month=None,
        body={
            "name": "Ada",
            "biography": "She knows.",
            "values": ["care"],
            "expertise": ["bees"],
            "frustrations": ["noise"],
            "vocabulary_level": "plain",
            "sentence_style": "short",
            "favourite_phrases": ["so"],
            "signature_ending": "Bye",
        },
    )
    link = await made(supervisor, persona)
    page = await api.stranger.get(path_of(link))
    assert "chosen together" in page.text and 'class="yes"' not in page.text
    assert (await say(api, path_of(link))).status_code == 409
    answer = await say(api, path_of(link), "request_changes", reason="Older")
    assert answer.status_code == 200


async def test_every_kind_can_be_read(api, seed, company, supervisor, app):
    picture = b"\x89PNG\r\n\x1a\n not much of a picture"
    store = app.state.services.media
    sha256 = store.put(company.organization_id, picture)
    await seed.insert(
        "media",
        organization_id=company.organization_id,
        sha256=sha256,
        media_type="image/png",
        size_bytes=len(picture),
        origin="test",
    )
    bodies = {
        Kind.COMPANY_DNA: {
            "company": "C",
            "summary": "In one line.",
            "points": {"mission": {"values": ["Honey"]}, "vision": {"values": []}},
            "segments": [{"name": "Keepers", "pains": ["Mites"], "desires": ["Calm"]}],
        },
        Kind.SOCIAL_POST: {
            "platform": "linkedin",
            "text": "One\ntwo",
            "hashtags": ["bees"],
            "call_to_action": "Come",
        },
        Kind.IMAGE: {
            "platform": "x",
            "media_sha256": sha256,
            "width_px": 10,
            "height_px": 10,
            "headline": "Honey",
            "alt_text": "A jar",
        },
        Kind.PALETTE: {"colors": ["#112233"]},
    }
    post = await seed.item(company, kind=Kind.SOCIAL_POST, body={"text": "Read beside it"})
    for kind, body in bodies.items():
        item = await seed.item(company, kind=kind, body=body, parent=post)
        path = path_of(await made(supervisor, item))
        page = await api.stranger.get(path)
        assert page.status_code == 200, page.text
        assert 'class="yes"' in page.text
        if kind is Kind.COMPANY_DNA:
            assert "Mission" in page.text and "Honey" in page.text and "Mites" in page.text
        if kind is Kind.SOCIAL_POST:
            assert "#bees" in page.text and "One\ntwo" in page.text
        shown = await api.stranger.get(path + "/1/picture")
        if kind is Kind.IMAGE:
            assert "Read beside it" in page.text
            assert f'src="{path}/1/picture"' in page.text
            assert (shown.content, shown.headers["content-type"]) == (picture, "image/png")
            await say(api, path)
            assert (await api.stranger.get(path + "/1/picture")).status_code == 404
        else:
            assert shown.status_code == 404


async def test_no_log_line_holds_the_secret(api, seed, company, supervisor, caplog):
    link = await made(supervisor, await seed.item(company))
    secret = link["url"].rpartition("/")[2]
    with caplog.at_level("INFO"):
        await say(api, path_of(link))
    lines = [
        formatter.format(record)
        for formatter in (logs.JsonLines(), logs.TextLines())
        for record in caplog.records
    ]
    assert any("POST /approve/" in line for line in lines)
    assert not any(secret[8:] in line for line in lines)


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_body_that_lacks_what_its_kind_has_is_a_page_all_the_same(
    api, seed, company, supervisor, kind
):
    item = await seed.item(company, kind=kind, body={"odd": [1, {"deep": "<b>"}]})
    page = await api.stranger.get(path_of(await made(supervisor, item)))
    assert page.status_code == 200
    assert "<b>" not in page.text and page.text.rstrip().endswith("</html>")


async def test_an_erased_version_has_no_yes(api, seed, company, supervisor):
    item = await seed.item(company)
    link = await made(supervisor, item)
    async with seed.database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL posthub.erasing = 'on'"))
        await connection.execute(
            text(
                "UPDATE posthub.content_version SET body = NULL, erased_at = now() WHERE id = :id"
            ),
            {"id": item.version_id},
        )
    page = await api.stranger.get(path_of(link))
    assert "was erased" in page.text and 'class="yes"' not in page.text
    assert (await say(api, path_of(link))).status_code == 409
    assert await status_of(seed, item) == "in_review"


async def test_a_manager_lets_reminders_bring_links(api, seed, company, supervisor):
    path = f"/v1/organizations/{company.organization_id}/reminder-links"
    assert (await supervisor.get(path)).json() == {"in_reminders": False}
    assert (await supervisor.put(path, json={"in_reminders": True})).status_code == 403
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    assert (await manager.put(path, json={"in_reminders": True})).status_code == 200
    assert (await supervisor.get(path)).json() == {"in_reminders": True}
    stranger = api.known(await seed.person(await seed.organization(), "MANAGER"))
    for answer in (await stranger.get(path), await stranger.put(path, json={"in_reminders": True})):
        assert answer.status_code == 404


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
    assert (await say(api, path + "/1")).status_code == 200
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.app_user SET is_active = false WHERE id = :id"), {"id": person.id}
        )
    gone = await api.stranger.get(path)
    assert gone.status_code == 410 and "whoever sent it" in gone.text
