"""Websites on this machine, some of them hostile."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest

from resources.website.client import CarefulClient

LOOPBACK = (ip_network("127.0.0.0/8"),)


@dataclass
class Site:
    """What a server answers, by path: (status, headers, body), or a function that writes."""

    pages: dict[str, object] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """(host, path, headers) of every request."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, path: str, html: str, **headers: str) -> None:
        kind = {"Content-Type": "text/html; charset=utf-8", **headers}
        self.pages[path] = (200, kind, html.encode())

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        self.pages[path] = (status, {"Location": to}, b"")

    def bomb(self, path: str, size: int) -> None:
        kind = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
        self.pages[path] = (200, kind, gzip.compress(b"a" * size))

    def client(self, **changes: object) -> CarefulClient:
        values = {"ports": (self.port,), "allowed_networks": LOOPBACK, "page_s": 3.0} | changes
        return CarefulClient(**values)

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]


def handler_of(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.headers.get("Host", ""), self.path, dict(self.headers)))
            answer = site.pages.get(self.path, (404, {"Content-Type": "text/html"}, b"none"))
            if callable(answer):
                answer(self)
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def open_site() -> Iterator[Callable[[], Site]]:
    """Starts servers on ports of their own."""
    servers: list[ThreadingHTTPServer] = []

    def make() -> Site:
        site = Site()
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(site))
        server.daemon_threads = True
        site.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        servers.append(server)
        return site

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(open_site: Callable[[], Site]) -> Site:
    """One website."""
    return open_site()


@pytest.fixture
def sleepless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two pages of a test nothing is waited for."""
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        await real(0)

    monkeypatch.setattr("resources.website.visit.asyncio.sleep", sleep)
