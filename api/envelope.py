"""What surrounds every request: its id, its size limit, the headers of its answer.

Pure ASGI: it sees bytes, not models. What does not belong here: authentication.
"""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MEDIA_TYPE, document
from resources.documents import MAX_DOCUMENT_BYTES
from resources.ids import new_id

MAX_BODY_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = MAX_DOCUMENT_BYTES + 64 * 1024
"""A document, and what JSON adds to it."""
UPLOADS = re.compile(r"/v1/companies/[^/]+/documents/?")
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]


class Envelope:
    """Middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on once its body is known to be small enough."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        send = _with_headers(send, request_id)
        limit = MAX_UPLOAD_BYTES if UPLOADS.fullmatch(scope["path"]) else MAX_BODY_BYTES
        body = await _read(scope, receive, limit)
        if body is None:
            await _refuse(scope, send, limit, request_id)
            return
        await self.app(scope, _replay(body, receive), send)


def _request_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if GIVEN_ID.fullmatch(given) else new_id().hex


async def _read(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """Read the body; None where it is larger than `limit` bytes."""
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > limit:
        return None
    chunks, size, more = [], 0, True
    while more:
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


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read as one message, then what the server says."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


def _with_headers(send: Send, request_id: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message.setdefault("headers", [])
            known = {name.lower() for name, _ in headers}
            extra = [
                *HEADERS,
                (b"x-request-id", request_id.encode()),
                (b"cache-control", b"no-store"),
            ]
            headers.extend(one for one in extra if one[0] not in known)
        await send(message)

    return sending


async def _refuse(scope: Scope, send: Send, limit: int, request_id: str) -> None:
    detail = f"The request is larger than {limit / 1e6:.0f} MB, which is the limit here."
    content: dict[str, Any] = document("too-large", 413, detail)
    whole = {**content, "instance": scope["path"], "request_id": request_id}
    body = json.dumps(whole).encode()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
