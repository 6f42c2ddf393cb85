"""Delivering: plan what the outbox holds, claim what is due, send it, write down how it went.

A claim is committed before anything is sent, and its outcome after it. Whoever dies between the
two leaves a claim that ends by itself, so a message goes out at least once, with the same id.
What does not belong here: the loop (`loop.py`), SQL, rules.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import InvalidInput, StorageError
from posthub_assets.domain.notifying import signing
from posthub_assets.domain.notifying.quiet_hours import Preferences, earliest, read_preferences
from posthub_assets.domain.notifying.retrying import DELAYS_S, retry_delay_s
from posthub_assets.domain.notifying.topics import (
    CONFIRM,
    MAILED,
    REMINDER,
    WEBHOOK_DISABLED,
    is_for_webhooks,
)
from posthub_assets.domain.people import Role
from resources.database.engine import EVERYTHING, Database, Scope
from resources.database.repositories import audit, notifications, reminders
from resources.database.repositories.notifications import (
    Mail,
    Message,
    Outcome,
    Planned,
    Reader,
    Subscription,
    Webhook,
)
from resources.keyring import Keyrings
from resources.notifying.links import MailLink, confirmation_link, reminder_links_for
from resources.notifying.mails import MailWriter
from resources.notifying.smtp import Mailer, MailNotSent
from resources.notifying.webhooks import Answer, WebhookSender

LEASE = timedelta(seconds=90)
"""Longer than three rounds of the longest webhook, and than an e-mail with its timeouts."""
AT_ONCE = 50
OF_ONE_ENDPOINT = 10
SENT_AT_ONCE = 20
MAIL_WAIT = timedelta(minutes=2)
"""An e-mail waits this long for what belongs into it as well."""
NO_SMTP = "No mail server is set (POSTHUB_SMTP_URL)."
GONE = "The receiver answered 410 Gone: it wants nothing any more."
MAX_WAITING_READ = 500


def place_of(endpoint_id: UUID) -> str:
    """Give what an endpoint's secret is bound to in the keyring."""
    return f"webhook/{endpoint_id}"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Works on the outbox as the factory. Without a mailer e-mails are skipped, and say so."""

    database: Database
    keyrings: Keyrings
    sender: WebhookSender
    writer: MailWriter
    mailer: Mailer | None = None
    clock: Callable[[], datetime] = _now
    luck: Callable[[], float] = field(default=random.random)

    async def plan(self) -> int:
        """Plan the deliveries of what was written to the outbox; give how many messages it was."""
        now = self.clock()
        async with self.database.transaction(EVERYTHING) as connection:
            messages = await notifications.untold(connection, now, AT_ONCE)
            audience = Audience(connection)
            planned = [one for message in messages for one in await self._plan(audience, message)]
            if messages:
                told = [message.id for message in messages]
                await notifications.plan(connection, now, told, planned)
        return len(messages)

    async def _plan(self, audience: Audience, message: Message) -> list[Planned]:
        organization_id = message.organization_id
        if organization_id is None:
            return []  # the platform's own; its log and metrics tell of it
        now = self.clock()
        mails = [
            Planned(
                message.id,
                organization_id,
                "email",
                reader.user_id,
                mail_moment(reader, message, now),
                None if self.mailer else NO_SMTP,
            )
            for reader in await audience.readers(organization_id)
            if is_reader(reader, message)
        ]
        webhooks = [
            Planned(message.id, organization_id, "webhook", one.id, now)
            for one in await audience.subscriptions(organization_id)
            if one.created_at <= message.created_at and is_for_webhooks(message.topic, one.topics)
        ]
        return mails + webhooks

    async def send_webhooks(self) -> int:
        """Send what is due to endpoints, several at once; give how many were tried."""
        async with self.database.transaction(EVERYTHING) as connection:
            due = await notifications.claim_webhooks(
                connection, self.clock(), lease=LEASE, most=AT_ONCE, each=OF_ONE_ENDPOINT
            )
        free = asyncio.Semaphore(SENT_AT_ONCE)

        async def one(webhook: Webhook) -> None:
            async with free:
                await self._send_webhook(webhook)

        await asyncio.gather(*(one(webhook) for webhook in due))
        return len(due)

    async def _send_webhook(self, webhook: Webhook) -> None:
        if webhook.url is None or webhook.secret is None:
            await self._record(webhook, Outcome("skipped", "The webhook is gone or switched off."))
            return
        try:
            answer = await self._call(webhook, webhook.url, webhook.secret)
        except (StorageError, InvalidInput) as error:
            answer = Answer(None, str(error))
        outcome = self._outcome(webhook.attempts, answer)
        await self._record(webhook, outcome)
        if outcome.status == "failed":
            await self._perhaps_disable(webhook, answer)

    async def _call(self, webhook: Webhook, url: str, sealed: bytes) -> Answer:
        secrets = [
            self.keyrings.open(bytes(one), webhook.organization_id, place_of(webhook.endpoint_id))
            for one in (sealed, webhook.previous_secret)
            if one is not None
        ]
        data = {**webhook.payload, "organization_id": str(webhook.organization_id)}
        body = signing.body_of(webhook.topic, webhook.message_at.astimezone(UTC), data)
        id_ = signing.message_id(webhook.outbox_id)
        moment = int(self.clock().timestamp())
        return await self.sender.send(url, signing.headers(secrets, id_, moment, body), body)

    def _outcome(self, attempts: int, answer: Answer) -> Outcome:
        if answer.arrived:
            return Outcome("delivered", None, answer.status)
        delay_s = retry_delay_s(attempts, luck=self.luck(), retry_after_s=answer.retry_after_s)
        if answer.is_gone or delay_s is None:
            return Outcome("failed", answer.error, answer.status)
        next_at = self.clock() + timedelta(seconds=delay_s)
        return Outcome("pending", answer.error, answer.status, next_at)

    async def _record(self, one: Webhook | Mail, outcome: Outcome) -> None:
        async with self.database.transaction(EVERYTHING) as connection:
            await notifications.record(connection, one.id, one.attempts, outcome, self.clock())

    async def _perhaps_disable(self, webhook: Webhook, answer: Answer) -> None:
        """Switch an endpoint off that is gone, or that nothing reached in a whole schedule."""
        because = GONE
        if not answer.is_gone:
            because = f"{len(DELAYS_S)} attempts over three days failed. The last: {answer.error}"
        async with self.database.transaction(Scope.of(webhook.organization_id)) as connection:
            if not answer.is_gone and await notifications.reached_since(
                connection, webhook.endpoint_id, webhook.message_at
            ):
                return
            url = await notifications.disable(connection, webhook.endpoint_id, because)
            if url is None:
                return
            await audit.record(
                connection,
                organization_id=webhook.organization_id,
                actor_id=None,
                action="webhook.disable",
                subject_kind="webhook",
                subject_id=webhook.endpoint_id,
                after={"because": because},
            )
            payload = {"webhook_id": str(webhook.endpoint_id), "url": url, "because": because}
            await audit.tell(
                connection,
                organization_id=webhook.organization_id,
                topic=WEBHOOK_DISABLED,
                payload=payload,
            )

    async def send_mail(self) -> bool:
        """Send one person all that is due as one e-mail; False where nothing is due."""
        now = self.clock()
        async with self.database.transaction(EVERYTHING) as connection:
            rows = await notifications.claim_mails(connection, now, lease=LEASE, most=AT_ONCE)
            of = list({row.organization_id for row in rows if row.topic == REMINDER and row.email})
            waiting = (
                await reminders.still_waiting(connection, of, now, MAX_WAITING_READ) if of else []
            )
        if not rows:
            return False
        wanted = [row for row in rows if row.email is not None]
        for row in rows:
            if row.email is None:
                await self._record(row, Outcome("skipped", "The person gets no e-mails of this."))
        if wanted:
            await self._send(wanted, waiting)
        return True

    async def _send(self, rows: Sequence[Mail], waiting: list[reminders.StillWaiting]) -> None:
        links = await self._links(rows, waiting)
        confirmation = await self._confirmation(rows)
        message = self.writer.write(rows, waiting, links, confirmation)
        error: MailNotSent | None = None
        if message is not None and self.mailer is not None:
            try:
                await self.mailer.send(message)
            except MailNotSent as caught:
                error = caught
        for row in rows:
            await self._record(row, self._mailed(row, error, written=message is not None))

    async def _links(
        self, rows: Sequence[Mail], waiting: list[reminders.StillWaiting]
    ) -> list[MailLink]:
        """Make the links that an e-mail brings, where its organisations want that."""
        wanted = [one for one in waiting if one.by_link] if self.mailer else []
        return await reminder_links_for(
            self.database, rows[0].user_id, wanted, self.writer.public_url, self.clock()
        )

    async def _confirmation(self, rows: Sequence[Mail]) -> str | None:
        """Make the link by which a new person confirms their address, where one is asked for."""
        if self.mailer is None or not any(row.topic == CONFIRM for row in rows):
            return None
        return await confirmation_link(
            self.database, rows[0].user_id, self.writer.public_url, self.clock()
        )

    def _mailed(self, row: Mail, error: MailNotSent | None, *, written: bool) -> Outcome:
        if not written:
            return Outcome("skipped", "Nothing waits any more.")
        if self.mailer is None:
            return Outcome("skipped", NO_SMTP)
        if error is None:
            return Outcome("delivered")
        delay_s = retry_delay_s(row.attempts, luck=self.luck())
        if error.is_permanent or delay_s is None:
            return Outcome("failed", str(error))
        return Outcome("pending", str(error), None, self.clock() + timedelta(seconds=delay_s))

    async def remind(self) -> int:
        """Write the reminders that are due; give how many people and organisations are told.

        Who has quiet hours is asked for again later. Without a mailer people are not reminded.
        """
        now = self.clock()
        async with self.database.transaction(EVERYTHING) as connection:
            found = await reminders.webhooks(connection, now)
            if self.mailer is not None:
                found += await reminders.people(connection, now)
        told = 0
        for one in found:
            if one.user_id is not None:
                preferences = preferences_of(one.preferences)
                if earliest(now, preferences, one.zone) > now:
                    continue
            async with self.database.transaction(Scope.of(one.organization_id)) as connection:
                told += bool(await reminders.tell(connection, one, now))
        return told

    async def tell_ready_months(self) -> int:
        """Tell of months of which everything is decided; give how many."""
        now = self.clock()
        since = (now - timedelta(days=62)).date().replace(day=1)
        async with self.database.transaction(EVERYTHING) as connection:
            found = await reminders.ready_months(connection, since)
        told = 0
        for one in found:
            async with self.database.transaction(Scope.of(one.organization_id)) as connection:
                told += await reminders.tell_ready(connection, one, now)
        return told


@dataclass(slots=True)
class Audience:
    """Who may be told, read once for each organisation of a batch."""

    connection: AsyncConnection
    known_readers: dict[UUID, list[Reader]] = field(default_factory=dict)
    known_subscriptions: dict[UUID, list[Subscription]] = field(default_factory=dict)

    async def readers(self, organization_id: UUID) -> list[Reader]:
        """Give the people of an organisation who want e-mails."""
        if organization_id not in self.known_readers:
            found = await notifications.readers(self.connection, organization_id)
            self.known_readers[organization_id] = found
        return self.known_readers[organization_id]

    async def subscriptions(self, organization_id: UUID) -> list[Subscription]:
        """Give an organisation's active endpoints."""
        if organization_id not in self.known_subscriptions:
            found = await notifications.subscriptions(self.connection, organization_id)
            self.known_subscriptions[organization_id] = found
        return self.known_subscriptions[organization_id]


def is_reader(reader: Reader, message: Message) -> bool:
    """Tell whether a person gets an e-mail of a message."""
    if message.topic == CONFIRM or not reader.is_confirmed:
        asked = message.topic == CONFIRM and not reader.is_confirmed
        return asked and str(reader.user_id) == message.payload.get("user_id")
    if message.topic == REMINDER:
        return str(reader.user_id) == message.payload.get("user_id")
    roles = MAILED.get(message.topic, frozenset())
    return Role(reader.role) in roles and reader.user_id != message.decided_by


def mail_moment(reader: Reader, message: Message, now: datetime) -> datetime:
    """Give when a person's e-mail is due: after a short wait for more, and not in quiet hours."""
    if message.topic == CONFIRM:
        return now  # somebody waits for it
    wait = timedelta(0) if message.topic == REMINDER else MAIL_WAIT
    return earliest(now + wait, preferences_of(reader.preferences), message.zone)


def preferences_of(stored: dict[str, object] | None) -> Preferences:
    """Read stored preferences; what cannot be read counts as not set, so that mail still goes."""
    try:
        return read_preferences(stored)
    except InvalidInput:
        return Preferences()
