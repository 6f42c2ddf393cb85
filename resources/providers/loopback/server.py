"""The stand-in's server: its thread, its address, and what a test asks of it.

What does not belong here: what is answered (`routes.py`).
"""

from __future__ import annotations

import asyncio
import threading
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from posthub_assets.domain.errors import InvalidInput
from resources.providers.loopback.faults import OPERATIONS, Books, Fault, LoggedCall, Planned
from resources.providers.loopback.protocol import HttpProtocol
from resources.providers.loopback.routes import PROVIDERS, Router
from resources.providers.loopback.speaking import Answer
from resources.providers.loopback.writer import write_anything

STARTS_WITHIN_S = 10.0
BACKLOG = 1024


class LoopbackServer:
    """A server of this machine that speaks like the vendors. A context manager.

    It runs in a thread of its own, so it serves code of any event loop, and other processes.
    """

    def __init__(
        self,
        *,
        answer: Answer = write_anything,
        port: int = 0,
        host: str = "127.0.0.1",
        latency_s: float = 0.0,
        batch_wait_s: float = 0.0,
    ) -> None:
        """Prepare; nothing listens yet. Raises InvalidInput where the host is another machine.

        `answer(provider, system, user, schema | None)` gives the texts, in the server's thread.
        `latency_s` is waited before each answer; a batch is over `batch_wait_s` after it began.
        """
        self._host = _loopback(host)
        self._port = port
        self._books = Books()
        self._router = Router(answer, self._books, latency_s)
        self._router.desk.wait_s = batch_wait_s
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
        """Stop listening and drop all connections; the log stays."""
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

    def base_url(self, provider: str) -> str:
        """Give the base URL that this provider's adapter takes (`GEMINI_BASE_URL` and so on)."""
        return f"{self.url}/{provider}" + ("/v1" if provider == "openai" else "")

    def plan(
        self,
        provider: str,
        fault: Fault,
        *,
        times: int = 1,
        on: str | None = None,
        retry_after_s: float | None = None,
        delay_s: float = 60.0,
        size_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        """Let the provider's next calls go wrong, in the order of the plans.

        `on` waits for one operation (`text`, `image`, `research`, `batch`, `file`, `check`; `row`
        is a question within a batch); without it any call but a row takes the fault.
        """
        if provider not in PROVIDERS or (on is not None and on not in OPERATIONS):
            raise InvalidInput(f"There is no {provider}, or no operation {on}.", field="provider")
        planned = Planned(fault, on, retry_after_s, delay_s, size_bytes)
        self._books.plan(provider, planned, times)

    def forget_plans(self) -> None:
        """Drop the faults that have not met their call."""
        self._books.forget()

    def calls(self, provider: str | None = None) -> tuple[LoggedCall, ...]:
        """Give what was asked so far, and what it used."""
        return self._books.calls(provider)

    def clear(self) -> None:
        """Empty the log."""
        self._books.clear()

    @property
    def batch_wait_s(self) -> float:
        """How long batches take; may be set while it runs."""
        return self._router.desk.wait_s

    @batch_wait_s.setter
    def batch_wait_s(self, wait_s: float) -> None:
        self._router.desk.wait_s = wait_s

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
            lambda: Counted(self._router, connections), self._host, self._port, backlog=BACKLOG
        )
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for transport in list(connections):
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        await asyncio.sleep(0)


class Counted(HttpProtocol):
    """A connection that the server can drop when it stops."""

    def __init__(self, router: Router, connections: set[asyncio.BaseTransport]) -> None:
        super().__init__(router.handle)
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
