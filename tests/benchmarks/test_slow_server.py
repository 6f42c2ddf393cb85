"""The provider's server of the concurrency bench keeps its limit, and counts."""

from __future__ import annotations

import http.client
import time

from benchmarks.slow_server import SlowServer, slow_server


def test_a_call_that_comes_too_early_is_refused_and_uses_nothing_up():
    server = SlowServer(latency_s=0, per_minute=60, tolerance_s=0.25)
    assert server.admit(10.0)
    assert not server.admit(10.5)
    assert server.admit(10.8), "within the tolerance"
    assert not server.admit(11.6), "what came early pushes the next one on"
    assert server.admit(12.0)
    assert server.refused == 2


def test_it_answers_late_and_says_when_to_come_back():
    with slow_server(latency_s=0.2, per_minute=60, tolerance_s=0) as server:
        began = time.monotonic()
        assert ask(server.port) == (200, None)
        assert time.monotonic() - began >= 0.2
        assert ask(server.port) == (429, "1")
    assert (len(server.served), server.refused) == (1, 1)


def ask(port: int) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("POST", "/", "{}")
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.headers.get("Retry-After")
