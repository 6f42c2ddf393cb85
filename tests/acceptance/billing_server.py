"""A server on this machine that answers briefs with canned bodies and bills every call.

A call is billed when it has arrived, whoever dies before the answer is there: that is how vendors
do it. What does not belong here: what the answers say (`resources/providers/canned.py`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from posthub_assets.domain import briefs
from posthub_assets.domain.ports import Picture
from resources.providers.canned import canned_answer, canned_ground, canned_picture

PRICE_USD = "0.001"


@dataclass(frozen=True, slots=True)
class BilledCall:
    """One call: what was asked, when, how it was answered, and how many were in flight with it."""

    hash: str
    kind: str
    at: float
    status: int
    in_flight: int


class BillingServer:
    """Listens on a free port of 127.0.0.1. `latency_s` is what an answer takes."""

    def __init__(self, *, latency_s: float = 0.0, words: int = 1600) -> None:
        self.calls: list[BilledCall] = []
        self.latency_s = latency_s
        self.words = words
        self._failures: list[tuple[int, float]] = []
        self._in_flight = 0
        self._lock = threading.Lock()
        desk = self

        class Handler(_Handler):
            server_desk: ClassVar[BillingServer] = desk

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def bought_again(self) -> int:
        """Billed answers less the distinct questions."""
        counts = Counter(call.hash for call in self.calls if call.status == 200)
        return sum(counts.values()) - len(counts)

    @property
    def in_flight(self) -> int:
        """Calls that wait for their answer now."""
        return self._in_flight

    @property
    def most_in_flight(self) -> int:
        """The most calls that were under way at once."""
        return max((call.in_flight for call in self.calls), default=0)

    def fail_next(self, status: int, *, retry_after_s: float = 1.0, times: int = 1) -> None:
        """Answer the next calls with an error."""
        self._failures += [(status, retry_after_s)] * times

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> BillingServer:
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self.close()

    def bill(self, body: bytes, kind: str) -> tuple[int, float]:
        """Write the call down; give the status to answer with, and the seconds to come back in."""
        with self._lock:
            self._in_flight += 1
            status, retry_after_s = self._failures.pop(0) if self._failures else (200, 0.0)
            digest = hashlib.sha256(body).hexdigest()
            self.calls.append(BilledCall(digest, kind, time.time(), status, self._in_flight))
        return status, retry_after_s

    def done(self) -> None:
        """Note that a call is answered."""
        with self._lock:
            self._in_flight -= 1

    def answer(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Give the answer to a question."""
        brief = getattr(briefs, asked["kind"]).model_validate(asked["brief"])
        if path == "/draw":
            return {"value": _plain(canned_picture(brief)), **_BILL}
        if path == "/ground":
            ground = canned_ground(brief)
            data = base64.b64encode(ground.data).decode()
            return {"value": {"data": data, "media_type": ground.media_type}, **_BILL}
        value = canned_answer(brief, words=self.words)
        return {"value": value.model_dump(mode="json"), **_BILL}


_BILL = {
    "model": "metered-1",
    "usage": {"input_tokens": 100, "output_tokens": 200, "cost_usd": PRICE_USD},
}


def _plain(picture: Picture) -> dict[str, Any]:
    values = {one.name: getattr(picture, one.name) for one in fields(picture)}
    values["data"] = base64.b64encode(picture.data).decode()
    return {name: value for name, value in values.items() if name not in ("model", "usage")}


class _Server(ThreadingHTTPServer):
    """One thread for each caller. Callers that are killed are nothing to speak of."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of faults of ours only."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Reads a brief, waits, answers."""

    server_desk: ClassVar[BillingServer]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a question."""
        desk = self.server_desk
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return  # who asked was killed while it spoke: nothing has arrived, nothing is billed
        asked = json.loads(body)
        status, retry_after_s = desk.bill(body, asked["kind"])
        try:
            time.sleep(desk.latency_s)
            told = desk.answer(self.path, asked) if status == 200 else {"error": status}
            self._send(status, json.dumps(told).encode(), retry_after_s)
        except (BrokenPipeError, ConnectionResetError):
            return  # who asked is gone; the call is billed all the same
        finally:
            desk.done()

    def _send(self, status: int, data: bytes, retry_after_s: float) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if retry_after_s:
            self.send_header("Retry-After", f"{retry_after_s:g}")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the calls are counted."""
