"""The commands' client makes do with the requests that an hour has."""

from __future__ import annotations

import time
from itertools import pairwise

import httpx
import pytest
from fastapi import FastAPI, Response

from posthub_assets.commands.api_client import ApiClient, Login, pause_s


def told(left: int, resets_in_s: int, quota: int = 1000) -> dict[str, str]:
    return {
        "ratelimit": f'"signed-in";r={left};t={resets_in_s}',
        "ratelimit-policy": f'"signed-in";q={quota};w=3600',
    }


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({}, 0.0),
        ({"ratelimit": "nonsense"}, 0.0),
        (told(left=999, resets_in_s=3600), 0.0),
        (told(left=501, resets_in_s=3600), 0.0),
        (told(left=499, resets_in_s=2999), 6.0),
        (told(left=0, resets_in_s=30), 31.0),
    ],
)
def test_what_is_left_is_spread_over_what_is_left_of_the_hour(headers, pause):
    assert pause_s(headers) == pause


@pytest.mark.parametrize("quota", [500, 1000])
def test_a_client_that_never_stops_asking_is_never_refused(quota):
    left, now = quota, 0.0
    for _ in range(10 * quota):
        left, asked_at = left - 1, now
        assert left >= 0, f"refused after {asked_at:.0f} s"
        now += 0.05 + pause_s(told(left, max(1, round(3600 - now)), quota))
        if now >= 3600:
            return
    pytest.fail("the hour did not end")


async def test_the_client_waits_before_its_next_request(anyio_backend):
    app = FastAPI()
    asked: list[float] = []

    @app.get("/v1/jobs")
    async def jobs(response: Response) -> dict[str, list[str]]:
        asked.append(time.monotonic())
        response.headers.update(told(left=3, resets_in_s=1))
        return {"items": []}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as http:
        client = ApiClient(http, Login("somebody@example.com", "x"))
        for _ in range(3):
            await client.get("/v1/jobs")
    assert all(later - sooner >= 0.5 for sooner, later in pairwise(asked))
