"""An address that is not confirmed gets one e-mail: the one that asks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from posthub_assets.domain.notifying.topics import is_for_webhooks
from resources.database.engine import Scope
from resources.database.repositories import confirmations
from resources.database.repositories.notifications import Mail
from resources.ids import new_id
from resources.notifying.mails import LANGUAGES, MailWriter

pytestmark = pytest.mark.anyio


async def newcomer(world, organization_id, **values):
    return await world.seed.person(organization_id, "MARKETER", email_confirmed_at=None, **values)


def text_of(message):
    return message.get_body(("plain",)).get_content()


async def test_the_e_mail_that_asks_comes_at_once_even_at_night(world, api_database):
    company = await world.seed.company(language="uk", timezone="UTC")
    person = await newcomer(
        world,
        company.organization_id,
        settings={"notifications": {"quiet_from": "00:00", "quiet_until": "23:59", "email": False}},
    )
    other = await newcomer(world, company.organization_id)
    await world.tell(company.organization_id, "user.confirm_email", user_id=person.id)
    await world.run()
    (got,) = world.mail_server.to(person.email)
    assert got["Subject"] == "Підтвердьте свою адресу"
    (secret,) = re.findall(r"https://posthub\.example\.com/confirm/(\S+)", text_of(got))
    assert secret in got.get_body(("html",)).get_content()
    async with api_database.transaction(Scope()) as connection:
        found = await confirmations.find(connection, secret)
    assert (found.user_id, found.language, found.is_confirmed) == (person.id, "uk", False)
    assert world.mail_server.to(other.email) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_asks(language):
    row = Mail(
        new_id(), new_id(), new_id(), 1, "user.confirm_email", {}, "a@example.com", "Ann", "Lípa",
        language, "", "",
    )  # fmt: skip
    writer = MailWriter("P <p@example.com>", "https://posthub.example.com")
    url = "https://posthub.example.com/confirm/ph_mail_x"
    message = writer.write([row], [], (), url)
    assert url in text_of(message) and "PostHub" in text_of(message)
    html = message.get_body(("html",)).get_content()
    assert f'<a href="{url}">{message["Subject"]}</a>' in html
    assert writer.write([row], []) is None, "without a link there is nothing to say"


async def test_before_the_yes_nothing_else_is_sent_and_after_it_everything(world):
    company = await world.seed.company(timezone="UTC")
    person = await newcomer(world, company.organization_id)
    item = await world.seed.item(company)
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.content SET review_since = :since WHERE id = :id"),
            {"since": world.clock() - timedelta(hours=7), "id": item.id},
        )

    async def told():
        await world.tell(
            company.organization_id, "month.ready", company_id=company.id, month="2026-12"
        )
        await world.deliverer.remind()
        await world.run()
        world.clock.forward(minutes=3)
        await world.run()
        return "\n".join(text_of(one) for one in world.mail_server.to(person.email))

    assert await told() == ""
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.app_user SET email_confirmed_at = now() WHERE id = :id"),
            {"id": person.id},
        )
    after = await told()
    assert "2026-12 is ready" in after and "Nothing is approved by itself" in after


async def test_who_confirmed_meanwhile_is_not_asked(world):
    company = await world.seed.company()
    person = await newcomer(world, company.organization_id)
    await world.tell(company.organization_id, "user.confirm_email", user_id=person.id)
    await world.deliverer.plan()
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.app_user SET email_confirmed_at = now() WHERE id = :id"),
            {"id": person.id},
        )
    await world.run()
    assert world.mail_server.to(person.email) == []


def test_no_webhook_hears_of_it():
    assert not is_for_webhooks("user.confirm_email", ["*"])
