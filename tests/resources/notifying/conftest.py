"""A mail server and a receiver of webhooks, both real, on loopback; a deliverer with its own clock.

Tests share one database, so a deliverer also finds what other tests left: each looks only at what
its own organisation's people and endpoints got.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from cryptography.fernet import Fernet

from posthub_assets.domain.notifying import signing
from resources.database.engine import Database
from resources.ids import new_id
from resources.keyring import Keyrings
from resources.notify_settings import SmtpServer
from resources.notifying.deliver import Deliverer, place_of
from resources.notifying.mails import MailWriter
from resources.notifying.smtp import Mailer
from resources.notifying.webhooks import WebhookSender

KEYRING = Fernet.generate_key().decode()
SECRET = signing.secret_of(b"s" * 32)


@dataclass
class MailServer:
    """Speaks as much SMTP as a client needs (RFC 5321). `refuse` is answered to every recipient."""

    port: int = 0
    refuse: str = ""
    got: list[EmailMessage] = field(default_factory=list)

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.got if address in str(one["To"])]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 loopback")
        while line := (await reader.readline()).decode().strip():
            verb = line.upper()[:4]
            if verb == "DATA":
                await say("354 go on")
                lines = []
                while (one := await reader.readline()) != b".\r\n":
                    lines.append(one.removeprefix(b"."))
                whole = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                assert isinstance(whole, EmailMessage)
                self.got.append(whole)
                await say("250 taken")
            elif verb == "RCPT" and self.refuse:
                await say(self.refuse)
            elif verb == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 ok")
        writer.close()


@pytest.fixture
async def mail_server(anyio_backend) -> AsyncIterator[MailServer]:
    made = MailServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


@dataclass(frozen=True)
class Received:
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """An HTTP server that answers with the given statuses in turn, then 204."""

    port: int = 0
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    hangs: bool = False
    got: list[Received] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    held: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:]
        pairs = (line.split(": ", 1) for line in head if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append(Received(headers, body))
        self.arrived.set()
        if self.hangs:
            self.held.append(writer)
        else:
            status, extra = self.answers.pop(0) if self.answers else (204, {})
            lines = [f"HTTP/1.1 {status} X", "Content-Length: 0", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in extra.items()]
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            await writer.drain()
            writer.close()


@pytest.fixture
async def receiver(anyio_backend) -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    for writer in made.held:
        writer.close()
    server.close()


@dataclass
class Clock:
    """Now, and how far a test has set it forward. It begins at noon in Prague, today or later."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture
def clock() -> Clock:
    noon = datetime.now(UTC).replace(hour=11, minute=0) + timedelta(days=1)
    return Clock(noon)


@pytest.fixture
def keyrings() -> Keyrings:
    return Keyrings((), (KEYRING,))


@pytest.fixture
def deliverer(
    factory_database: Database, mail_server: MailServer, clock: Clock, keyrings: Keyrings
) -> Deliverer:
    return Deliverer(
        factory_database,
        keyrings,
        WebhookSender(allow_private=True),
        MailWriter("PostHub <posthub@example.com>", "https://posthub.example.com"),
        Mailer(SmtpServer("127.0.0.1", mail_server.port, is_tls=False)),
        clock=clock,
        luck=lambda: 0.0,
    )


@pytest.fixture
def endpoint(seed: Any, keyrings: Keyrings) -> Callable[..., Any]:
    """Makes an endpoint of an organisation."""

    async def make(organization_id: UUID, url: str, **values: Any) -> UUID:
        id_ = new_id()
        await seed.insert(
            "webhook_endpoint",
            **{
                "id": id_,
                "organization_id": organization_id,
                "url": url,
                "topics": ["*"],
                "secret": keyrings.seal(SECRET, organization_id, place_of(id_)),
                **values,
            },
        )
        return id_

    return make


async def everything(deliverer: Deliverer) -> None:
    """Plan and send until nothing is due."""
    while await deliverer.plan() + await deliverer.send_webhooks():
        pass
    while await deliverer.send_mail():
        pass


@pytest.fixture
def tell(seed: Any) -> Callable[..., Any]:
    """Writes to the outbox; gives the message's id."""

    async def make(organization_id: UUID | None, topic: str, **payload: Any) -> UUID:
        id_ = new_id()
        await seed.insert(
            "outbox", id=id_, organization_id=organization_id, topic=topic, payload=payload
        )
        return id_

    return make


@dataclass(frozen=True)
class World:
    """All of the above for tests that need most of it."""

    seed: Any
    receiver: Receiver
    mail_server: MailServer
    endpoint: Callable[..., Any]
    tell: Callable[..., Any]
    deliverer: Deliverer
    clock: Clock
    keyrings: Keyrings

    async def run(self) -> None:
        await everything(self.deliverer)


@pytest.fixture
def world(request: pytest.FixtureRequest, anyio_backend: str) -> World:
    return World(**{name: request.getfixturevalue(name) for name in World.__annotations__})
