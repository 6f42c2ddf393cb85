"""What stands between a handler and the database: the table is asked, or nothing is done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi import FastAPI, Request

from api import problems
from api.envelope import Envelope
from api.services import acting
from resources.database.repositories import audit, identity

pytestmark = pytest.mark.anyio


@pytest.fixture
def forgetful(app):
    """An application whose handlers do something without asking whether the person may."""
    made = FastAPI()
    made.state.services, made.state.gate = app.state.services, app.state.gate
    problems.install(made)

    async def forgets(request: Request) -> dict[str, bool]:
        async with acting(request) as act:
            organization_id = act.only_organization()
            await identity.write_in(act.connection, organization_id)
            await audit.record(
                act.connection,
                organization_id=organization_id,
                actor_id=act.person.id,
                action="test.forgotten",
                subject_kind="test",
                subject_id="test",
            )
        return {"ok": True}

    made.get("/v1/webhooks")(forgets)
    made.get("/v1/inbox")(forgets)
    made.get("/v1/without-a-row")(forgets)
    made.add_middleware(Envelope)
    return made


async def rows_of(seed, person):
    return await seed.rows("SELECT action FROM posthub.audit WHERE actor_id = :id", id=person.id)


@pytest.mark.parametrize("path", ["/v1/webhooks", "/v1/without-a-row"])
async def test_a_handler_that_does_not_ask_changes_nothing(api, seed, forgetful, path):
    person = await seed.person(await seed.organization(), "MANAGER")
    client = replace(api, app=forgetful).known(person)
    assert (await client.get(path)).status_code == 500
    assert await rows_of(seed, person) == []


async def test_where_membership_is_enough_nothing_need_be_asked(api, seed, forgetful):
    person = await seed.person(await seed.organization())
    client = replace(api, app=forgetful).known(person)
    assert (await client.get("/v1/inbox")).status_code == 200
    assert [row.action for row in await rows_of(seed, person)] == ["test.forgotten"]
