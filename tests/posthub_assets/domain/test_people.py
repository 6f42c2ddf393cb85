"""Roles: who may do what others may, and what nobody may."""

from __future__ import annotations

import pytest

from posthub_assets.domain.errors import Forbidden
from posthub_assets.domain.people import (
    Actor,
    Role,
    at_least,
    refusal,
    refuse_above,
    refuse_oneself,
)
from resources.ids import new_id

FROM_ABOVE = [Role.ADMIN, Role.MANAGER, Role.MARKETER, Role.SUPERVISOR]


def test_a_role_may_what_the_ones_below_may():
    for place, role in enumerate(FROM_ABOVE):
        assert [at_least(role, other) for other in FROM_ABOVE] == [
            place <= lower for lower in range(4)
        ]


@pytest.mark.parametrize("giver", FROM_ABOVE)
def test_nobody_gives_or_takes_a_role_above_their_own(giver):
    for role in FROM_ABOVE:
        if at_least(giver, role):
            refuse_above(giver, Role.SUPERVISOR, role)
        else:
            with pytest.raises(Forbidden, match=role.value):
                refuse_above(giver, Role.SUPERVISOR, role)


def test_nobody_changes_what_they_are():
    person = new_id()
    refuse_oneself(person, new_id())
    with pytest.raises(Forbidden, match="Ask another"):
        refuse_oneself(person, person)


def test_an_actor_is_a_stranger_where_they_have_no_role():
    here, elsewhere = new_id(), new_id()
    actor = Actor(new_id(), roles={here: Role.MARKETER})
    assert actor.require(here, Role.MARKETER, "look") is Role.MARKETER
    for organization, role in ((here, Role.MANAGER), (elsewhere, Role.SUPERVISOR)):
        with pytest.raises(Forbidden):
            actor.require(organization, role, "look")
    assert Actor(new_id(), is_admin=True).require(elsewhere, Role.ADMIN, "look") is Role.ADMIN


def test_a_refusal_says_whom_to_ask():
    assert refusal(Role.MANAGER, "set limits").startswith("Only a manager or above may set limits.")
    assert refusal(Role.ADMIN, "see all").startswith("Only an administrator may see all.")
