"""HTTP/1.1, as much of it as the vendors' clients use, on an asyncio transport.

Small on purpose: a stand-in that is slower than its callers measures itself. Bodies come with a
`Content-Length`; chunked requests are refused. What does not belong here: vendors.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

MOST_HEADER_BYTES = 64 * 1024
DRIP_S = 0.05


@dataclass(frozen=True, slots=True)
class Request:
    """A request; header names are in lower case, the path is without its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Ending(StrEnum):
    """How the connection behaves while it answers."""

    WHOLE = "whole"
    RESET = "reset"
    HALF = "half"
    TRICKLE = "trickle"


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back, and how."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    delay_s: float = 0.0
    ending: Ending = Ending.WHOLE


class HttpProtocol(asyncio.Protocol):
    """One connection; requests are answered one after the other."""

    def __init__(self, handle: Callable[[Request], Reply]) -> None:
        self._handle = handle
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._later: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = transport if isinstance(transport, asyncio.Transport) else None

    def connection_lost(self, exc: Exception | None) -> None:
        """Drop the answer that nobody waits for."""
        self._transport = None
        if self._later is not None:
            self._later.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._buffer += data
        self._go_on()

    def _go_on(self) -> None:
        while self._transport is not None and self._later is None:
            request = self._next_request()
            if request is None:
                return
            reply = self._handle(request)
            if reply.delay_s:
                loop = asyncio.get_running_loop()
                self._later = loop.call_later(reply.delay_s, self._after_delay, reply)
            else:
                self._send(reply)

    def _after_delay(self, reply: Reply) -> None:
        self._later = None
        self._send(reply)
        self._go_on()

    def _next_request(self) -> Request | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MOST_HEADER_BYTES and self._transport is not None:
                self._transport.abort()
            return None
        first, *lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length") or 0)
        if "100-continue" in headers.get("expect", "") and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        start = end + 4
        if len(self._buffer) < start + length:
            return None
        body = bytes(self._buffer[start : start + length])
        del self._buffer[: start + length]
        method, _, rest = first.partition(" ")
        target = rest.rpartition(" ")[0]
        return Request(method, target.partition("?")[0], headers, body)

    def _send(self, reply: Reply) -> None:
        if self._transport is None:
            return
        if reply.ending is Ending.RESET:
            self._reset(self._transport)
            return
        head = _head(reply)
        if reply.ending is Ending.TRICKLE:
            self._transport.write(head)
            self._drip()
            return
        if reply.ending is Ending.HALF:
            self._transport.write(head + reply.body[: len(reply.body) // 2])
            self._transport.close()
            return
        self._transport.write(head + reply.body)

    def _drip(self) -> None:
        if self._transport is not None:
            self._transport.write(b" ")
            self._later = asyncio.get_running_loop().call_later(DRIP_S, self._drip)

    def _reset(self, transport: asyncio.Transport) -> None:
        """Break the connection off, so that the other side gets an error and no end."""
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


def _head(reply: Reply) -> bytes:
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
        f"content-type: {reply.content_type}",
        f"content-length: {len(reply.body)}",
        *(f"{name}: {value}" for name, value in reply.headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
