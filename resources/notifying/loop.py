"""The process: plan, send, remind, again and again, until it is asked to end.

Any number may run beside each other; claims are in the database. A database that is away is waited
for. What is being sent when the process is asked to end has a few seconds; the rest comes again.
What does not belong here: what is sent (`deliver.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from posthub_assets.domain.errors import StorageError
from resources.database.embedded import resolve_database
from resources.database.engine import Database, open_database, refuse_unsafe_role
from resources.key_vault import open_vault
from resources.notifying.deliver import Deliverer
from resources.notifying.mails import MailWriter
from resources.notifying.smtp import Mailer
from resources.notifying.webhooks import WebhookSender
from resources.settings import Settings

log = logging.getLogger("posthub.notifying")

POLL_S = 2.0
REMIND_EVERY_S = 60.0
AWAY_PAUSE_S = 5.0
ENDING_S = 5.0
MOST_MAILS = 100
"""E-mails in one round."""


def make_deliverer(settings: Settings, database: Database) -> Deliverer:
    """Make the deliverer that the settings describe."""
    known = settings.notify
    smtp = known.smtp
    return Deliverer(
        database,
        open_vault(settings, database).keyrings,
        WebhookSender(allow_private=known.webhooks_allow_private),
        MailWriter(known.mail_from, public_url(settings)),
        Mailer(smtp) if smtp else None,
    )


def public_url(settings: Settings) -> str:
    """Give what links begin with: the public URL, or where the API listens."""
    return settings.notify.public_url or f"http://{settings.host}:{settings.api_port}"


@dataclass(slots=True)
class Rounds:
    """One round after the other; reminders are looked for once a minute."""

    deliverer: Deliverer
    reminded_at: float | None = None
    done: dict[str, int] = field(default_factory=dict)

    async def one(self) -> int:
        """Do what is due; give how much it was."""
        count = 0
        if self.reminded_at is None or time.monotonic() - self.reminded_at > REMIND_EVERY_S:
            self.reminded_at = time.monotonic()
            count += self._note("reminders", await self.deliverer.remind())
            count += self._note("months ready", await self.deliverer.tell_ready_months())
        count += self._note("messages", await self.deliverer.plan())
        webhooks, mails = await asyncio.gather(self.deliverer.send_webhooks(), self._mails())
        return count + self._note("webhooks", webhooks) + self._note("e-mails", mails)

    async def _mails(self) -> int:
        for sent in range(MOST_MAILS):
            if not await self.deliverer.send_mail():
                return sent
        return MOST_MAILS

    def _note(self, what: str, count: int) -> int:
        self.done[what] = self.done.get(what, 0) + count
        return count


async def notify(settings: Settings, *, once: bool = False) -> dict[str, int]:
    """Work until SIGTERM or SIGINT; with `once`, until nothing is due. Gives what was done.

    Raises StorageError where the role could bypass the policies, and with `once` where the
    database is away.
    """
    database = open_database(
        resolve_database(settings).factory, pool_size=5, application="posthub notifier"
    )
    rounds = Rounds(make_deliverer(settings, database))
    try:
        if once:
            await refuse_unsafe_role(database)
            while await rounds.one():
                pass
        else:
            await _until_asked(rounds, database)
    finally:
        await database.close()
    return rounds.done


async def _until_asked(rounds: Rounds, database: Database) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for order in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(order, asked.set)
    work = asyncio.create_task(_work(rounds, database, asked))
    waiting = asyncio.create_task(asked.wait())
    await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    done, _ = await asyncio.wait({work}, timeout=ENDING_S)
    if not done:
        work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work
    log.info("ended")


async def _work(rounds: Rounds, database: Database, asked: asyncio.Event) -> None:
    checked = False
    while not asked.is_set():
        pause_s = POLL_S
        try:
            if not checked:
                await refuse_unsafe_role(database)
                checked = True
            if await rounds.one():
                pause_s = 0.0
        except (StorageError, SQLAlchemyError) as error:
            log.warning("%s", error)
            pause_s = AWAY_PAUSE_S
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s or 0.05):
                await asked.wait()
