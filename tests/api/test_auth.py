"""Signing in and staying signed in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from resources.database.repositories.sessions import lock_minutes
from resources.tokens import AccessTokens

pytestmark = pytest.mark.anyio

FAILED = "SELECT 1 FROM posthub.audit WHERE action = 'auth.login_failed' AND subject_id = :id"


async def attempt(api, email, password):
    return await api.stranger.post("/v1/auth/login", json={"email": email, "password": password})


async def test_a_person_signs_in_and_learns_who_they_are(api, seed):
    organization_id = await seed.organization()
    person = await seed.person(organization_id, "MARKETER")
    client = await api.sign_in(person)
    me = (await client.get("/v1/me")).json()
    assert me["email"] == person.email
    assert [(one["id"], one["role"]) for one in me["organizations"]] == [
        (str(organization_id), "MARKETER")
    ]


async def test_the_case_of_an_email_does_not_matter(api, seed):
    person = await seed.person()
    assert (await attempt(api, person.email.upper(), person.password)).status_code == 200


async def test_a_wrong_password_and_an_unknown_person_look_the_same(api, seed):
    person = await seed.person()
    wrong = await attempt(api, person.email, "not this one at all")
    unknown = await attempt(api, "nobody@example.com", "not this one at all")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.json()["detail"] == unknown.json()["detail"]
    assert wrong.headers["www-authenticate"].startswith("Bearer")


async def test_five_failures_close_the_account_for_a_while(api, seed):
    person = await seed.person()
    for _ in range(5):
        await attempt(api, person.email, "wrong")
    assert (await attempt(api, person.email, person.password)).status_code == 401
    rows = await seed.rows(
        "SELECT failed_logins, locked_until - now() AS left FROM posthub.app_user WHERE id = :id",
        id=person.id,
    )
    assert rows[0].failed_logins == 5
    assert timedelta(seconds=30) < rows[0].left <= timedelta(minutes=1)


def test_the_lock_doubles_with_each_failure_up_to_an_hour():
    assert [lock_minutes(n) for n in (4, 5, 6, 7, 10, 11, 5000)] == [0, 1, 2, 4, 32, 60, 60]


async def test_a_failed_sign_in_is_audited_without_an_address(api, seed):
    person = await seed.person()
    await attempt(api, person.email, "wrong")
    before = await seed.rows(FAILED, id="unknown")
    await attempt(api, "nobody-at-all@example.com", "wrong")
    assert len(await seed.rows(FAILED, id=str(person.id))) == 1
    assert len(await seed.rows(FAILED, id="unknown")) == len(before) + 1


async def test_a_refresh_token_is_no_access_token(api, seed):
    person = await seed.person()
    refresh = (await attempt(api, person.email, person.password)).json()["refresh_token"]
    answer = await api.client(authorization=f"Bearer {refresh}").get("/v1/me")
    assert answer.status_code == 401


async def test_parallel_guesses_are_counted_one_by_one(api, seed):
    person = await seed.person()
    await asyncio.gather(*(attempt(api, person.email, f"guess {n}") for n in range(12)))
    rows = await seed.rows(
        "SELECT failed_logins FROM posthub.app_user WHERE id = :id", id=person.id
    )
    assert rows[0].failed_logins == 5


async def test_a_right_password_takes_the_failures_back(api, seed):
    person = await seed.person()
    for _ in range(4):
        await attempt(api, person.email, "wrong")
    assert (await attempt(api, person.email, person.password)).status_code == 200
    rows = await seed.rows(
        "SELECT failed_logins FROM posthub.app_user WHERE id = :id", id=person.id
    )
    assert rows[0].failed_logins == 0


async def test_a_person_who_left_is_signed_out_at_once(api, seed):
    person = await seed.person(await seed.organization(), is_active=False)
    assert (await api.known(person).get("/v1/me")).status_code == 401
    assert (await attempt(api, person.email, person.password)).status_code == 401


async def refreshed(api, token):
    return await api.stranger.post("/v1/auth/refresh", json={"refresh_token": token})


async def test_a_refresh_token_works_once_and_gives_the_next(api, seed):
    person = await seed.person()
    first = (await attempt(api, person.email, person.password)).json()["refresh_token"]
    second = (await refreshed(api, first)).json()
    assert second["refresh_token"] != first
    assert (await refreshed(api, second["refresh_token"])).status_code == 200


async def test_an_old_refresh_token_used_again_ends_the_session(api, seed):
    person = await seed.person()
    first = (await attempt(api, person.email, person.password)).json()["refresh_token"]
    second = (await refreshed(api, first)).json()["refresh_token"]
    assert (await refreshed(api, first)).status_code == 401
    assert (await refreshed(api, second)).status_code == 401
    rows = await seed.rows(
        "SELECT revoked_because FROM posthub.refresh_family WHERE user_id = :id", id=person.id
    )
    assert rows[0].revoked_because == "an old token was used again"
    audits = await seed.rows(
        "SELECT action FROM posthub.audit WHERE actor_id = :id ORDER BY at, id", id=person.id
    )
    assert [one.action for one in audits] == [
        "auth.login",
        "auth.refresh_token_reused",
    ]


async def test_a_refresh_token_used_in_parallel_gives_one_and_no_deadlock(api, seed):
    person = await seed.person()
    token = (await attempt(api, person.email, person.password)).json()["refresh_token"]
    answers = await asyncio.gather(*(refreshed(api, token) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


async def test_another_session_of_the_same_person_lives_on(api, seed):
    person = await seed.person()
    one = (await attempt(api, person.email, person.password)).json()["refresh_token"]
    other = (await attempt(api, person.email, person.password)).json()["refresh_token"]
    await refreshed(api, one)
    await refreshed(api, one)
    assert (await refreshed(api, other)).status_code == 200


async def test_signing_out_ends_the_session(api, seed):
    person = await seed.person()
    token = (await attempt(api, person.email, person.password)).json()["refresh_token"]
    answer = await api.stranger.post("/v1/auth/logout", json={"refresh_token": token})
    assert answer.status_code == 204
    assert (await refreshed(api, token)).status_code == 401


async def test_made_up_refresh_tokens_are_refused(api):
    for token in ("", "x", "ü" * 50, "a" * 200):
        assert (await refreshed(api, token)).status_code == 401


def forged(person, secret, **changes):
    now = datetime.now(UTC)
    claims = {
        "iss": "posthub",
        "aud": "posthub-api",
        "sub": str(person.id),
        "type": "access",
        "iat": now,
        "exp": now + timedelta(hours=1),
        **changes,
    }
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, secret, "HS256")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"aud": "another"},
        {"type": "refresh"},
        {"type": None},
        {"exp": None},
        {"exp": datetime.now(UTC) - timedelta(seconds=5)},
        {"sub": "nobody"},
        {"sub": None},
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(api, app, seed, changes):
    person = await seed.person()
    secret = app.state.services.tokens.secret
    good = api.client(authorization=f"Bearer {forged(person, secret)}")
    bad = api.client(authorization=f"Bearer {forged(person, secret, **changes)}")
    assert (await good.get("/v1/me")).status_code == 200
    assert (await bad.get("/v1/me")).status_code == 401


async def test_a_token_signed_otherwise_is_refused(api, app, seed):
    person = await seed.person()
    other = AccessTokens("another secret that is long enough to be one").issue(person.id)
    unsigned = jwt.encode(jwt.decode(other, options={"verify_signature": False}), None, "none")
    for header in (
        f"Bearer {other}",
        f"Bearer {unsigned}",
        "Bearer ",
        "Basic eDp5",
        "Bearer x.y.z",
    ):
        answer = await api.client(authorization=header).get("/v1/me")
        assert answer.status_code == 401
        assert answer.json()["type"].endswith(":not-signed-in")


async def test_what_one_may_is_read_from_the_database_not_from_the_token(api, seed):
    organization_id = await seed.organization()
    company = await seed.company(organization_id)
    person = await seed.person(organization_id)
    client = api.known(person)
    assert (await client.get(f"/v1/companies/{company.id}")).status_code == 200
    async with seed.database.engine.begin() as connection:
        from sqlalchemy import text

        await connection.execute(
            text("DELETE FROM posthub.membership WHERE user_id = :id"), {"id": person.id}
        )
    assert (await client.get(f"/v1/companies/{company.id}")).status_code == 404


async def test_a_manager_sees_what_the_own_marketers_see(api, seed):
    organization_id = await seed.organization()
    company = await seed.company(organization_id)
    manager = await seed.person()
    stranger = await seed.person()
    await seed.person(organization_id, "MARKETER", manager_id=manager.id)
    assert (await api.known(manager).get(f"/v1/companies/{company.id}")).status_code == 200
    assert (await api.known(stranger).get(f"/v1/companies/{company.id}")).status_code == 404
