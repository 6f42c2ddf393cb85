"""Listens in a thread of its own, on this machine only, and answers by a function.

It serves code of any event loop, and other processes. What does not belong here: what is answered.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from posthub_assets.domain.errors import InvalidInput
from resources.providers.loopback.protocol import HttpProtocol, Reply, Request

STARTS_WITHIN_S = 10.0
BACKLOG = 1024

Handle = Callable[[Request], Reply]


class Listener:
    """A server; a context manager. `handle` runs in the server's thread."""

    def __init__(self, handle: Handle, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Prepare; nothing listens yet. Raises InvalidInput where the host is another machine."""
        self._handle = handle
        self._host = _loopback(host)
        self._port = port
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._ready = threading.Event()
        self._failure: OSError | None = None

    def start(self) -> Self:
        """Listen. Raises OSError where the port is taken."""
        self._thread = threading.Thread(target=self._run, name="loopback", daemon=True)
        self._thread.start()
        self._ready.wait(STARTS_WITHIN_S)
        if self._failure is not None:
            raise self._failure
        return self

    def stop(self) -> None:
        """Stop listening and drop all connections."""
        if self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread is not None:
            self._thread.join(STARTS_WITHIN_S)
        self._thread = self._loop = self._stopping = None

    def __enter__(self) -> Self:
        """Listen."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        self.stop()

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:40001`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        connections: set[asyncio.BaseTransport] = set()
        server = await self._loop.create_server(
            lambda: Connection(self._handle, connections), self._host, self._port, backlog=BACKLOG
        )
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for transport in list(connections):
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        await asyncio.sleep(0)  # they say goodbye in the loop's next round


class Connection(HttpProtocol):
    """A connection that the server can drop when it stops."""

    def __init__(self, handle: Handle, connections: set[asyncio.BaseTransport]) -> None:
        super().__init__(handle)
        self._connections = connections
        self._own: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join the connections."""
        super().connection_made(transport)
        self._own = transport
        self._connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the connections."""
        super().connection_lost(exc)
        if self._own is not None:
            self._connections.discard(self._own)


def _loopback(host: str) -> str:
    try:
        is_loopback = ip_address("127.0.0.1" if host == "localhost" else host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise InvalidInput(
            f"The stand-in listens on this machine only, not on {host}; give 127.0.0.1.",
            field="host",
        )
    return "127.0.0.1" if host == "localhost" else host
