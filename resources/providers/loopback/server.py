"""The stand-in's server: its address, its plan of faults and its log.

What does not belong here: threads and sockets (`listener.py`), what is answered (`routes.py`).
"""

from __future__ import annotations

from posthub_assets.domain.errors import InvalidInput
from resources.providers.loopback.faults import OPERATIONS, Books, Fault, LoggedCall, Planned
from resources.providers.loopback.listener import Listener
from resources.providers.loopback.routes import PROVIDERS, Router
from resources.providers.loopback.speaking import Answer
from resources.providers.loopback.writer import write_anything


class LoopbackServer(Listener):
    """A server of this machine that speaks like the vendors. A context manager."""

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
        self._books = Books()
        self._router = Router(answer, self._books, latency_s)
        self._router.desk.wait_s = batch_wait_s
        super().__init__(self._router.handle, host=host, port=port)

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
        Raises InvalidInput where there is no such provider or operation.
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
