"""Accounts: registering, passwords, invitations."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from api.app import create_app
from resources.http_settings import HttpSettings
from resources.ids import new_id

PASSWORD = "correct horse battery staple"
OTHER = "another battery of staples"


def a_registration(**values):
    return {
        "email": f"founder-{new_id()}@example.com",
        "password": PASSWORD,
        "name": "Founder",
        "company": "Žlutý kůň",
        "website": "https://example.com",
        "language": "cs",
        "timezone": "Europe/Prague",
        **values,
    }


async def registered(api, **values):
    given = a_registration(**values)
    answer = await api.stranger.post("/v1/auth/register", json=given)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    return given, said, api.client(authorization=f"Bearer {said['access_token']}")


async def test_who_registers_has_a_company_whose_sources_are_read_at_once(api, seed):
    _, said, founder = await registered(api)
    me = (await founder.get("/v1/me")).json()
    assert [(one["id"], one["role"]) for one in me["organizations"]] == [
        (said["organization_id"], "MANAGER")
    ]
    company = (await founder.get(f"/v1/companies/{said['company_id']}")).json()
    assert (company["slug"], company["tier"], company["language"]) == ("zluty-kun", "TRIAL", "cs")
    jobs = await seed.rows(
        "SELECT asset, status FROM posthub.job WHERE company_id = :id", id=said["company_id"]
    )
    assert [(job.asset, job.status) for job in jobs] == [("company_sources", "pending")]


async def test_two_companies_of_one_name_live_side_by_side_and_unseen(api):
    _, first, one = await registered(api)
    _, second, other = await registered(api)
    assert first["organization_id"] != second["organization_id"]
    assert (await one.get(f"/v1/companies/{second['company_id']}")).status_code == 404
    assert len((await other.get("/v1/companies")).json()["items"]) == 1


async def test_an_email_registers_once_and_a_refusal_leaves_nothing(api, seed):
    given, _, _ = await registered(api)
    again = await api.stranger.post("/v1/auth/register", json={**given, "company": "Twice Ltd"})
    assert again.status_code == 409
    assert again.json()["detail"].endswith("already. Sign in with POST /v1/auth/login.")
    found = await seed.rows("SELECT 1 FROM posthub.organization WHERE name = 'Twice Ltd'")
    assert not found


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "short"),
        ("email", "nobody"),
        ("language", "no language"),
        ("timezone", "Mars/Olympus"),
        ("website", "javascript:alert(1)"),
        ("company", " "),
    ],
)
async def test_a_registration_that_cannot_be_used_is_refused_by_field(api, field, value):
    answer = await api.stranger.post("/v1/auth/register", json=a_registration(**{field: value}))
    assert answer.status_code == 422, answer.text
    assert field in answer.text


async def test_registration_can_be_closed(anyio_backend, api_settings, api):
    http = HttpSettings(is_registration_open=False, rate_anonymous=1_000_000)
    app = create_app(replace(api_settings, http=http))
    async with app.router.lifespan_context(app):
        stranger = replace(api, app=app).client()
        answer = await stranger.post("/v1/auth/register", json=a_registration())
    assert answer.status_code == 403


async def test_a_changed_password_ends_every_session(api):
    given, said, founder = await registered(api)
    wrong = await founder.post("/v1/auth/password", json={"current": OTHER, "new": OTHER})
    assert wrong.status_code == 422
    assert (
        await founder.post("/v1/auth/password", json={"current": PASSWORD, "new": OTHER})
    ).status_code == 204
    refresh = {"refresh_token": said["refresh_token"]}
    assert (await api.stranger.post("/v1/auth/refresh", json=refresh)).status_code == 401
    codes = [
        (
            await api.stranger.post(
                "/v1/auth/login", json={"email": given["email"], "password": password}
            )
        ).status_code
        for password in (PASSWORD, OTHER)
    ]
    assert codes == [401, 200]


async def test_guessing_the_current_password_locks_the_account(api):
    given, _, founder = await registered(api)
    for _ in range(5):
        await founder.post("/v1/auth/password", json={"current": OTHER, "new": OTHER})
    login = {"email": given["email"], "password": PASSWORD}
    assert (await api.stranger.post("/v1/auth/login", json=login)).status_code == 401


async def invited(founder, role="SUPERVISOR", email=None):
    email = email or f"invited-{new_id()}@example.com"
    answer = await founder.post("/v1/invitations", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    return email, answer.json()


async def test_an_invitation_makes_a_person_and_works_once(api):
    _, said, founder = await registered(api)
    email, invitation = await invited(founder)
    accept = {"token": invitation["token"], "name": "Colleague", "password": PASSWORD}
    answers = await asyncio.gather(
        *(api.stranger.post("/v1/auth/accept-invitation", json=accept) for _ in range(5))
    )
    codes = sorted(one.status_code for one in answers)
    assert codes[0] == 201
    assert set(codes[1:]) <= {404, 409, 422}
    joined = next(one for one in answers if one.status_code == 201).json()
    assert (joined["role"], joined["organization_id"]) == ("SUPERVISOR", said["organization_id"])
    colleague = api.client(authorization=f"Bearer {joined['access_token']}")
    assert (await colleague.get("/v1/me")).json()["email"] == email
    assert (await api.stranger.post("/v1/auth/accept-invitation", json=accept)).status_code == 404
    (row,) = (await founder.get("/v1/invitations")).json()["items"]
    assert row["accepted_at"]
    assert "token" not in row


async def test_who_has_an_account_joins_with_its_password_and_guessing_is_counted(api):
    _, _, founder = await registered(api)
    other_given, _, other = await registered(api)
    _, invitation = await invited(founder, "MARKETER", other_given["email"])
    accept = {"token": invitation["token"], "password": OTHER}
    assert (await api.stranger.post("/v1/auth/accept-invitation", json=accept)).status_code == 422
    accept["password"] = PASSWORD
    assert (await api.stranger.post("/v1/auth/accept-invitation", json=accept)).status_code == 201
    roles = sorted(one["role"] for one in (await other.get("/v1/me")).json()["organizations"])
    assert roles == ["MANAGER", "MARKETER"]


async def test_an_invitation_sent_twice_is_one_and_its_token_is_told_once(api):
    _, _, founder = await registered(api)
    given = {"email": "twice@example.com", "role": "SUPERVISOR"}
    headers = {"Idempotency-Key": "an invitation"}
    first, second = [
        (await founder.post("/v1/invitations", json=given, headers=headers)).json()
        for _ in range(2)
    ]
    assert first["token"]
    assert second == first | {"token": None}
    assert len((await founder.get("/v1/invitations")).json()["items"]) == 1


async def test_an_invitation_never_lowers_a_role(api):
    given, _, founder = await registered(api)
    _, invitation = await invited(founder, "SUPERVISOR", given["email"])
    accept = {"token": invitation["token"], "password": PASSWORD}
    assert (await api.stranger.post("/v1/auth/accept-invitation", json=accept)).status_code == 201
    assert (await founder.get("/v1/me")).json()["organizations"][0]["role"] == "MANAGER"


async def test_a_revoked_invitation_is_useless(api):
    _, _, founder = await registered(api)
    _, invitation = await invited(founder)
    assert (await founder.delete(f"/v1/invitations/{invitation['id']}")).status_code == 204
    accept = {"token": invitation["token"], "password": PASSWORD}
    assert (await api.stranger.post("/v1/auth/accept-invitation", json=accept)).status_code == 404


async def test_nobody_invites_above_themselves_or_elsewhere(api, seed):
    company = await seed.company()
    for role, codes in {
        "SUPERVISOR": {"SUPERVISOR": 403, "MARKETER": 403, "MANAGER": 403},
        "MARKETER": {"SUPERVISOR": 201, "MARKETER": 201, "MANAGER": 403},
        "MANAGER": {"SUPERVISOR": 201, "MARKETER": 201, "MANAGER": 201, "ADMIN": 422},
    }.items():
        person = api.known(await seed.person(company.organization_id, role))
        for wanted, code in codes.items():
            given = {"email": "somebody@example.com", "role": wanted}
            assert (await person.post("/v1/invitations", json=given)).status_code == code
    stranger = api.known(await seed.person(await seed.organization(), "MANAGER"))
    given = {
        "email": "somebody@example.com",
        "role": "SUPERVISOR",
        "organization_id": str(company.organization_id),
    }
    assert (await stranger.post("/v1/invitations", json=given)).status_code == 404
    listed = (await person.get("/v1/invitations")).json()["items"]
    assert (await stranger.delete(f"/v1/invitations/{listed[0]['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/invitations", {"email": "x@example.com", "role": "SUPERVISOR"}),
        ("/v1/api-tokens", {"name": "portal", "scopes": ["read"]}),
        ("/v1/webhooks", {"url": "https://hooks.example.com/x", "topics": ["*"]}),
        (
            "/v1/companies",
            {
                "slug": "x",
                "name": "X",
                "language": "en",
                "timezone": "Etc/UTC",
                "tier": "PRO",
                "platforms": ["x"],
            },
        ),
        ("/v1/usage/limits", None),
    ],
)
async def test_an_organisation_that_is_not_there_is_not_there_for_administrators_either(
    api, seed, path, body
):
    admin = api.known(await seed.person(is_admin=True))
    named = {"organization_id": str(new_id())}
    if body is None:
        answer = await admin.put(path, json={**named, "cost_usd": "5"})
    else:
        answer = await admin.post(path, json={**named, **body})
    assert answer.status_code == 404, answer.text
