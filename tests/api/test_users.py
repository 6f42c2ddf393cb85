"""People over HTTP: made, listed, changed, deactivated, by whoever may and nobody else."""

from __future__ import annotations

import asyncio
from uuid import UUID

import jwt
import pytest

from api.shapes import make_cursor
from resources.ids import new_id
from resources.tokens import ALGORITHM

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery staple"


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def manager(api, seed, company):
    return api.known(await seed.person(company.organization_id, "MANAGER"))


@pytest.fixture
async def admin(api, seed):
    return api.known(await seed.person(is_admin=True))


def somebody(**values):
    return {
        "email": f"somebody-{new_id()}@example.com",
        "name": "Somebody",
        "role": "SUPERVISOR",
        **values,
    }


async def made(client, **values):
    answer = await client.post("/v1/users", json=somebody(**values))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def changed(client, person, **values):
    id_ = person["id"] if isinstance(person, dict) else person.id
    return await client.patch(f"/v1/users/{id_}", json=values)


async def opened(api, token, password=PASSWORD, **values):
    given = {"token": token, "password": password, **values}
    return await api.stranger.post("/v1/auth/accept-invitation", json=given)


async def trail_of(seed, user_id, action):
    return await seed.rows(
        "SELECT organization_id, before, after FROM posthub.audit"
        " WHERE subject_id = :id AND action = :action ORDER BY at",
        id=str(user_id),
        action=action,
    )


async def test_a_person_with_a_password_signs_in_at_once(api, seed, company, manager):
    person = await made(manager, password=PASSWORD, role="MARKETER")
    assert person["invitation_token"] is None
    assert person["is_open"]
    login = {"email": person["email"], "password": PASSWORD}
    answer = await api.stranger.post("/v1/auth/login", json=login)
    assert answer.status_code == 200
    client = api.client(authorization=f"Bearer {answer.json()['access_token']}")
    (mine,) = (await client.get("/v1/me")).json()["organizations"]
    assert (mine["id"], mine["role"]) == (str(company.organization_id), "MARKETER")
    (row,) = await trail_of(seed, person["id"], "user.create")
    assert (row.organization_id, row.after["role"]) == (company.organization_id, "MARKETER")


async def test_a_person_without_a_password_opens_the_account_by_its_link_once(api, manager):
    person = await made(manager)
    assert not person["is_open"]
    login = {"email": person["email"], "password": PASSWORD}
    assert (await api.stranger.post("/v1/auth/login", json=login)).status_code == 401
    answers = await asyncio.gather(
        *(opened(api, person["invitation_token"], name="Chosen") for _ in range(4))
    )
    codes = sorted(one.status_code for one in answers)
    assert codes[0] == 201
    assert set(codes[1:]) <= {404, 409, 422}
    assert (await api.stranger.post("/v1/auth/login", json=login)).status_code == 200
    read = (await manager.get(f"/v1/users/{person['id']}")).json()
    assert (read["is_open"], read["name"]) == (True, "Chosen")


async def test_a_person_asked_for_twice_is_one_and_the_link_is_told_once(manager):
    given, headers = somebody(), {"Idempotency-Key": "a person"}
    first, second = [
        (await manager.post("/v1/users", json=given, headers=headers)).json() for _ in range(2)
    ]
    assert first["invitation_token"]
    assert second == first | {"invitation_token": None}
    again = await manager.post("/v1/users", json=given)
    assert again.status_code == 409
    assert "/v1/invitations" in again.json()["detail"]


async def test_an_account_without_a_password_is_opened_by_no_other_invitation(api, seed, manager):
    person = await made(manager)
    other = api.known(await seed.person(await seed.organization(), "MANAGER"))
    invited = {"email": person["email"], "role": "SUPERVISOR"}
    token = (await other.post("/v1/invitations", json=invited)).json()["token"]
    answer = await opened(api, token)
    assert answer.status_code == 409
    assert "first" in answer.json()["detail"]
    assert (await opened(api, person["invitation_token"])).status_code == 201
    assert (await opened(api, token)).status_code == 201


async def test_a_new_link_makes_the_old_one_useless(api, manager):
    person = await made(manager)
    renewed = (await manager.post(f"/v1/users/{person['id']}/invitation")).json()
    assert (await opened(api, person["invitation_token"])).status_code == 404
    assert (await opened(api, renewed["invitation_token"])).status_code == 201
    assert (await manager.post(f"/v1/users/{person['id']}/invitation")).status_code == 409


async def test_the_role_at_opening_is_that_of_today(api, manager):
    person = await made(manager, role="MANAGER")
    assert (await changed(manager, person, role="SUPERVISOR")).status_code == 200
    answer = await opened(api, person["invitation_token"])
    assert (answer.status_code, answer.json()["role"]) == (201, "SUPERVISOR")


async def test_people_are_listed_by_those_who_work_with_them(api, seed, company, manager):
    person = await made(manager)
    marketer = api.known(await seed.person(company.organization_id, "MARKETER"))
    listed = (await marketer.get("/v1/users", params={"limit": 1})).json()
    assert listed["next_cursor"]
    everybody = (await marketer.get("/v1/users")).json()["items"]
    assert len(everybody) == 3
    assert person["id"] in {one["id"] for one in everybody}
    stranger = api.known(await seed.person(await seed.organization(), "MANAGER"))
    assert len((await stranger.get("/v1/users")).json()["items"]) == 1
    assert (await stranger.get(f"/v1/users/{person['id']}")).status_code == 404
    named = {"organization_id": str(company.organization_id)}
    assert (await stranger.get("/v1/users", params=named)).status_code == 404
    supervisor = await seed.person(company.organization_id)
    client = api.known(supervisor)
    assert (await client.get("/v1/users")).status_code == 403
    assert (await client.get(f"/v1/users/{person['id']}")).status_code == 403
    assert (await client.get(f"/v1/users/{supervisor.id}")).status_code == 200


async def test_an_administrator_lists_everybody(seed, admin):
    nobodys = await seed.person()
    listed = await admin.get("/v1/users", params={"cursor": _before(nobodys.id), "limit": 1})
    assert [one["id"] for one in listed.json()["items"]] == [str(nobodys.id)]


def _before(id_):
    return make_cursor(UUID(int=id_.int - 1))


async def test_a_deactivated_person_is_out_at_once_and_stays_out(api, seed, company, manager):
    person = await seed.person(company.organization_id, "MARKETER")
    client = api.known(person)
    said = await client.post("/v1/api-tokens", json={"name": "portal", "scopes": ["read"]})
    machine = api.client(authorization=f"Bearer {said.json()['token']}")
    login = {"email": person.email, "password": person.password}
    tokens = (await api.stranger.post("/v1/auth/login", json=login)).json()
    answer = await changed(manager, person, is_active=False)
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    refresh = {"refresh_token": tokens["refresh_token"]}
    for refused in (
        await client.get("/v1/me"),
        await machine.get("/v1/me"),
        await api.stranger.post("/v1/auth/login", json=login),
        await api.stranger.post("/v1/auth/refresh", json=refresh),
    ):
        assert refused.status_code == 401, refused.text
    assert (await changed(manager, person, is_active=True)).status_code == 200
    assert (await client.get("/v1/me")).status_code == 200
    assert (await machine.get("/v1/me")).status_code == 401
    assert (await api.stranger.post("/v1/auth/refresh", json=refresh)).status_code == 401
    (row,) = await trail_of(seed, person.id, "user.deactivate")
    assert (row.before, row.after) == ({"is_active": True}, {"is_active": False})


async def test_a_deactivated_person_opens_nothing_by_an_old_link(api, manager):
    person = await made(manager)
    assert (await changed(manager, person, is_active=False)).status_code == 200
    assert (await opened(api, person["invitation_token"])).status_code == 404


async def test_a_changed_role_holds_for_the_token_that_is_out_already(api, seed, company, manager):
    person = await seed.person(company.organization_id, "MARKETER")
    client = api.known(person)
    assert (await client.get("/v1/invitations")).status_code == 200
    assert (await changed(manager, person, role="SUPERVISOR")).status_code == 200
    assert (await client.get("/v1/invitations")).status_code == 403
    assert (await changed(manager, person, role="MANAGER")).status_code == 200
    assert (await client.get("/v1/audit")).status_code == 200
    rows = await trail_of(seed, person.id, "user.role")
    assert [(one.before["role"], one.after["role"]) for one in rows] == [
        ("MARKETER", "SUPERVISOR"),
        ("SUPERVISOR", "MANAGER"),
    ]


async def test_a_role_written_into_a_token_is_not_believed(api, app, seed, company):
    supervisor = await seed.person(company.organization_id)
    tokens = app.state.services.tokens
    claims = jwt.decode(tokens.issue(supervisor.id), options={"verify_signature": False})
    claims |= {"role": "ADMIN", "is_admin": True, "roles": ["MANAGER"]}
    ours = api.client(authorization=f"Bearer {jwt.encode(claims, tokens.secret, ALGORITHM)}")
    assert (await ours.get("/v1/me")).json()["is_admin"] is False
    assert (await ours.get("/v1/admin/providers")).status_code == 403
    assert (await ours.get("/v1/audit")).status_code == 403
    for signed in (jwt.encode(claims, "x" * 40, ALGORITHM), jwt.encode(claims, "", "none")):
        theirs = api.client(authorization=f"Bearer {signed}")
        assert (await theirs.get("/v1/me")).status_code == 401


async def test_everybody_renames_themselves_and_changes_nothing_else_of_themselves(
    api, seed, company
):
    for role in ("SUPERVISOR", "MANAGER"):
        person = await seed.person(company.organization_id, role)
        client = api.known(person)
        assert (await changed(client, person, name="Another")).json()["name"] == "Another"
        for refused in (
            {"role": "MANAGER"},
            {"role": "SUPERVISOR"},
            {"is_active": False},
            {"is_admin": True},
            {"name": "Mine", "is_admin": True},
        ):
            answer = await changed(client, person, **refused)
            assert answer.status_code == 403, refused
    read = (await client.get(f"/v1/users/{person.id}")).json()
    assert (read["name"], read["is_admin"]) == ("Another", False)


async def test_nobody_makes_or_raises_anyone_above_their_own_right(api, seed, company, manager):
    other = await seed.person(company.organization_id)
    for role in ("SUPERVISOR", "MARKETER"):
        client = api.known(await seed.person(company.organization_id, role))
        assert (await client.post("/v1/users", json=somebody())).status_code == 403
        for values in ({"role": "MANAGER"}, {"is_active": False}, {"name": "Theirs"}):
            assert (await changed(client, other, **values)).status_code == 403
    assert (await changed(manager, other, is_admin=True)).status_code == 403
    assert (await manager.post("/v1/users", json=somebody(role="ADMIN"))).status_code == 422
    elsewhere = {"organization_id": str(await seed.organization())}
    assert (await manager.post("/v1/users", json=somebody(**elsewhere))).status_code == 404


async def test_an_organisation_that_is_not_there_is_404_for_administrators_too(seed, admin):
    nowhere = str(new_id())
    asked = {
        "/v1/users": somebody(organization_id=nowhere),
        "/v1/invitations": {
            k: v for k, v in somebody(organization_id=nowhere).items() if k != "name"
        },
        "/v1/memberships": {
            "user_id": str((await seed.person()).id),
            "organization_id": nowhere,
            "role": "MARKETER",
        },
        "/v1/api-tokens": {"name": "portal", "scopes": ["read"], "organization_id": nowhere},
    }
    for path, body in asked.items():
        answer = await admin.post(path, json=body)
        assert answer.status_code == 404, (path, answer.text)


async def test_who_belongs_elsewhere_too_is_an_administrators_to_deactivate(
    api, seed, company, manager, admin
):
    person = await seed.person(company.organization_id, "MARKETER")
    await seed.insert(
        "membership",
        organization_id=await seed.organization(),
        user_id=person.id,
        role="MARKETER",
    )
    for values in ({"is_active": False}, {"name": "Theirs"}):
        answer = await changed(manager, person, **values)
        assert answer.status_code == 403
        assert "ask an administrator" in answer.json()["detail"]
    assert (await changed(manager, person, role="SUPERVISOR")).status_code == 200
    await seed.person(company.organization_id)
    answer = await changed(admin, person, is_active=False)
    assert answer.status_code == 409  # the last one of the other organisation
    assert "who can approve" in answer.json()["detail"]


async def test_an_administrator_is_no_managers_to_change(seed, company, manager):
    boss = await seed.person(company.organization_id, "SUPERVISOR", is_admin=True)
    assert (await changed(manager, boss, is_active=False)).status_code == 403


async def test_the_last_one_who_can_approve_stays(api, seed, admin):
    organization = await seed.organization()
    last = await seed.person(organization, "MANAGER")
    await seed.person(organization, password_hash=None)
    await seed.person(organization, is_active=False)
    answer = await changed(admin, last, is_active=False)
    assert answer.status_code == 409
    assert "let somebody else in first" in answer.json()["detail"].lower()
    await seed.person(organization)
    assert (await changed(admin, last, is_active=False)).status_code == 200


async def test_of_two_who_deactivate_each_other_one_stays(api, seed):
    for _ in range(5):
        organization = await seed.organization()
        people = [await seed.person(organization, "MANAGER") for _ in range(2)]
        answers = await asyncio.gather(
            changed(api.known(people[0]), people[1], is_active=False),
            changed(api.known(people[1]), people[0], is_active=False),
        )
        assert sorted(one.status_code for one in answers)[0] == 200
        left = await seed.rows(
            "SELECT count(*) FROM posthub.app_user u JOIN posthub.membership m ON m.user_id = u.id"
            " WHERE m.organization_id = :id AND u.is_active",
            id=organization,
        )
        assert left[0].count == 1


async def test_administrators_are_made_and_unmade_by_administrators(api, seed, admin):
    person = await made(admin, organization_id=str(await seed.organization()), password=PASSWORD)
    assert (await changed(admin, person, is_admin=True)).json()["is_admin"]
    token = api.app.state.services.tokens.issue(person["id"])
    raised = api.client(authorization=f"Bearer {token}")
    assert (await raised.get("/v1/admin/providers")).status_code == 200
    assert not (await changed(admin, person, is_admin=False)).json()["is_admin"]
    assert (await raised.get("/v1/admin/providers")).status_code == 403
    rows = await trail_of(seed, person["id"], "user.admin")
    assert [one.after["is_admin"] for one in rows] == [True, False]
