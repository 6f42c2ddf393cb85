"""E-mails over a real SMTP connection: batched, in the night kept, in four languages."""

from __future__ import annotations

import asyncio
import email.utils
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Kind, Status
from resources.database.repositories.notifications import Mail
from resources.database.repositories.reminders import StillWaiting
from resources.ids import new_id
from resources.notifying.deliver import NO_SMTP
from resources.notifying.links import MailLink
from resources.notifying.mails import MailWriter

pytestmark = pytest.mark.anyio


def text_of(message):
    return message.get_body(("plain",)).get_content()


async def waits_since(seed, item, since):
    """Let an item have come into review at a moment."""
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.content SET review_since = :since WHERE id = :id"),
            {"since": since, "id": item.id},
        )


async def states(seed, person):
    return await seed.rows(
        "SELECT d.status, d.error, d.next_at, o.topic FROM posthub.notification_delivery d"
        " JOIN posthub.outbox o ON o.id = d.outbox_id WHERE d.recipient = :id ORDER BY d.id",
        id=person.id,
    )


async def test_one_e_mail_tells_all_that_happened_in_a_short_while(world):
    company = await world.seed.company(name="Lípa")
    marketer = await world.seed.person(company.organization_id, "MARKETER")
    await world.seed.person(company.organization_id, "SUPERVISOR")
    post = await world.seed.item(company, kind=Kind.BLOG_POST, body={"title": "Roasting at home"})
    facts = {"company_id": company.id, "content_id": post.id, "kind": "blog_post"}
    await world.tell(company.organization_id, "content.approved", **facts)
    await world.tell(company.organization_id, "budget.alert", percent=80, provider="gemini")
    await world.run()
    assert world.mail_server.to(marketer.email) == [], "it waits for what belongs into it as well"
    world.clock.forward(minutes=1)
    await world.tell(company.organization_id, "month.ready", company_id=company.id, month="2026-12")
    await world.run()
    world.clock.forward(minutes=1)
    await world.run()

    (got,) = world.mail_server.to(marketer.email)
    told = text_of(got)
    assert "Lípa: approved: blog post “Roasting at home”" in told
    assert "80 % of the budget is used (gemini)" in told
    assert "the month 2026-12 is ready" in told
    assert "https://posthub.example.com" in told
    assert [row.status for row in await states(world.seed, marketer)] == ["delivered"] * 3


async def test_who_decided_is_not_told_of_it(world):
    company = await world.seed.company()
    marketers = [await world.seed.person(company.organization_id, "MARKETER") for _ in range(2)]
    item, decision = await world.seed.item(company), new_id()
    await world.seed.insert(
        "decision",
        id=decision,
        organization_id=company.organization_id,
        content_id=item.id,
        version_id=item.version_id,
        version_number=1,
        sha256=item.sha256,
        action="approve",
        decided_by=marketers[0].id,
    )
    facts = {"company_id": company.id, "content_id": item.id, "decision_id": decision}
    await world.tell(company.organization_id, "content.approved", **facts)
    await world.run()
    assert [len(await states(world.seed, one)) for one in marketers] == [0, 1]


async def test_reminders_come_at_their_hours_and_approve_nothing(world):
    company = await world.seed.company(timezone="UTC")
    person = await world.seed.person(
        company.organization_id,
        settings={"notifications": {"quiet_from": "00:00", "quiet_until": "00:00"}},
    )
    item = await world.seed.item(company, body={"title": "Bread"})
    start = world.clock()
    await waits_since(world.seed, item, start)
    told_at = []
    for hour in range(0, 101):
        world.clock.now = start + timedelta(hours=hour)
        if hour in (5, 6, 7, 12, 13, 24, 47, 48, 72, 73, 100):
            before = len(world.mail_server.to(person.email))
            await world.deliverer.remind()
            await world.run()
            told_at += [hour] * (len(world.mail_server.to(person.email)) - before)

    assert told_at == [6, 12, 24, 48, 72]
    told = text_of(world.mail_server.to(person.email)[0])
    assert "“Bread”" in told
    assert "Nothing is approved by itself" in told
    (row,) = await world.seed.rows(
        "SELECT status, (SELECT count(*) FROM posthub.decision d WHERE d.content_id = c.id) AS said"
        " FROM posthub.content c WHERE id = :id",
        id=item.id,
    )
    assert (row.status, row.said) == ("in_review", 0)


async def test_an_item_that_waits_anew_is_told_of_anew(world):
    company = await world.seed.company(timezone="UTC")
    person = await world.seed.person(company.organization_id)
    item = await world.seed.item(company)
    for _ in range(2):
        await waits_since(world.seed, item, world.clock() - timedelta(hours=6))
        await world.deliverer.remind()
        await world.run()
        world.clock.forward(minutes=5)
    assert len(world.mail_server.to(person.email)) == 2


async def test_all_that_waits_is_one_e_mail_per_person_and_deliverers_do_not_repeat_it(world):
    company = await world.seed.company(timezone="UTC")
    person = await world.seed.person(company.organization_id)
    for number in range(3):
        item = await world.seed.item(company, body={"title": f"Post {number}"})
        await waits_since(world.seed, item, world.clock() - timedelta(hours=7 + number))
    await asyncio.gather(*(world.deliverer.remind() for _ in range(3)))
    await world.run()
    (got,) = world.mail_server.to(person.email)
    assert got["Subject"] == "Waiting for a decision: 3"
    assert [f"Post {number}" in text_of(got) for number in range(3)] == [True] * 3


async def test_what_was_decided_meanwhile_is_not_reminded_of(world):
    company = await world.seed.company(timezone="UTC")
    person = await world.seed.person(company.organization_id)
    item = await world.seed.item(company)
    await waits_since(world.seed, item, world.clock() - timedelta(hours=7))
    await world.deliverer.remind()
    await waits_since(world.seed, item, world.clock())
    await world.run()
    assert world.mail_server.to(person.email) == []
    (row,) = await states(world.seed, person)
    assert (row.status, row.error) == ("skipped", "Nothing waits any more.")


@pytest.mark.parametrize("zone", ["Europe/Prague", "Asia/Tehran", "America/New_York"])
async def test_the_night_is_quiet_where_the_company_is(world, zone):
    company = await world.seed.company(timezone=zone)
    person = await world.seed.person(company.organization_id)
    marketer = await world.seed.person(company.organization_id, "MARKETER")
    item = await world.seed.item(company)
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    night = datetime.combine(tomorrow, datetime.min.time(), ZoneInfo(zone)) + timedelta(hours=23)
    world.clock.now = night.astimezone(UTC)
    await waits_since(world.seed, item, world.clock() - timedelta(hours=8))
    facts = {"company_id": company.id, "content_id": item.id}
    await world.tell(company.organization_id, "content.rejected", **facts)
    for _ in range(2):
        await world.deliverer.remind()
        await world.run()
        world.clock.forward(hours=8, minutes=59)  # 7:59
    assert world.mail_server.to(person.email) + world.mail_server.to(marketer.email) == []
    world.clock.now = night.astimezone(UTC) + timedelta(hours=9)
    await world.deliverer.remind()
    await world.run()
    assert len(world.mail_server.to(person.email)) == 1
    assert len(world.mail_server.to(marketer.email)) == 1, "reminder and rejection are one e-mail"


async def test_who_wants_no_e_mails_gets_none(world):
    company = await world.seed.company(timezone="UTC")
    person = await world.seed.person(
        company.organization_id, "MARKETER", settings={"notifications": {"email": False}}
    )
    item = await world.seed.item(company)
    await waits_since(world.seed, item, world.clock() - timedelta(hours=7))
    await world.tell(company.organization_id, "month.ready", company_id=company.id)
    await world.deliverer.remind()
    await world.run()
    assert await states(world.seed, person) == []


async def test_a_mail_server_that_is_away_is_asked_again(world):
    company = await world.seed.company(timezone="UTC")
    person = await world.seed.person(company.organization_id, "MARKETER")
    await world.tell(company.organization_id, "month.ready", company_id=company.id, month="2026-12")
    world.mail_server.refuse = "450 not now"
    await world.run()
    world.clock.forward(minutes=2)
    await world.run()
    (row,) = await states(world.seed, person)
    assert (row.status, row.next_at - world.clock()) == ("pending", timedelta(seconds=5))
    world.mail_server.refuse = ""
    world.clock.forward(seconds=5)
    await world.run()
    assert len(world.mail_server.to(person.email)) == 1


async def test_a_mailbox_that_is_not_there_is_not_asked_again(world):
    company = await world.seed.company(timezone="UTC")
    person = await world.seed.person(company.organization_id, "MARKETER")
    await world.tell(company.organization_id, "month.ready", company_id=company.id, month="2026-12")
    world.mail_server.refuse = "550 nobody here"
    await world.run()
    world.clock.forward(minutes=2)
    await world.run()
    (row,) = await states(world.seed, person)
    assert row.status == "failed"
    assert "550" in row.error


async def test_without_a_mail_server_rows_are_skipped_and_say_why(world):
    company = await world.seed.company(timezone="UTC")
    person = await world.seed.person(company.organization_id, "MARKETER")
    item = await world.seed.item(company)
    await waits_since(world.seed, item, world.clock() - timedelta(hours=7))
    silent = replace(world.deliverer, mailer=None)
    await world.tell(company.organization_id, "month.ready", company_id=company.id)
    await silent.remind()
    while await silent.plan():
        pass
    (row,) = await states(world.seed, person)
    assert (row.status, row.error, row.topic) == ("skipped", NO_SMTP, "month.ready")


async def test_a_job_that_fails_for_good_is_told_and_one_that_is_tried_again_is_not(world):
    company = await world.seed.company()
    job = new_id()
    await world.seed.insert(
        "job",
        id=job,
        organization_id=company.organization_id,
        company_id=company.id,
        asset="topics",
        kind="create_topics",
        month=date(2026, 12, 1),
        status="running",
    )
    found = []
    for status in ("pending", "failed", "failed"):
        async with world.seed.database.engine.begin() as connection:
            statement = text("UPDATE posthub.job SET status = :s WHERE id = :id")
            await connection.execute(statement, {"s": status, "id": job})
        found.append(
            await world.seed.rows(
                "SELECT payload FROM posthub.outbox WHERE topic = 'job.failed'"
                " AND organization_id = :id",
                id=company.organization_id,
            )
        )
    assert [len(rows) for rows in found] == [0, 1, 1]
    payload = found[-1][0].payload
    assert (payload["job_id"], payload["month"]) == (str(job), "2026-12")


async def test_a_month_is_ready_once_when_everything_is_decided(world):
    company = await world.seed.company()
    month = datetime.now(UTC).date().replace(day=1)
    await world.seed.insert(
        "company_month",
        organization_id=company.organization_id,
        company_id=company.id,
        month=month,
        tier="PRO",
        quota=2,
        starts_on=month,
        opened_by="schedule",
    )

    async def told():
        await world.deliverer.tell_ready_months()
        rows = await world.seed.rows(
            "SELECT payload FROM posthub.outbox WHERE topic = 'month.ready'"
            " AND organization_id = :id",
            id=company.organization_id,
        )
        return len(rows)

    assert await told() == 0, "nothing was made yet"
    await world.seed.item(company, kind=Kind.BLOG_POST, status=Status.APPROVED, month=month)
    waiting = await world.seed.item(company, kind=Kind.BLOG_POST, month=month)
    assert await told() == 0, "something waits"
    async with world.seed.database.engine.begin() as connection:
        statement = text("UPDATE posthub.content SET status = 'rejected' WHERE id = :id")
        await connection.execute(statement, {"id": waiting.id})
    assert await told() == 1
    assert await told() == 1, "once"


TOPICS = (
    "content.approved",
    "content.rejected",
    "content.changes_requested",
    "month.ready",
    "job.failed",
    "budget.alert",
    "provider_key.unusual_access",
    "webhook.disabled",
)
SIGNS = {"en": "Hello", "cs": "Dobrý den", "fa": "سلام", "uk": "Вітаємо"}


@pytest.mark.parametrize("language", sorted(SIGNS))
def test_every_language_says_every_topic(language):
    payload = {
        "month": "2026-12", "percent": 100, "provider": "gemini", "url": "https://x.example.com/",
        "because": "410", "kind": "blog_post",
    }  # fmt: skip
    title = "<b>Chléb & sůl</b>\r\nBcc: x@example.com"
    rows = [
        Mail(
            new_id(), new_id(), new_id(), 1, topic, payload, "a@example.com", "Ann\r\nBcc: y@z.cz",
            "Lípa", language, title, "no sources",
        )
        for topic in (*TOPICS, "reminder.due")
    ]  # fmt: skip
    waiting = [
        StillWaiting(
            "Post", "social_post", "Lípa", language, "UTC", 7, new_id(), new_id(), new_id(), True
        )
    ]
    links = [MailLink("Lípa & syn", 12, "https://posthub.example.com/approve/ph_link_x")]
    writer = MailWriter("P <p@example.com>", "https://posthub.example.com")
    message = writer.write(rows, waiting, links)
    html = message.get_body(("html",)).get_content()
    plain = text_of(message)
    assert SIGNS[language] in plain
    assert f'lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"' in html
    assert "<b>" not in html
    assert "&lt;b&gt;Chléb &amp; sůl" in html
    assert message["Bcc"] is None
    assert "Lípa & syn" in plain and "(12)" in plain and f"\n{links[0].url}\n" in plain
    assert f'<a href="{links[0].url}">Lípa &amp; syn' in html
    assert email.utils.parseaddr(str(message["To"]))[1] == "a@example.com"
    for line in (plain, html):
        assert not any(topic in line for topic in TOPICS), "a topic without words"
    each = [MailWriter("p@e.cz", "https://p.cz").write([row], [])["Subject"] for row in rows[:-1]]
    assert all(each)
    assert len(set(each)) == len(TOPICS)
