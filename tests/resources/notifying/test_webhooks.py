"""Webhooks over real HTTP: signed, tried again, never forgotten, never sent inside."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from posthub_assets.domain.notifying import signing
from resources.database.engine import Scope
from resources.notifying.deliver import LEASE, place_of
from resources.notifying.webhooks import WebhookRefused, WebhookSender, check_target

pytestmark = pytest.mark.anyio


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Verify as the specification says, written without our signing."""
    key = base64.b64decode(secret[len("whsec_") :])
    signed = b".".join(
        (headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body)
    )
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [one.split(",", 1) for one in headers["webhook-signature"].split(" ")]
    return any(v == "v1" and hmac.compare_digest(text, expected) for v, text in given)


async def deliveries(seed, endpoint_id):
    return await seed.rows(
        "SELECT d.status, d.attempts, d.next_at, d.error, d.response_status"
        " FROM posthub.notification_delivery d WHERE recipient = :id ORDER BY d.id",
        id=endpoint_id,
    )


SECRET = signing.secret_of(b"s" * 32)


async def test_a_message_arrives_signed_with_its_topic_and_data(world):
    organization = await world.seed.organization()
    await world.endpoint(organization, world.receiver.url)
    told = await world.tell(organization, "month.ready", month="2026-12")
    await world.run()

    (got,) = world.receiver.got
    body = json.loads(got.body)
    assert (body["type"], body["data"]["month"]) == ("month.ready", "2026-12")
    assert body["data"]["organization_id"] == str(organization)
    assert got.headers["webhook-id"] == f"msg_{told.hex}"
    assert got.headers["webhook-timestamp"] == str(int(world.clock().timestamp()))
    assert verify(SECRET, got.headers, got.body)
    assert not verify(SECRET, got.headers, got.body + b" ")
    assert not verify(signing.secret_of(b"x" * 32), got.headers, got.body)


async def test_only_the_topics_that_were_asked_for_arrive(world):
    organization, other = await world.seed.organization(), await world.seed.organization()
    await world.endpoint(organization, world.receiver.url, topics=["job.failed"])
    await world.tell(organization, "month.ready")
    await world.tell(organization, "job.failed")
    await world.tell(other, "job.failed")
    await world.run()
    assert [json.loads(one.body)["type"] for one in world.receiver.got] == ["job.failed"]
    assert json.loads(world.receiver.got[0].body)["data"]["organization_id"] == str(organization)


async def test_a_receiver_that_fails_is_asked_again_with_the_same_id_and_bytes(world):
    organization = await world.seed.organization()
    id_ = await world.endpoint(organization, world.receiver.url)
    await world.tell(organization, "month.ready")
    world.receiver.answers = [
        (500, {}),
        (302, {"Location": world.receiver.url}),
        (429, {"Retry-After": "900"}),
    ]
    await world.run()
    for expected_s in (5, 300, 1_800):
        (row,) = await deliveries(world.seed, id_)
        assert row.status == "pending"
        assert row.next_at - world.clock() == timedelta(seconds=expected_s)
        before = len(world.receiver.got)
        world.clock.forward(seconds=expected_s - 1)
        await world.run()
        assert len(world.receiver.got) == before, "not before its time"
        world.clock.forward(seconds=1)
        await world.run()

    (row,) = await deliveries(world.seed, id_)
    assert (row.status, row.attempts, row.response_status) == ("delivered", 4, 204)
    assert len({one.headers["webhook-id"] for one in world.receiver.got}) == 1
    assert len({one.body for one in world.receiver.got}) == 1
    assert all(verify(SECRET, one.headers, one.body) for one in world.receiver.got)


async def test_after_ten_attempts_it_is_given_up_and_the_endpoint_is_switched_off(world):
    organization = await world.seed.organization()
    id_ = await world.endpoint(organization, world.receiver.url)
    await world.tell(organization, "month.ready")
    world.receiver.answers = [(503, {})] * 20
    start = world.clock()
    while (await world.run()) or (rows := await deliveries(world.seed, id_))[0].status == "pending":
        world.clock.now = rows[0].next_at
    assert (rows[0].status, rows[0].attempts, len(world.receiver.got)) == ("failed", 10, 10)
    assert world.clock() - start == timedelta(hours=75, minutes=35, seconds=5)
    (row,) = await world.seed.rows(
        "SELECT is_active, disabled_because FROM posthub.webhook_endpoint WHERE id = :id", id=id_
    )
    assert not row.is_active
    assert "503" in row.disabled_because


async def test_410_switches_an_endpoint_off_at_once(world):
    organization = await world.seed.organization()
    marketer = await world.seed.person(organization, "MARKETER")
    id_ = await world.endpoint(organization, world.receiver.url)
    world.receiver.answers = [(410, {})]
    await world.tell(organization, "month.opened")
    await world.run()
    await world.tell(organization, "month.opened")
    await world.run()

    assert len(world.receiver.got) == 1
    rows = await world.seed.rows(
        "SELECT d.status FROM posthub.notification_delivery d JOIN posthub.outbox o"
        " ON o.id = d.outbox_id WHERE o.topic = 'webhook.disabled' AND d.recipient = :id",
        id=marketer.id,
    )
    assert [row.status for row in rows] == ["pending"], "the marketer is told by e-mail"
    (row,) = await deliveries(world.seed, id_)
    assert (row.status, row.attempts) == ("failed", 1)


async def test_while_a_secret_is_changed_both_sign_and_later_only_the_new_one(world):
    organization = await world.seed.organization()
    old = signing.secret_of(b"o" * 32)
    id_ = await world.endpoint(
        organization, world.receiver.url, previous_until=world.clock() + timedelta(hours=1)
    )
    async with world.seed.database.engine.begin() as connection:
        sealed = world.keyrings.seal(old, organization, place_of(id_))
        statement = text("UPDATE posthub.webhook_endpoint SET previous_secret = :s WHERE id = :id")
        await connection.execute(statement, {"s": sealed, "id": id_})
    await world.tell(organization, "month.ready")
    await world.run()
    world.clock.forward(hours=2)
    await world.tell(organization, "month.ready")
    await world.run()

    first, second = world.receiver.got
    assert verify(SECRET, first.headers, first.body)
    assert verify(old, first.headers, first.body)
    assert verify(SECRET, second.headers, second.body)
    assert not verify(old, second.headers, second.body)


async def test_a_process_that_is_killed_while_it_sends_loses_nothing(
    world, database_urls, tmp_path
):
    organization = await world.seed.organization()
    id_ = await world.endpoint(organization, world.receiver.url)
    await world.tell(organization, "month.ready")
    world.receiver.hangs = True
    process = await notifier(database_urls, tmp_path, *world.keyrings.user)
    try:
        async with asyncio.timeout(60):
            await world.receiver.arrived.wait()
    finally:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    world.receiver.hangs = False
    (row,) = await deliveries(world.seed, id_)
    assert (row.status, row.attempts) == ("pending", 1), "sent, and not written down"

    world.clock.now = row.next_at - timedelta(seconds=1)
    await world.run()
    assert len(world.receiver.got) == 1, "the claim of the dead process still holds"
    world.clock.forward(seconds=2)
    await world.run()
    (row,) = await deliveries(world.seed, id_)
    assert (row.status, row.attempts) == ("delivered", 2)
    ids = [one.headers["webhook-id"] for one in world.receiver.got]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_sigterm_ends_the_process_cleanly(world, database_urls, tmp_path):
    organization = await world.seed.organization()
    id_ = await world.endpoint(organization, world.receiver.url)
    await world.tell(organization, "month.ready")
    process = await notifier(database_urls, tmp_path, *world.keyrings.user)
    async with asyncio.timeout(60):
        await world.receiver.arrived.wait()
        while (await deliveries(world.seed, id_))[0].status != "delivered":  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def notifier(database_urls, home, keyring):
    environment = {
        **os.environ,
        "POSTHUB_HOME": str(home),
        "POSTHUB_FACTORY_DATABASE_URL": database_urls.factory,
        "POSTHUB_USER_KEYRING": keyring,
        "POSTHUB_WEBHOOKS_ALLOW_PRIVATE": "1",
    }
    command = (sys.executable, "-m", "resources.notifying")
    return await asyncio.create_subprocess_exec(*command, env=environment)


async def test_two_deliverers_at_once_send_each_message_once(
    seed, receiver, endpoint, deliverer, tell
):
    organization = await seed.organization()
    await endpoint(organization, receiver.url)
    for _ in range(20):
        await tell(organization, "month.ready")
    while await deliverer.plan():
        pass
    async with asyncio.timeout(60):
        while sum(await asyncio.gather(*(deliverer.send_webhooks() for _ in range(3)))):
            pass
    ids = [one.headers["webhook-id"] for one in receiver.got]
    assert len(ids) == 20
    assert len(set(ids)) == 20


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://127.0.0.1/hook",
        "https://10.0.0.8/hook",
        "https://169.254.169.254/latest",
        "https://[::1]/hook",
        "https://0x7f.1/hook",
        "https://user:word@example.com/hook",
        "https://example.com:22/hook",
        "ftp://example.com/hook",
        "https://intranet/hook",
    ],
)
def test_a_url_that_leads_inside_is_refused(url):
    with pytest.raises(WebhookRefused, match="is not called"):
        check_target(url, allow_private=False)


@pytest.mark.parametrize("url", ["http://example.com/hook", "HTTP://example.com:443/hook"])
def test_a_url_without_tls_is_told_where_webhooks_go(url):
    with pytest.raises(WebhookRefused, match="https, on port 443 or 8443"):
        check_target(url, allow_private=False)
    assert check_target(url, allow_private=True).scheme == "http"


async def test_a_name_that_resolves_to_this_machine_is_not_called(receiver):
    async def resolver(host: str, port: int) -> list[str]:
        return ["93.184.215.14", "127.0.0.1"]

    answer = await WebhookSender(resolver=resolver).send("https://hooks.example.com/", {}, b"{}")
    assert answer.status is None
    assert "this machine" in answer.error
    assert receiver.got == []


async def test_a_receiver_that_never_answers_is_left_after_the_timeout(receiver):
    receiver.hangs = True
    sender = replace(WebhookSender(allow_private=True), timeout_s=0.3)
    answer = await sender.send(receiver.url, {}, b"{}")
    assert answer.status is None
    assert "No answer" in answer.error
    assert timedelta(seconds=WebhookSender().timeout_s * 3) < LEASE


async def test_what_waits_is_told_to_endpoints_at_every_step_even_at_night(world):
    company = await world.seed.company()
    await world.endpoint(company.organization_id, world.receiver.url, topics=["content.waiting"])
    item = await world.seed.item(company)
    world.clock.now = (await world.seed.rows("SELECT now() AS at"))[0].at + timedelta(hours=6)
    hours = []
    for _ in range(12):  # 72 hours, in steps of six
        await world.deliverer.remind()
        await world.deliverer.remind()
        await world.run()
        world.clock.forward(hours=6)
    for got in world.receiver.got:
        (told,) = json.loads(got.body)["data"]["items"]
        assert told["content_id"] == str(item.id)
        hours.append(told["hours"])
    assert hours == [6, 12, 24, 48, 72]


async def test_no_webhook_hears_that_something_waits_in_a_deleted_company(world):
    gone = await world.seed.company()
    there = await world.seed.company(gone.organization_id)
    await world.endpoint(gone.organization_id, world.receiver.url, topics=["content.waiting"])
    await world.seed.item(gone)
    item = await world.seed.item(there)
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.company SET deleted_at = now() WHERE id = :id"), {"id": gone.id}
        )
    world.clock.now = (await world.seed.rows("SELECT now() AS at"))[0].at + timedelta(hours=6)
    await world.deliverer.remind()
    await world.run()
    (got,) = world.receiver.got
    told = json.loads(got.body)["data"]["items"]
    assert [one["content_id"] for one in told] == [str(item.id)]


async def test_a_webhook_hears_nothing_of_what_was_before_it(world):
    organization = await world.seed.organization()
    await world.tell(organization, "month.ready")
    await world.endpoint(organization, world.receiver.url)
    await world.run()
    assert world.receiver.got == []


async def test_pruning_the_outbox_takes_its_deliveries_along(world):
    organization = await world.seed.organization()
    id_ = await world.endpoint(organization, world.receiver.url)
    told = await world.tell(organization, "month.ready")
    await world.run()
    async with world.seed.database.engine.begin() as connection:
        old = "UPDATE posthub.outbox SET delivered_at = now() - interval '40 days' WHERE id = :id"
        await connection.execute(text(old), {"id": told})
    async with world.deliverer.database.transaction(Scope()) as connection:
        await connection.execute(text("SELECT * FROM posthub.prune(1000)"))
    assert await deliveries(world.seed, id_) == []


async def test_an_endpoint_with_a_long_queue_holds_up_no_other(world):
    busy, quiet = await world.seed.organization(), await world.seed.organization()
    busy_id = await world.endpoint(busy, world.receiver.url)
    quiet_id = await world.endpoint(quiet, world.receiver.url)
    for _ in range(60):
        await world.tell(busy, "month.ready")
    await world.tell(quiet, "month.ready")
    while await world.deliverer.plan():
        pass
    await world.deliverer.send_webhooks()
    assert [row.status for row in await deliveries(world.seed, quiet_id)] == ["delivered"]
    sent = [row.status for row in await deliveries(world.seed, busy_id)]
    assert sent.count("delivered") == 10
