"""Raw bytes on a connection: what two servers could read in two ways is read in one, or refused.

A real uvicorn on a real port, since its parser is what is asked here.
"""

from __future__ import annotations

import importlib.util
import json
import re
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest

HERE = Path(__file__).parent
WITHIN_S = 2.0
LAST = b"Host: x\r\nConnection: close\r\n\r\n"
ALIVE = b"GET /healthz HTTP/1.1\r\n" + LAST
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


def load(name: str) -> ModuleType:
    """Import a module that lies beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Server:
    """A server, and what it wrote into its log."""

    def __init__(self, url: str, home: Path) -> None:
        self.place = (urlsplit(url).hostname, urlsplit(url).port)
        self.log = home / "api.log"

    def say(self, *pieces: bytes) -> list[tuple[int, bytes]]:
        """Send bytes over one connection; give all answers as status and the rest."""
        with socket.create_connection(self.place, timeout=WITHIN_S) as connection:
            for piece in pieces:
                try:
                    connection.sendall(piece)
                except (BrokenPipeError, ConnectionResetError):
                    break  # it has heard enough
            found = b""
            try:
                while more := connection.recv(65536):
                    found += more
            except (TimeoutError, ConnectionResetError):
                pass
        parts = re.split(rb"HTTP/1\.1 (\d{3}) ", found)[1:]
        return [(int(parts[n]), parts[n + 1]) for n in range(0, len(parts), 2)]


@pytest.fixture(scope="module")
def server(database_urls) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="posthub raw ") as folder:
        home = Path(folder)
        with load("served").served(database_urls, home) as url:
            yield Server(url, home)


def post(*headers: bytes, body: bytes = b"", path: bytes = b"/v1/auth/login") -> bytes:
    lines = [b"POST " + path + b" HTTP/1.1", b"Host: x", b"Content-Type: application/json"]
    return b"\r\n".join([*lines, b"Connection: close", *headers]) + b"\r\n\r\n" + body


LENGTH = b"Content-Length: %d" % (len(SMUGGLED) + 5)
CHUNKED = b"Transfer-Encoding: chunked"
TWO_WAYS = {
    "both, length first": post(LENGTH, CHUNKED, body=b"0\r\n\r\n" + SMUGGLED),
    "both, length last": post(CHUNKED, LENGTH, body=b"0\r\n\r\n" + SMUGGLED),
    "two lengths": post(b"Content-Length: 0", LENGTH, body=b"0\r\n\r\n" + SMUGGLED),
    "two lengths in one": post(b"Content-Length: 0, 42", body=SMUGGLED),
    "a length that is none": post(b"Content-Length: +0", body=SMUGGLED),
    "a negative length": post(b"Content-Length: -1", body=SMUGGLED),
    "an unknown encoding": post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + SMUGGLED),
    "chunked twice": post(
        b"Transfer-Encoding: chunked, chunked", LENGTH, body=b"0\r\n\r\n" + SMUGGLED
    ),
    "a blank before the colon": post(
        b"Transfer-Encoding : chunked", LENGTH, body=b"0\r\n\r\n" + SMUGGLED
    ),
    "a length of a chunk that is none": post(CHUNKED, body=b"0x0\r\n\r\n" + SMUGGLED),
}


@pytest.mark.parametrize("request_bytes", TWO_WAYS.values(), ids=TWO_WAYS)
def test_a_request_that_can_be_read_in_two_ways_hides_no_second_one(server, request_bytes):
    answers = server.say(request_bytes)
    assert len(answers) <= 1, answers
    assert all(status in (400, 401, 415, 422) for status, _ in answers)
    assert "/smuggled" not in server.log.read_text()


def test_a_second_request_that_is_one_is_answered(server):
    """Else the test above could not fail."""
    first = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /plainly HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert [status for status, _ in server.say(first + last)] == [200, 404]
    assert "/plainly" in server.log.read_text()


def test_a_body_in_chunks_is_a_body(server):
    given = json.dumps({"email": "a@b.c", "password": "x"}).encode()
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(given), given)
    ((status, _),) = server.say(post(CHUNKED, body=body))
    assert status == 401


def test_chunks_without_an_end_are_refused_at_the_limit(server):
    chunk = b"%x\r\n%s\r\n" % (100_000, b"x" * 100_000)
    answers = server.say(post(CHUNKED), *[chunk] * 200)
    assert [status for status, _ in answers] in ([413], [])  # [] where the end came before it
    assert [status for status, _ in server.say(ALIVE)] == [200]


def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(server):
    ((status, rest),) = server.say(post(b"Content-Length: 99999999999"))
    assert status == 413
    assert b"connection: close" in rest.lower()


@pytest.mark.parametrize(
    "line",
    [
        b"X-Request-ID: abcdefgh\r\n Set-Cookie: x=1",  # an old way to go on in the next line
        b"X-Request-ID: abcdefgh\rSet-Cookie: x=1",
        b"X-Request-ID: abcdefgh\nSet-Cookie: x=1",
        b"X-Request-ID: abcd\x00efgh",
        b"X-Request-ID: " + "\u560d\u560aSet-Cookie: x=1".encode(),
    ],
)
def test_a_header_with_a_line_break_comes_back_in_no_header(server, line):
    asked = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + line + b"\r\n\r\n"
    answers = server.say(asked)
    assert len(answers) == 1
    assert answers[0][0] in (200, 400)
    assert b"set-cookie" not in answers[0][1].lower()


@pytest.mark.parametrize(
    "asked",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS, at a port that speaks none
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /v1/%zz%00%ff HTTP/1.1\r\n" + LAST,
        b"GET /v1/contents?company=%ff%fe&month=%00 HTTP/1.1\r\n" + LAST,
    ],
)
def test_garbage_is_refused_and_the_server_lives(server, asked):
    for status, _ in server.say(asked):
        assert status in (400, 401, 404, 414, 422, 431), status
    assert [status for status, _ in server.say(ALIVE)] == [200]


def test_nothing_of_this_left_a_traceback(server):
    assert "Traceback" not in server.log.read_text()
