"""A provider's server on this machine: slow, with a rate limit, and it counts what it refuses.

The limit is a bucket that holds one call (the generic cell rate algorithm): a call that comes
earlier than its interval allows, by more than the tolerance, is refused with 429.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class SlowServer:
    """`served` are (arrival, answer) of the calls that were let in, in seconds since 1970."""

    latency_s: float
    per_minute: float
    tolerance_s: float
    port: int = 0
    refused: int = 0
    served: list[tuple[float, float]] = field(default_factory=list)
    _next_free: float = 0.0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/"

    def admit(self, now: float) -> bool:
        """Say whether a call that arrives now is within the limit."""
        if now < self._next_free - self.tolerance_s:
            self.refused += 1
            return False
        self._next_free = max(self._next_free, now) + 60 / self.per_minute
        return True

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, then close the connection."""
        await _read_request(reader)
        arrived = time.time()
        if self.admit(time.monotonic()):
            await asyncio.sleep(self.latency_s)
            self.served.append((arrived, time.time()))
            head = b"HTTP/1.1 200 OK\r\n"
        else:
            head = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\n"
        writer.write(head + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


async def _read_request(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    for line in head.split("\r\n"):
        if line.startswith("content-length:"):
            await reader.readexactly(int(line.partition(":")[2]))


@contextmanager
def slow_server(latency_s: float, per_minute: float, tolerance_s: float) -> Iterator[SlowServer]:
    """Serve in a thread for the length of the block."""
    server = SlowServer(latency_s, per_minute, tolerance_s)
    ready, stopping = threading.Event(), threading.Event()

    async def serve() -> None:
        listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
        server.port = listener.sockets[0].getsockname()[1]
        ready.set()
        async with listener:
            await asyncio.to_thread(stopping.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="slow-server")
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        stopping.set()
        thread.join()
