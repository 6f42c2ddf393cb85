"""Callers over HTTP that cost little, so that they do not measure themselves.

Requests are bytes made beforehand; of an answer only the status and the length are read.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence


def post(path: str, body: object, **headers: str) -> bytes:
    """Give the bytes of a POST with a JSON body."""
    content = json.dumps(body).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: bench", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(content)}", "", ""]
    return "\r\n".join(lines).encode() + content


async def call_in_turn(host: str, port: int, requests: Sequence[bytes]) -> list[float]:
    """Send requests one after the other over one connection; give the seconds of each.

    Raises RuntimeError where an answer is not 200.
    """
    reader, writer = await asyncio.open_connection(host, port)
    took = []
    try:
        for request in requests:
            began = time.perf_counter()
            writer.write(request)
            await _answer(reader)
            took.append(time.perf_counter() - began)
    finally:
        writer.close()
    return took


async def call_together(host: str, port: int, clients: Sequence[Sequence[bytes]]) -> None:
    """Let clients send their requests side by side, each over a connection of its own."""
    async with asyncio.TaskGroup() as group:
        for requests in clients:
            group.create_task(call_in_turn(host, port, requests))


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    body = await reader.readexactly(length)
    if b" 200 " not in head[:16]:
        raise RuntimeError(f"{head[:40]!r}: {body[:500]!r}")
