"""Error reports: what is in them, what never is, and what happens without the package."""

from __future__ import annotations

import gzip
import importlib.util
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from posthub_assets.domain.errors import InvalidInput
from resources import error_reports, logs
from resources.settings import child_environment, load_settings

ROOT = Path(__file__).resolve().parents[2]
HAS_PACKAGE = importlib.util.find_spec("sentry_sdk") is not None
SECRETS = (
    "person@example.com",
    "sk-proj-abcdefghijklmnop1234567890",
    "hunter2hunter2",
    "session=abc123",
    "the body of a post",
    "a local value",
    "second line",
)


@dataclass
class Receiver:
    """Takes what the package sends, on loopback."""

    port: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)

    @property
    def dsn(self) -> str:
        return f"http://key@127.0.0.1:{self.port}/1"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            lines = body.decode().split("\n")
            made.raw += lines
            made.got += [
                json.loads(line) for line in lines if '"exception"' in line or '"logentry"' in line
            ]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def run(script: str, receiver: Receiver) -> subprocess.CompletedProcess[str]:
    """Run a process of its own: the package changes its process for good."""
    environment = {**os.environ, "SENTRY_DSN": receiver.dsn, "no_proxy": "127.0.0.1"}
    paths = [str(ROOT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(one for one in paths if one)
    return subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


API = """
import asyncio, httpx
from fastapi import FastAPI, Request
from api import problems
from api.envelope import Envelope
from resources import error_reports, logs
from resources.settings import load_settings

logs.install(as_json=False)
assert error_reports.install(load_settings(), "api")
assert error_reports.install(load_settings(), "api")
app = FastAPI()
problems.install(app)
app.add_middleware(Envelope)

@app.post("/break")
async def broken(request: Request):
    kept = "a local value" + (await request.body()).decode()
    raise RuntimeError("cannot tell person@example.com with sk-proj-abcdefghijklmnop1234567890"
        " at postgresql://owner:hunter2hunter2@db/posthub\\nsecond line " + kept)

async def main():
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        headers = {"cookie": "session=abc123", "authorization": "Bearer hunter2hunter2"}
        answer = await client.post("/break?who=person@example.com", headers=headers,
            content="the body of a post")
        print(answer.headers["x-request-id"])

asyncio.run(main())
"""


@pytest.mark.skipif(not HAS_PACKAGE, reason="sentry-sdk is not installed: an extra of this project")
def test_a_broken_request_is_reported_once_with_its_id_and_nothing_that_was_sent(receiver):
    done = run(API, receiver)
    assert done.returncode == 0, done.stderr
    (event,) = receiver.got
    assert event["tags"] == {"process": "api", "request_id": done.stdout.strip()}
    (error,) = event["exception"]["values"]
    assert error["type"] == "RuntimeError"
    assert error["value"].startswith("cannot tell XPII-EMAIL-1")
    assert any(frame["function"] == "broken" for frame in error["stacktrace"]["frames"])
    sent = "\n".join(receiver.raw)
    # Lines of this test's own program are code, and code is sent: look at what was not code.
    for frame in error["stacktrace"]["frames"]:
        for name in ("pre_context", "context_line", "post_context"):
            frame.pop(name, None)
    for secret in SECRETS:
        assert secret not in json.dumps(event), secret
    assert "session=" not in sent and "authorization" not in sent.lower()


@pytest.mark.skipif(not HAS_PACKAGE, reason="sentry-sdk is not installed: an extra of this project")
def test_what_ends_a_process_and_what_is_logged_as_an_error_are_reported(receiver):
    script = """
import logging
from resources import error_reports
from resources.settings import load_settings
error_reports.install(load_settings(), "notifier")
logging.getLogger("posthub").warning("no error")
logging.getLogger("posthub").error("no mail to %s", "person@example.com")
raise KeyError("the end")
"""
    done = run(script, receiver)
    assert done.returncode == 1
    logged, raised = receiver.got
    assert logged["logentry"]["message"].startswith("no mail to XPII-EMAIL-1")
    assert raised["exception"]["values"][0]["type"] == "KeyError"
    assert {one["tags"]["process"] for one in receiver.got} == {"notifier"}
    assert "person@example.com" not in "\n".join(receiver.raw).replace(script, "")


@pytest.mark.skipif(HAS_PACKAGE, reason="sentry-sdk is installed")
def test_without_the_package_a_warning_says_what_to_do(caplog):
    settings = load_settings({"SENTRY_DSN": "https://key@sentry.example.com/1"})
    with caplog.at_level(logging.WARNING):
        assert not error_reports.install(settings, "api")
    assert "pip install 'sentry-sdk>=2.75,<3'" in caplog.text


def test_without_an_address_nothing_is_reported(caplog):
    assert not error_reports.install(load_settings({}), "api")
    assert caplog.text == ""


@pytest.mark.parametrize("dsn", ["nothing", "https://without.example.com/1", "https://k@h"])
def test_an_address_that_is_none_is_refused_by_name_and_not_repeated(dsn):
    with pytest.raises(InvalidInput, match="SENTRY_DSN") as caught:
        load_settings({"SENTRY_DSN": dsn})
    assert dsn not in str(caught.value)


def test_children_get_the_address_and_no_repr_shows_it():
    settings = load_settings({"SENTRY_DSN": "https://key@sentry.example.com/1"})
    assert child_environment(settings)["SENTRY_DSN"] == "https://key@sentry.example.com/1"
    assert "sentry.example.com" not in repr(settings)


def test_only_what_is_named_is_sent():
    event = {
        "event_id": "1",
        "level": "error",
        "request": {"headers": {"cookie": "session=abc123"}, "data": "the body of a post"},
        "user": {"email": "person@example.com"},
        "extra": {"params": ["hunter2hunter2"]},
        "breadcrumbs": {"values": [{"message": "the body of a post"}]},
        "contexts": {"trace": {}},
        "server_name": "a machine",
        "tags": {"process": "api", "other": "person@example.com"},
        "logentry": {"message": "x %s", "formatted": "x y", "params": ["hunter2hunter2"]},
        "exception": {
            "values": [
                {
                    "type": "E",
                    "value": "one\nsecond line",
                    "stacktrace": {"frames": [{"function": "f", "vars": {"a": "a local value"}}]},
                }
            ]
        },
    }
    kept = error_reports.scrubbed(event, {})
    assert set(kept) == {"event_id", "level", "logentry", "exception", "tags"}
    assert (kept["tags"], kept["logentry"]) == ({"process": "api"}, {"message": "x y"})
    for secret in SECRETS:
        assert secret not in json.dumps(kept), secret


def test_a_long_text_is_cut_and_the_request_is_named():
    token = logs.request_id.set("0123456789abcdef")
    try:
        kept = error_reports.scrubbed({"logentry": {"message": "x" * 5000}}, {})
    finally:
        logs.request_id.reset(token)
    assert len(kept["logentry"]["message"]) == error_reports.MAX_TEXT_CHARS
    assert kept["tags"] == {"request_id": "0123456789abcdef"}
