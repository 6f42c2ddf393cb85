"""The process as `posthub notify --once` runs it."""

from __future__ import annotations

import pytest

from posthub_assets.domain.errors import StorageError
from resources.notifying.loop import notify, public_url
from resources.settings import load_settings

pytestmark = pytest.mark.anyio


def settings_of(url, home, **values):
    return load_settings({"POSTHUB_HOME": str(home), "POSTHUB_FACTORY_DATABASE_URL": url, **values})


async def test_once_does_all_that_is_due_and_says_how_much(world, database_urls, tmp_path):
    company = await world.seed.company(timezone="UTC")
    person = await world.seed.person(
        company.organization_id,
        "MARKETER",
        settings={"notifications": {"quiet_from": "00:00", "quiet_until": "00:00"}},
    )
    await world.endpoint(company.organization_id, world.receiver.url)
    item = await world.seed.item(company)
    await world.seed.insert(
        "outbox",
        id=item.id,
        organization_id=company.organization_id,
        topic="reminder.due",
        payload={"user_id": person.id},
    )
    await world.tell(company.organization_id, "month.opened", company_id=company.id)
    settings = settings_of(
        database_urls.factory,
        tmp_path,
        POSTHUB_USER_KEYRING=world.keyrings.user[0],
        POSTHUB_WEBHOOKS_ALLOW_PRIVATE="1",
        POSTHUB_SMTP_URL=f"smtp://127.0.0.1:{world.mail_server.port}",
    )
    done = await notify(settings, once=True)
    assert done["messages"] >= 2
    assert done["webhooks"] >= 1
    assert len(world.receiver.got) == 1
    again = await notify(settings, once=True)
    assert again["messages"] == 0
    assert len(world.receiver.got) == 1


async def test_it_does_not_start_as_a_role_that_bypasses_the_policies(database_urls, tmp_path):
    with pytest.raises(StorageError, match="could bypass"):
        await notify(settings_of(database_urls.owner, tmp_path), once=True)


def test_links_begin_with_the_public_url_or_where_the_api_listens(tmp_path):
    settings = settings_of("postgresql://x@y/z", tmp_path, POSTHUB_PUBLIC_URL="https://p.cz/")
    assert public_url(settings) == "https://p.cz"
    assert public_url(settings_of("postgresql://x@y/z", tmp_path)) == "http://127.0.0.1:8000"
