"""A body that does not arrive holds no connection for ever."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.exceptions import HTTPException

from api.envelope import BATCHES, Envelope

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/v1/auth/login",
    "headers": [],
    "scheme": "http",
    "client": ("127.0.0.1", 1),
}


async def answered(pause_s: float, pieces: int) -> tuple[dict, dict]:
    """Send a body in pieces with pauses; give the answer's start and its body."""
    sent: list[dict] = []
    left = pieces

    async def receive():
        nonlocal left
        await asyncio.sleep(pause_s)
        left -= 1
        return {"type": "http.request", "body": b"x", "more_body": left > 0}

    async def send(message):
        sent.append(message)

    async def app(scope, receive, send):
        whole = (await receive())["body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(len(whole)).encode()})

    envelope = Envelope(app, piece_within_s=0.2, body_within_s=0.6)
    await envelope({**SCOPE, "state": {}}, receive, send)
    return sent[0], sent[1]


@pytest.mark.parametrize(("pause_s", "pieces"), [(5.0, 1), (0.05, 1_000)])
async def test_a_form_that_its_handler_reads_may_not_stop_or_drip_either(
    anyio_backend, pause_s, pieces
):
    left = pieces

    async def receive():
        nonlocal left
        await asyncio.sleep(pause_s)
        left -= 1
        return {"type": "http.request", "body": b"x", "more_body": left > 0}

    async def app(scope, receive, send):
        while (await receive()).get("more_body"):
            pass

    async def send(message):
        raise AssertionError("the handler's framework answers")

    envelope = Envelope(app, piece_within_s=0.2, body_within_s=0.6)
    with pytest.raises(HTTPException) as caught:
        await envelope({**SCOPE, "path": BATCHES, "state": {}}, receive, send)
    assert caught.value.status_code == 408
    assert caught.value.headers == {"Connection": "close"}


async def test_a_body_in_good_time_is_passed_on(anyio_backend):
    start, body = await answered(0.01, pieces=5)
    assert (start["status"], body["body"]) == (200, b"5")


@pytest.mark.parametrize(("pause_s", "pieces"), [(5.0, 1), (0.05, 1_000)])
async def test_a_body_that_stops_or_drips_is_408_and_ends_the_connection(
    anyio_backend, pause_s, pieces
):
    start, body = await answered(pause_s, pieces)
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]
    assert json.loads(body["body"])["type"] == "urn:posthub:problem:too-slow"
