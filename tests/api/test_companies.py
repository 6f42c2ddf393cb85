"""Companies, documents, events, months and personas over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from posthub_assets.domain.calendar import add_months, month_name, working_days
from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.tiers import Tier, prorated_quota
from resources.ids import new_id

pytestmark = pytest.mark.anyio


def brief(**changes):
    return {
        "slug": f"c-{new_id()}",
        "name": "Lantern Works",
        "language": "en",
        "timezone": "Europe/Prague",
        "country": "CZ",
        "tier": "PRO",
        "platforms": ["linkedin", "x"],
        "brand": {"colors": ["#1c304a"]},
        "marketing_events": [{"date": "2026-12-07", "title": "Open door day"}],
        **changes,
    }


@pytest.fixture
async def organization_id(seed):
    return await seed.organization()


@pytest.fixture
async def marketer(api, seed, organization_id):
    return api.known(await seed.person(organization_id, "MARKETER"))


def this_month():
    return datetime.now(ZoneInfo("Europe/Prague")).date().replace(day=1)


async def test_a_new_company_is_in_the_graph_at_once(seed, marketer, organization_id):
    answer = await marketer.post("/v1/companies", json=brief())
    assert answer.status_code == 201, answer.text
    company = answer.json()
    assert company["partition_key"] == company["slug"]
    assert company["brand_colors"] == ["#1C304A"]
    jobs = (await marketer.get("/v1/jobs", params={"company": company["id"]})).json()["items"]
    assert [job["kind"] for job in jobs] == ["create_company_sources"]
    events = (await marketer.get(f"/v1/companies/{company['id']}/events")).json()["items"]
    assert [(one["on_date"], one["title"]) for one in events] == [("2026-12-07", "Open door day")]


async def test_a_supervisor_may_not_make_a_company(api, seed, organization_id):
    supervisor = api.known(await seed.person(organization_id))
    answer = await supervisor.post("/v1/companies", json=brief())
    assert answer.status_code == 403
    assert "marketer or above" in answer.json()["detail"]


async def test_a_slug_is_used_once_in_an_organisation(marketer):
    same = brief()
    await marketer.post("/v1/companies", json=same)
    answer = await marketer.post("/v1/companies", json=same)
    assert answer.status_code == 409
    assert same["slug"] in answer.json()["detail"]


async def test_a_company_made_twice_with_one_key_is_one_company(marketer):
    headers = {"Idempotency-Key": "a company"}
    same = brief()
    first = await marketer.post("/v1/companies", json=same, headers=headers)
    second = await marketer.post("/v1/companies", json=same, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "with,comma"}, "slug"),
        ({"slug": "with|bar"}, "slug"),
        ({"tier": "GOLD"}, "tier"),
        ({"timezone": "Europe/Nowhere"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"platforms": ["myspace"]}, "platforms.0"),
        ({"brand": {"colors": ["red"]}}, "brand.colors[0]"),
        ({"country": "Czechia"}, "country"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"name": ""}, "name"),
    ],
)
async def test_a_bad_brief_is_refused_and_its_field_named(marketer, changes, field):
    answer = await marketer.post("/v1/companies", json=brief(**changes))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert (await marketer.get("/v1/companies")).json()["items"] == []


async def test_a_changed_brief_is_read_again(marketer):
    company = (await marketer.post("/v1/companies", json=brief())).json()
    answer = await marketer.patch(f"/v1/companies/{company['id']}", json={"tier": "ULTIMATE"})
    assert (answer.json()["tier"], answer.json()["name"]) == ("ULTIMATE", "Lantern Works")
    bad = await marketer.patch(f"/v1/companies/{company['id']}", json={"timezone": "Mars"})
    assert bad.status_code == 422


async def test_companies_are_paged(marketer):
    made = [(await marketer.post("/v1/companies", json=brief())).json()["id"] for _ in range(3)]
    first = (await marketer.get("/v1/companies", params={"limit": 2})).json()
    cursor = first["next_cursor"]
    second = (await marketer.get("/v1/companies", params={"limit": 2, "cursor": cursor})).json()
    assert [one["id"] for one in first["items"] + second["items"]] == made
    assert second["next_cursor"] is None


async def test_a_broken_cursor_is_refused(marketer):
    for cursor in ("x", "!!!", "eyJ9", "W10", "ü", "WyJhIl0"):
        answer = await marketer.get("/v1/companies", params={"cursor": cursor})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "cursor"


async def test_a_document_is_stored_replaced_and_left_alone(api, seed):
    company = await seed.company()
    supervisor = api.known(await seed.person(company.organization_id))
    url = f"/v1/companies/{company.id}/documents"
    outcomes = []
    for words in ("We repair lanterns.", "We repair lanterns.", "We repair lamps too."):
        answer = await supervisor.post(url, json={"name": "about.md", "text": words})
        assert answer.status_code == 201, answer.text
        outcomes.append(answer.json()["outcome"])
    assert outcomes == ["created", "unchanged", "updated"]
    listed = (await supervisor.get(url)).json()["items"]
    assert [(one["name"], one["words"]) for one in listed] == [("about.md", 4)]


async def test_a_file_is_sent_as_it_is(api, seed):
    company = await seed.company()
    supervisor = api.known(await seed.person(company.organization_id))
    url = f"/v1/companies/{company.id}/documents"
    sent = await supervisor.post(url, params={"name": "a.txt"}, content=b"Lampy opravujeme.")
    unnamed = await supervisor.post(url, content=b"words")
    strange = await supervisor.post(url, params={"name": "a.exe"}, content=b"words")
    outside = await supervisor.post(url, params={"name": "../a.txt"}, content=b"words")
    broken = await supervisor.post(url, params={"name": "a.pdf"}, content=b"%PDF-1.4 not really")
    assert sent.json()["media_type"] == "text/plain"
    assert unnamed.json()["errors"][0]["field"] == "name"
    assert ".exe" in strange.json()["detail"] or "a.exe" in strange.json()["detail"]
    assert {one.status_code for one in (unnamed, strange, outside, broken)} == {422}
    assert broken.json()["type"].endswith(":unreadable-document")


async def test_too_large_a_request_is_413(api, seed):
    company = await seed.company()
    supervisor = api.known(await seed.person(company.organization_id))
    big = await supervisor.post("/v1/companies", content=b"x" * (1024 * 1024 + 1))
    fits = await supervisor.post(
        f"/v1/companies/{company.id}/documents",
        params={"name": "big.txt"},
        content=b"many words " * 200_000,
    )
    huge = await supervisor.post(
        f"/v1/companies/{company.id}/documents",
        params={"name": "huge.txt"},
        content=b"x" * 11_000_000,
    )
    assert (big.status_code, fits.status_code, huge.status_code) == (413, 201, 413)
    assert huge.json()["type"].endswith(":too-large")


async def test_a_month_is_opened_with_its_tiers_quota(api, seed):
    company = await seed.company()
    supervisor = api.known(await seed.person(company.organization_id))
    await seed.item(company, kind=Kind.PERSONA, status=Status.APPROVED, month=None)
    month = month_name(add_months(this_month(), 1))
    url = f"/v1/companies/{company.id}/months"
    first = await supervisor.post(url, json={"month": month})
    again = await supervisor.post(url, json={"month": month})
    assert first.status_code == 201, first.text
    body = first.json()
    assert (body["month"], body["tier"], body["quota"]) == (month, "PRO", 24)
    assert not body["waits_for_personas"]
    assert again.json()["opened_at"] == body["opened_at"]
    jobs = (await supervisor.get("/v1/jobs", params={"company": str(company.id)})).json()["items"]
    assert [(job["kind"], job["month"]) for job in jobs] == [("create_topics", month)]


async def test_the_current_month_gets_a_part_of_the_quota(api, seed):
    company = await seed.company()
    supervisor = api.known(await seed.person(company.organization_id))
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Prague")).date()
    days = working_days(this_month(), "CZ")
    left = working_days(this_month(), "CZ", today)
    if not left:
        pytest.skip("no working day is left in this month")
    url = f"/v1/companies/{company.id}/months"
    answer = await supervisor.post(url, json={"month": month_name(today)})
    assert answer.json()["quota"] == prorated_quota(Tier.PRO, len(left), len(days))
    assert answer.json()["starts_on"] == today.isoformat()


@pytest.mark.parametrize("month", ["2026-13", "12-2026", "2026-1", "december", "", "2026-12-01"])
async def test_what_is_no_month_is_named(api, seed, month):
    company = await seed.company()
    supervisor = api.known(await seed.person(company.organization_id))
    answer = await supervisor.post(f"/v1/companies/{company.id}/months", json={"month": month})
    assert answer.status_code == 422
    assert "YYYY-MM" in answer.json()["detail"]


async def test_a_past_month_and_a_far_one_are_refused(api, seed):
    company = await seed.company()
    supervisor = api.known(await seed.person(company.organization_id))
    for offset, words in ((-1, "in the past"), (4, "too far ahead")):
        month = month_name(add_months(this_month(), offset))
        answer = await supervisor.post(f"/v1/companies/{company.id}/months", json={"month": month})
        assert answer.status_code == 422
        assert words in answer.json()["detail"]
        assert answer.json()["errors"][0]["field"] == "month"


async def personas_of(seed, company, count=6):
    return [
        await seed.item(company, kind=Kind.PERSONA, month=None, body={"name": f"P{n}"})
        for n in range(count)
    ]


def chosen(items, version=1):
    return {"personas": [{"content_id": str(one.id), "version": version} for one in items]}


async def test_choosing_personas_approves_them_archives_the_rest_and_opens_the_month(api, seed):
    company = await seed.company(tier="BASIC", country="")
    supervisor = api.known(await seed.person(company.organization_id))
    made = await personas_of(seed, company)
    url = f"/v1/companies/{company.id}/personas/active"
    answer = await supervisor.put(url, json=chosen(made[:3]))
    assert answer.status_code == 200, answer.text
    rows = await seed.rows(
        "SELECT status FROM posthub.content WHERE company_id = :id ORDER BY id", id=company.id
    )
    assert [row.status for row in rows] == ["approved"] * 3 + ["archived"] * 3
    decisions = await seed.rows(
        "SELECT d.sha256 FROM posthub.decision d JOIN posthub.content c ON c.id = d.content_id"
        " WHERE c.company_id = :id ORDER BY d.id",
        id=company.id,
    )
    assert [row.sha256 for row in decisions] == [one.sha256 for one in made[:3]]
    if answer.json()["months"]:
        assert answer.json()["months"] == [month_name(this_month())]
        jobs = (await supervisor.get("/v1/jobs", params={"asset": "topics"})).json()["items"]
        assert [job["month"] for job in jobs] == [month_name(this_month())]


async def test_choosing_the_same_personas_again_changes_nothing(api, seed):
    company = await seed.company(tier="BASIC")
    supervisor = api.known(await seed.person(company.organization_id))
    made = await personas_of(seed, company)
    url = f"/v1/companies/{company.id}/personas/active"
    await supervisor.put(url, json=chosen(made[:3]))
    before = await seed.rows("SELECT count(*) FROM posthub.audit")
    answer = await supervisor.put(url, json=chosen(made[:3]))
    assert (answer.status_code, answer.json()["archived"]) == (200, [])
    assert await seed.rows("SELECT count(*) FROM posthub.audit") == before


async def test_another_choice_brings_an_archived_persona_back(api, seed):
    company = await seed.company(tier="BASIC")
    supervisor = api.known(await seed.person(company.organization_id))
    made = await personas_of(seed, company)
    url = f"/v1/companies/{company.id}/personas/active"
    await supervisor.put(url, json=chosen(made[:3]))
    answer = await supervisor.put(url, json=chosen([made[0], made[1], made[5]]))
    assert answer.status_code == 200, answer.text
    assert answer.json()["archived"] == [str(made[2].id)]


async def test_a_month_that_was_opened_before_gets_its_topics_with_the_choice(api, seed):
    company = await seed.company(tier="BASIC")
    supervisor = api.known(await seed.person(company.organization_id))
    made = await personas_of(seed, company)
    month = month_name(add_months(this_month(), 1))
    opened = await supervisor.post(f"/v1/companies/{company.id}/months", json={"month": month})
    assert opened.json()["waits_for_personas"]
    params = {"company": str(company.id), "asset": "topics"}
    assert (await supervisor.get("/v1/jobs", params=params)).json()["items"] == []
    url = f"/v1/companies/{company.id}/personas/active"
    answer = await supervisor.put(url, json=chosen(made[:3]))
    assert answer.json()["months"] == [month]
    jobs = (await supervisor.get("/v1/jobs", params=params)).json()["items"]
    assert [(job["month"], job["status"]) for job in jobs] == [(month, "pending")]


@pytest.mark.parametrize("count", [0, 1, 2, 4, 6])
async def test_a_wrong_number_of_personas_is_refused_and_the_right_one_named(api, seed, count):
    company = await seed.company(tier="BASIC")
    supervisor = api.known(await seed.person(company.organization_id))
    made = await personas_of(seed, company)
    url = f"/v1/companies/{company.id}/personas/active"
    answer = await supervisor.put(url, json=chosen(made[:count]))
    assert answer.status_code == 422
    assert "BASIC has 3 active personas" in answer.json()["detail"]


async def test_a_wrong_choice_changes_nothing_at_all(api, seed):
    company = await seed.company(tier="BASIC")
    supervisor = api.known(await seed.person(company.organization_id))
    made = await personas_of(seed, company)
    foreign = await seed.item(await seed.company(), kind=Kind.PERSONA, month=None)
    url = f"/v1/companies/{company.id}/personas/active"
    twice = await supervisor.put(url, json=chosen([made[0], made[1], made[1]]))
    stale = await supervisor.put(url, json=chosen(made[:3], version=2))
    strange = await supervisor.put(url, json=chosen([*made[:2], foreign]))
    assert (twice.status_code, stale.status_code, strange.status_code) == (422, 409, 404)
    rows = await seed.rows(
        "SELECT DISTINCT status FROM posthub.content WHERE company_id = :id", id=company.id
    )
    assert [row.status for row in rows] == ["in_review"]


async def test_a_calendar_is_read_once_it_is_there(app, api, seed):
    company = await seed.company()
    supervisor = api.known(await seed.person(company.organization_id))
    url = f"/v1/companies/{company.id}/calendar"
    early = await supervisor.get(url, params={"month": "2026-12"})
    app.state.services.media.put_derived(
        company.organization_id, f"{company.partition_key}/2026-12/calendar.ics", b"BEGIN:VCALENDAR"
    )
    there = await supervisor.get(url, params={"month": "2026-12", "format": "ics"})
    odd = await supervisor.get(url, params={"month": "../2026-12", "format": "ics"})
    assert (early.status_code, odd.status_code) == (404, 422)
    assert "2026-12" in early.json()["detail"]
    assert there.content == b"BEGIN:VCALENDAR"
    assert there.headers["content-type"].startswith("text/calendar")
