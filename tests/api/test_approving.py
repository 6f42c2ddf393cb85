"""The page of a link: what is read there, and what a press on a button does."""

from __future__ import annotations

import asyncio
import time

import pytest

from posthub_assets.domain.content import Kind
from posthub_assets.domain.media.palettes.making import by_hand
from resources import logs

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def supervisor(api, seed, company):
    return api.known(await seed.person(company.organization_id, name="Mara Maker"))


async def status_of(seed, item):
    rows = await seed.rows("SELECT status FROM posthub.content WHERE id = :id", id=item.id)
    return rows[0].status


async def test_who_has_a_link_approves_exactly_what_the_page_showed(api, seed, company, supervisor):
    topic = await seed.item(company, body={"title": "Bees", "description": "They fly."})
    link = await api.made(supervisor, topic)
    page = await api.stranger.get(api.path_of(link))
    assert "Bees" in page.text and "They fly." in page.text and topic.sha256[:12] in page.text

    answer = await api.say(api.path_of(link))
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


async def test_an_item_without_a_month_leaves_no_place_in_one(api, seed, company, supervisor):
    topic = await seed.item(company)
    article = await seed.item(company, kind=Kind.ARTICLE, month=None)
    for item, is_said in ((topic, True), (article, False)):
        page = (await api.stranger.get(api.path_of(await api.made(supervisor, item)))).text
        assert "It is not used" in page
        assert ("its place in the month" in page) is is_said


async def test_the_history_and_the_trail_name_the_link(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic, recipient="The client")
    await api.say(api.path_of(link), "reject", reason="Not ours")
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
    link = await api.made(supervisor, topic)
    for rest in ("", "/1", "/1?action=approve"):
        await api.stranger.request(method, api.path_of(link) + rest)
    assert await status_of(seed, topic) == "in_review"
    assert (await api.say(api.path_of(link))).status_code == 200


async def test_an_unknown_link_is_404_in_the_browsers_language(api):
    path = "/approve/ph_link_" + "a" * 43
    page = await api.stranger.get(path, headers={"accept-language": "fr, uk;q=0.8"})
    assert page.status_code == 404
    assert 'lang="uk"' in page.text and "Ми не знаємо цього посилання" in page.text
    answer = await api.stranger.post(path + "/1", data={"token": "a" * 64, "action": "approve"})
    assert answer.status_code == 404
    for odd in ("/approve/x/1/picture", "/approve/%00", "/approve/" + "x" * 3000):
        assert (await api.stranger.get(odd)).status_code == 404


async def test_a_change_request_needs_words_and_keeps_what_was_typed(
    api, seed, company, supervisor
):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic)
    empty = await api.say(api.path_of(link), "request_changes", reason="  ")
    assert empty.status_code == 422
    assert "Say what should change" in empty.text and 'aria-invalid="true"' in empty.text
    long = await api.say(api.path_of(link), "request_changes", reason="<b>" + "x" * 5000)
    assert long.status_code == 422
    assert "&lt;b&gt;xxx" in long.text and "<b>x" not in long.text
    good = await api.say(api.path_of(link), "request_changes", reason="More\r\nbees\x00")
    assert good.status_code == 200
    (row,) = await seed.rows(
        "SELECT reason FROM posthub.decision WHERE content_id = :id", id=topic.id
    )
    assert row.reason == "More\nbees"


async def test_pages_run_nothing_send_nothing_and_are_kept_nowhere(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic)
    for path in (api.path_of(link), api.path_of(link) + "x"):
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
    page = await api.stranger.get(api.path_of(await api.made(supervisor, post)))
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
    page = await api.stranger.get(api.path_of(await api.made(client, topic)))
    shown = language if language != "de" else "en"
    assert f'<html lang="{shown}" dir="{direction}">' in page.text
    assert f'<button class="yes">{word}</button>' in page.text


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
    link = await api.made(supervisor, persona)
    page = await api.stranger.get(api.path_of(link))
    assert "chosen together" in page.text and 'class="yes"' not in page.text
    assert (await api.say(api.path_of(link))).status_code == 409
    answer = await api.say(api.path_of(link), "request_changes", reason="Older")
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
        path = api.path_of(await api.made(supervisor, item))
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
            await api.say(path)
            assert (await api.stranger.get(path + "/1/picture")).status_code == 404
        else:
            assert shown.status_code == 404


async def test_a_palette_is_shown_in_its_colours_with_what_was_changed_and_what_to_avoid(
    api, seed, company, supervisor
):
    body = by_hand(("#787878", "#B23A2E"), name="Harbour", text="#222222", background="#555555")
    stored = body.model_dump(mode="json")
    item = await seed.item(company, kind=Kind.PALETTE, body=stored, month=None)
    page = await api.stranger.get(api.path_of(await api.made(supervisor, item)))
    assert page.status_code == 200, page.text
    assert ".r-background{background:#555555;color:#222222}" in page.text
    assert "#787878" in page.text and "#B23A2E" in page.text
    assert page.text.count('class="role r-') == 4
    assert "so that words are legible" in page.text
    assert "Pairs that are no good for words" in page.text
    assert "style=" not in page.text
    assert page.headers["content-security-policy"].count("'sha256-") == 2
    assert "The brand can take it on" in page.text


async def test_no_log_line_holds_the_secret(api, seed, company, supervisor, caplog):
    link = await api.made(supervisor, await seed.item(company))
    secret = link["url"].rpartition("/")[2]
    with caplog.at_level("INFO"):
        await api.say(api.path_of(link))
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
    page = await api.stranger.get(api.path_of(await api.made(supervisor, item)))
    assert page.status_code == 200
    assert "<b>" not in page.text and page.text.rstrip().endswith("</html>")


async def test_others_are_answered_while_a_long_text_becomes_a_page(api, seed, company, supervisor):
    body = {"task": "draft", "title": "Long", "markdown": "![a" * 30_000}
    item = await seed.item(company, kind=Kind.ARTICLE, month=None, body=body)
    path = api.path_of(await api.made(supervisor, item))
    gaps: list[float] = []

    async def look() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            gaps.append(time.perf_counter() - before)

    looking = asyncio.create_task(look())
    began = time.perf_counter()
    assert (await api.stranger.get(path)).status_code == 200
    took_s = time.perf_counter() - began
    looking.cancel()
    assert max(gaps) < took_s / 3
