"""What surrounds every request: its id and origin, its size limit, the headers of its answer, its
line in the log.

Pure ASGI: it sees bytes, not models. What does not belong here: authentication.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.addresses import believe_proxies
from api.metrics import observe
from api.problems import MEDIA_TYPE, document
from resources import logs
from resources.documents import MAX_DOCUMENT_BYTES
from resources.http_settings import Network
from resources.ids import new_id

MAX_BODY_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = MAX_DOCUMENT_BYTES + 64 * 1024
"""A document, and what JSON adds to it."""
MAX_BATCH_BYTES = 64_000_000 + 64 * 1024
"""Pictures that are sent together, and what a form adds to them."""
BATCHES = "/v1/media/uploads"
"""What is sent there is read by the handler, piece by piece, once it knows who sends it."""
UPLOADS = re.compile(r"/v1/companies/[^/]+/documents/?")
FILE_LINKS = "/v1/media/files/"
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

NO_PAGE = b"default-src 'none'; frame-ancestors 'none'"
"""For answers that are no page: a browser that shows one runs nothing of it."""
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", NO_PAGE),
    (b"cache-control", b"no-store"),
]
PIECE_WITHIN_S = 20.0
BODY_WITHIN_S = 120.0
"""Who sends a byte now and then holds a connection and memory, and means no request."""
SLOW = (
    f"The body did not arrive: {PIECE_WITHIN_S:.0f} s went by without a piece of it, or "
    f"{BODY_WITHIN_S:.0f} s in all. Send it again."
)
ENCODED = "Send the body as it is, without Content-Encoding: nothing is unpacked here."
HTTPS = (b"strict-transport-security", b"max-age=31536000")

log = logging.getLogger("posthub.access")


class Envelope:
    """Middleware around the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        trusted_proxies: Sequence[Network] = (),
        *,
        piece_within_s: float = PIECE_WITHIN_S,
        body_within_s: float = BODY_WITHIN_S,
    ) -> None:
        self.app = app
        self.trusted_proxies = trusted_proxies
        self._piece_within_s = piece_within_s
        self._body_within_s = body_within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on once its body is known to be small enough."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        believe_proxies(scope, self.trusted_proxies)
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        answered = _Answer(scope, send, request_id)
        token = logs.request_id.set(request_id)
        try:
            await self._answer(scope, receive, answered.send, request_id)
        finally:
            answered.log()
            logs.request_id.reset(token)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        if _is_encoded(scope):
            said = document("unsupported-media-type", 415, ENCODED)
            await _refuse(scope, send, said, request_id)
            return
        if scope["path"] == BATCHES and not _announces_more(scope, MAX_BATCH_BYTES):
            streamed = _Streamed(
                receive, MAX_BATCH_BYTES, self._piece_within_s, self._body_within_s
            )
            await self.app(scope, streamed, send)
            return
        limit = _limit_of(scope["path"])
        try:
            async with asyncio.timeout(self._body_within_s):
                body = await _read(scope, receive, limit, self._piece_within_s)
        except TimeoutError:
            await _refuse(scope, send, document("too-slow", 408, SLOW), request_id)
            return
        if body is None:
            await _refuse(scope, send, document("too-large", 413, _too_large(limit)), request_id)
            return
        await self.app(scope, _replay(body, receive), send)


def _without_secret(path: str) -> str:
    """Give a path for the log: who reads a link to a picture there could open it."""
    return f"{FILE_LINKS}..." if path.startswith(FILE_LINKS) else path


def _limit_of(path: str) -> int:
    if path == BATCHES:
        return MAX_BATCH_BYTES
    return MAX_UPLOAD_BYTES if UPLOADS.fullmatch(path) else MAX_BODY_BYTES


def _too_large(limit: int) -> str:
    return f"The request is larger than {limit / 1e6:.0f} MB, which is the limit here."


def _announces_more(scope: Scope, limit: int) -> bool:
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    return bool(announced.isdigit()) and int(announced) > limit


def _request_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if GIVEN_ID.fullmatch(given) else new_id().hex


def _is_encoded(scope: Scope) -> bool:
    given = dict(scope["headers"]).get(b"content-encoding", b"identity")
    return bool(given.strip().lower() not in (b"", b"identity"))


async def _read(scope: Scope, receive: Receive, limit: int, piece_within_s: float) -> bytes | None:
    """Read the body; None where it is larger than `limit` bytes. Raises TimeoutError."""
    if _announces_more(scope, limit):
        return None
    chunks, size, more = [], 0, True
    while more:
        async with asyncio.timeout(piece_within_s):
            message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


class _Streamed:
    """A body that its handler reads: within the limits that hold for one that is read for it.

    Raises HTTPException (408, 413) in the handler.
    """

    def __init__(
        self, receive: Receive, limit: int, piece_within_s: float, body_within_s: float
    ) -> None:
        self._receive = receive
        self._left = self._limit = limit
        self._piece_within_s = piece_within_s
        self._ends_at = time.monotonic() + body_within_s
        self._is_read = False

    async def __call__(self) -> Message:
        """Give the next message; once the body is read, whatever the server says."""
        if self._is_read:
            return await self._receive()
        try:
            async with asyncio.timeout(min(self._piece_within_s, self._ends_at - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, SLOW, {"Connection": "close"}) from None
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413, _too_large(self._limit), {"Connection": "close"})
        self._is_read = not message.get("more_body", False)
        return message


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read as one message, then what the server says."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


class _Answer:
    """An answer on its way out: headers are added to it, and its line is written at the end."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self._scope = scope
        self._send = send
        self._request_id = request_id
        self._began = time.perf_counter()
        self._status = 0

    async def send(self, message: Message) -> None:
        """Pass a message on; the first gets our headers where it has none of that name."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = message.setdefault("headers", [])
            known = {name.lower() for name, _ in headers}
            headers.extend(one for one in self._extra() if one[0] not in known)
        await self._send(message)

    def _extra(self) -> list[tuple[bytes, bytes]]:
        found = [*HEADERS, (b"x-request-id", self._request_id.encode())]
        found += self._scope["state"].get("rate_headers", ())
        return [*found, HTTPS] if self._scope["scheme"] == "https" else found

    def log(self) -> None:
        """Write the request's line: no query, no body, nothing that somebody typed but the path."""
        took_ms = round((time.perf_counter() - self._began) * 1000, 1)
        client = self._scope["client"][0] if self._scope.get("client") else None
        method, path = self._scope["method"], _without_secret(self._scope["path"])
        observe(self._scope, self._status, took_ms / 1000)
        if log.isEnabledFor(logging.INFO):
            said = {"status": self._status, "duration_ms": took_ms, "client": client}
            line = f"{method} {path} {self._status} {took_ms:.0f} ms"
            log.info("%s", line, extra={"method": method, "path": path, **said})


async def _refuse(scope: Scope, send: Send, content: dict[str, Any], request_id: str) -> None:
    """Answer without reading the body to its end; so the connection cannot be used again."""
    whole = {**content, "instance": scope["path"], "request_id": request_id}
    body = json.dumps(whole).encode()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": content["status"], "headers": headers})
    await send({"type": "http.response.body", "body": body})
