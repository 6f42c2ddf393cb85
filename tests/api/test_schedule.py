"""Setting times as a company's clocks show them, also on the nights on which they are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from posthub_assets.domain.content import Kind
from resources.ids import new_id

pytestmark = pytest.mark.anyio

YEAR = datetime.now(UTC).year + 1


def last_sunday(month: int) -> date:
    last = date(YEAR, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


SPRING, AUTUMN = last_sunday(3), last_sunday(10)
"""The nights on which the clocks of Europe are changed, next year."""


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def supervisor(api, seed, company):
    return api.known(await seed.person(company.organization_id))


@pytest.fixture
async def url(seed, company, supervisor):
    post = await seed.item(company, kind=Kind.SOCIAL_POST)
    await supervisor.post(f"/v1/contents/{post.id}/approve", json={"version": 1})
    return f"/v1/contents/{post.id}"


async def test_a_local_time_is_in_the_companys_zone_and_shown_both_ways(supervisor, url):
    answer = await supervisor.post(f"{url}/schedule", json={"local": f"{YEAR}-07-15T09:30"})
    assert answer.status_code == 200, answer.text
    said = {
        "scheduled_at": f"{YEAR}-07-15T07:30:00Z",
        "scheduled_local": f"{YEAR}-07-15T09:30+02:00",
        "zone": "Europe/Prague",
    }
    assert {name: answer.json()[name] for name in said} == said
    assert answer.json()["status"] == "scheduled"
    item = (await supervisor.get(url)).json()
    listed = (await supervisor.get("/v1/contents")).json()["items"][0]
    for shown in (item, listed):
        moment = datetime.fromisoformat(shown["scheduled_at"])
        assert moment == datetime.fromisoformat(said["scheduled_at"])
        assert (shown["scheduled_local"], shown["zone"]) == (said["scheduled_local"], said["zone"])


async def test_another_zone_may_be_named_and_the_list_shows_the_companys(supervisor, url):
    body = {"local": f"{YEAR}-07-15T09:30", "zone": "Asia/Tehran"}
    answer = (await supervisor.post(f"{url}/schedule", json=body)).json()
    assert answer["scheduled_at"] == f"{YEAR}-07-15T06:00:00Z"
    assert answer["scheduled_local"] == f"{YEAR}-07-15T09:30+03:30"
    assert answer["zone"] == "Asia/Tehran"
    item = (await supervisor.get(url)).json()
    assert (item["scheduled_local"], item["zone"]) == (
        f"{YEAR}-07-15T08:00+02:00",
        "Europe/Prague",
    )


async def test_null_is_left_out_where_a_local_time_is_given(supervisor, url):
    body = {"local": f"{YEAR}-07-15T09:30", "scheduled_at": None, "zone": None, "fold": None}
    answer = (await supervisor.post(f"{url}/schedule", json=body)).json()
    assert answer["scheduled_local"] == f"{YEAR}-07-15T09:30+02:00"
    assert (await supervisor.post(f"{url}/schedule", json={})).status_code == 422


async def test_a_time_with_an_offset_is_shown_in_local_time_too(supervisor, url):
    body = {"scheduled_at": f"{YEAR}-01-15T12:00:00-05:00"}
    answer = (await supervisor.post(f"{url}/schedule", json=body)).json()
    assert answer["scheduled_local"] == f"{YEAR}-01-15T18:00+01:00"
    taken = (await supervisor.post(f"{url}/schedule", json={"scheduled_at": None})).json()
    assert (taken["status"], taken["scheduled_at"], taken["scheduled_local"], taken["zone"]) == (
        "approved",
        None,
        None,
        None,
    )
    assert (await supervisor.get(url)).json()["scheduled_local"] is None


async def test_a_time_that_the_clocks_skip_is_refused_with_its_neighbours(supervisor, url):
    answer = await supervisor.post(f"{url}/schedule", json={"local": f"{SPRING}T02:30"})
    problem = answer.json()
    assert answer.status_code == 422
    assert problem["type"] == "urn:posthub:problem:time-does-not-exist"
    assert f"{SPRING}T01:59+01:00 and {SPRING}T03:00+02:00" in problem["detail"]
    assert problem["errors"][0]["field"] == "local"
    assert (await supervisor.get(url)).json()["status"] == "approved"


async def test_a_time_that_exists_twice_is_asked_back(supervisor, url):
    body = {"local": f"{AUTUMN}T02:30"}
    answer = await supervisor.post(f"{url}/schedule", json=body)
    problem = answer.json()
    assert answer.status_code == 422
    assert problem["type"] == "urn:posthub:problem:time-exists-twice"
    assert f"{AUTUMN}T02:30+02:00" in problem["detail"]
    assert f"{AUTUMN}T02:30+01:00" in problem["detail"]
    for fold, utc, offset in (("earlier", "00:30", "+02:00"), ("later", "01:30", "+01:00")):
        said = (await supervisor.post(f"{url}/schedule", json={**body, "fold": fold})).json()
        assert said["scheduled_at"] == f"{AUTUMN}T{utc}:00Z"
        assert said["scheduled_local"] == f"{AUTUMN}T02:30{offset}"
        assert (await supervisor.get(url)).json()["scheduled_local"] == said["scheduled_local"]


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({}, "body", "either scheduled_at"),
        ({"local": None}, "body", "either scheduled_at"),
        (
            {"local": f"{YEAR}-07-15T09:30", "scheduled_at": f"{YEAR}-07-15T09:30Z"},
            "body",
            "either scheduled_at",
        ),
        ({"scheduled_at": None, "zone": "UTC"}, "body", "belong to local"),
        ({"local": f"{YEAR}-07-15T09:30", "zone": "Mars/Base"}, "zone", "Europe/Prague"),
        ({"local": f"{YEAR}-07-15T09:30", "zone": "../../etc/passwd"}, "zone", "no time zone"),
        ({"local": f"{YEAR}-07-15T09:30", "fold": "middle"}, "fold", "earlier"),
        ({"local": f"{YEAR}-07-15T09:30Z"}, "local", "without an offset"),
        ({"local": f"{YEAR}-02-30T09:30"}, "local", "no local time"),
        ({"local": "soon"}, "local", "Write it like"),
        ({"local": 1806157800}, "local", "string"),
        ({"local": "2020-07-15T09:30"}, "local", "Choose a later time"),
        ({"local": "2999-07-15T09:30"}, "local", "Is the year right"),
        ({"local": "0001-01-01T00:00"}, "local", ""),
        ({"local": "9999-12-31T23:59", "zone": "America/New_York"}, "local", ""),
        ({"scheduled_at": "2020-07-15T09:30:00Z"}, "scheduled_at", "has passed"),
        ({"scheduled_at": "9999-12-31T23:59:59Z"}, "scheduled_at", "Is the year right"),
        ({"scheduled_at": "0001-01-01T00:00:00+14:00"}, "scheduled_at", ""),
    ],
)
async def test_what_cannot_be_a_time_says_why_and_changes_nothing(
    supervisor, url, body, field, said
):
    answer = await supervisor.post(f"{url}/schedule", json=body)
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["detail"]
    assert answer.json()["errors"][0]["field"] == field
    assert (await supervisor.get(url)).json()["scheduled_at"] is None


async def test_now_is_not_the_past(supervisor, url):
    """Who writes the minute that it is gets it, though its seconds are over."""
    now = datetime.now(ZoneInfo("Europe/Prague"))
    if now.fold or now.hour == 2:
        pytest.skip("the minute may exist twice")
    answer = await supervisor.post(f"{url}/schedule", json={"local": f"{now:%Y-%m-%dT%H:%M}"})
    assert answer.status_code == 200, answer.text


async def test_a_strangers_item_has_no_time_to_set(api, seed, url):
    stranger = api.known(await seed.person(await seed.organization()))
    body = {"local": f"{YEAR}-07-15T09:30"}
    assert (await stranger.post(f"{url}/schedule", json=body)).status_code == 404
    missing = f"/v1/contents/{new_id()}/schedule"
    assert (await stranger.post(missing, json=body)).status_code == 404


async def test_an_archived_item_keeps_its_time(supervisor, url):
    await supervisor.post(f"{url}/schedule", json={"local": f"{YEAR}-07-15T09:30"})
    for step in ("archive", "restore"):
        said = (await supervisor.post(f"{url}/{step}")).json()
        assert said["scheduled_local"] == f"{YEAR}-07-15T09:30+02:00", step
