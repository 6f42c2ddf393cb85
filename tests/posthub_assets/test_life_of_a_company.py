"""What steers a company's months: its DNA, its personas, the months that are opened."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from posthub_assets.domain.calendar import add_months
from posthub_assets.domain.content import Action
from posthub_assets.domain.errors import InvalidInput
from resources.database.engine import Scope
from resources.database.repositories import months

pytestmark = pytest.mark.anyio


async def approve_dna_again(world) -> None:
    (dna,) = await world.items("company_dna")
    await world.edit(dna, summary=f"{dna.body['summary']} It has a second workshop now.")
    await world.drain("company_dna")
    assert await world.approve_all("company_dna") == 1
    await world.drain("personas")


# DNA


async def test_dna_approved_a_second_time_replaces_nobody(make_world):
    world = await make_world(tier="BASIC")
    await world.reach_topics()
    before = [(one.id, one.status, one.current_version) for one in await world.items("persona")]
    assert [status for _, status, _ in before].count("approved") == 3

    await approve_dna_again(world)

    after = [(one.id, one.status, one.current_version) for one in await world.items("persona")]
    assert after == before
    assert {one.status for one in await world.jobs("personas")} == {"completed"}


async def test_dna_approved_before_anybody_was_chosen_replaces_nobody_either(make_world):
    world = await make_world()
    await world.reach_personas()
    before = [(one.id, one.current_version) for one in await world.items("persona")]
    await approve_dna_again(world)
    assert [(one.id, one.current_version) for one in await world.items("persona")] == before


async def test_the_next_topics_are_found_from_the_new_dna(make_world):
    world = await make_world(quota=2)
    await world.reach_topics()
    await approve_dna_again(world)
    (topic, _) = await world.items("topic")
    await world.decide(topic, Action.REJECT)
    await world.materialize("topics")
    rows = await world.seed.rows(
        "SELECT request FROM posthub.generation WHERE company_id = :id AND kind = 'TopicsBrief'"
        " ORDER BY created_at",
        id=world.company_id,
    )
    told = [row.request["dna"]["summary"].endswith("second workshop now.") for row in rows]
    assert told == [False, True]


async def test_an_organisation_may_have_its_dna_approved_by_itself(make_world):
    world = await make_world(dna_gate="automatic")
    await world.hurry()
    await world.drain("company_sources", "company_dna")
    (dna,) = await world.items("company_dna")
    assert dna.status == "approved"
    (decision,) = await world.seed.rows(
        "SELECT * FROM posthub.decision WHERE content_id = :id", id=dna.id
    )
    assert (decision.sha256, decision.decided_by) == (dna.sha256, None)

    await world.drain("personas")
    assert len(await world.items("persona", "in_review")) == 6


async def test_by_default_dna_waits_for_a_person(make_world):
    world = await make_world()
    await world.hurry()
    await world.drain("company_sources", "company_dna", "personas")
    assert [one.status for one in await world.items("company_dna")] == ["in_review"]
    assert await world.items("persona") == []
    report = await world.materialize("company_dna")
    assert report.waiting_for == "Waiting for a person: 1 to decide."


async def test_new_sources_make_an_undecided_dna_anew_and_leave_an_approved_one(make_world):
    world = await make_world()
    await world.hurry()
    await world.drain("company_sources", "company_dna")
    await world.materialize("company_sources")
    await world.drain("company_dna")
    (dna,) = await world.items("company_dna")
    assert (dna.status, dna.current_version) == ("in_review", 2)

    await world.approve_all("company_dna")
    await world.materialize("company_sources")
    await world.drain("company_dna")
    (dna,) = await world.items("company_dna")
    assert (dna.status, dna.current_version) == ("approved", 2)


# Personas


async def test_a_rejected_persona_is_replaced_by_hand_by_another_character(make_world):
    world = await make_world()
    await world.reach_personas()
    unwanted, *others = await world.items("persona")
    await world.decide(unwanted, Action.REJECT, reason="Nobody here talks like that.")

    await world.materialize("personas")

    living = await world.items("persona", "in_review")
    (new,) = [one for one in living if one.id not in {one.id for one in others}]
    assert len(living) == 6
    assert new.place == unwanted.place
    for trait in ("name", "archetype", "mbti"):
        assert len({one.body[trait] for one in living}) == 6


async def test_who_was_put_away_may_be_chosen_later(make_world):
    world = await make_world()
    await world.reach_topics()
    away = await world.items("persona", "archived")
    active = await world.items("persona", "approved")
    assert (len(away), len(active)) == (3, 3)
    await world.choose([*active[:2], away[0]])
    assert (await world.item(away[0].id)).status == "approved"
    assert (await world.item(active[2].id)).status == "archived"


async def test_a_revised_persona_is_a_new_version_of_the_same_one(make_world):
    world = await make_world()
    await world.reach_personas()
    persona = (await world.items("persona"))[2]
    await world.decide(persona, Action.REQUEST_CHANGES, reason="Less of a joker.")
    await world.drain("personas")
    revised = await world.item(persona.id)
    assert (revised.current_version, revised.status) == (2, "in_review")
    assert revised.body["name"] != persona.body["name"]
    assert len(await world.items("persona")) == 6


async def test_every_tier_gets_its_personas_all_of_them_different(make_world):
    for tier, count in (("PRO", 6), ("ULTIMATE", 12)):
        world = await make_world(tier=tier)
        await world.reach_personas()
        cast = await world.items("persona")
        assert len(cast) == count
        for trait in ("name", "archetype", "mbti"):
            assert len({one.body[trait] for one in cast}) == count


# Months


async def open_it(world, month: date, today: date, opened_by: str = "command") -> months.MonthRow:
    async with world.api.transaction(world.scope) as connection:
        return await months.open_month(
            connection,
            world.organization_id,
            world.company_id,
            month,
            opened_by=opened_by,
            today=today,
        )


async def test_a_month_opened_twice_is_opened_once_and_makes_nothing_twice(make_world):
    world = await make_world(open_month=False)
    today = datetime.now(UTC).date()
    first = await open_it(world, world.month, today)
    await world.reach_topics()
    made = {one.id for one in await world.items("topic")}
    assert (first.is_new, first.waits_for_personas, len(made)) == (True, True, 12)

    again = await open_it(world, world.month, today, "api")
    await world.drain("topics")

    assert (again.is_new, again.opened_by, again.quota) == (False, "command", 12)
    assert {one.id for one in await world.items("topic")} == made
    assert len(await world.jobs("topics")) == 1


async def test_the_quota_that_held_at_the_opening_stays_when_the_tier_changes(make_world):
    world = await make_world(tier="BASIC", quota=2)
    await world.reach_topics()
    async with world.seed.database.engine.begin() as connection:
        from sqlalchemy import text

        await connection.execute(
            text("UPDATE posthub.company SET tier = 'PRO' WHERE id = :id"), {"id": world.company_id}
        )
    await world.materialize("topics")
    assert len(await world.items("topic")) == 2


async def test_choosing_personas_opens_the_current_month_with_a_share_of_the_quota(make_world):
    world = await make_world(open_month=False, tier="BASIC")
    await world.reach_personas()
    chosen = await world.items("persona")
    today = date(2026, 12, 16)
    async with world.api.transaction(world.scope) as connection:
        from resources.database.repositories import personas

        result = await personas.set_active(
            connection,
            actor=world.actor,
            company_id=world.company_id,
            choices=[personas.Choice(one.id, one.current_version) for one in chosen[:3]],
            today=today,
        )
    assert result.months == (date(2026, 12, 1),)
    (row,) = await world.seed.rows(
        "SELECT quota, starts_on FROM posthub.company_month WHERE company_id = :id",
        id=world.company_id,
    )
    assert 1 <= row.quota < 12
    assert row.starts_on == today


async def test_a_past_month_is_refused_and_nothing_is_written(make_world):
    world = await make_world(open_month=False)
    today = datetime.now(UTC).date()
    with pytest.raises(InvalidInput, match="is in the past"):
        await open_it(world, add_months(today, -1), today)
    rows = await world.seed.rows(
        "SELECT 1 FROM posthub.company_month WHERE company_id = :id", id=world.company_id
    )
    assert rows == []


async def test_on_the_20th_in_its_zone_a_company_gets_its_next_month_and_only_once(make_world):
    world = await make_world(open_month=False)
    evening = datetime(2026, 12, 19, 22, 30, tzinfo=UTC)  # the 19th, in Prague too
    midnight = evening + timedelta(hours=1)  # the 20th in Prague
    upkeep = world.tools.upkeep

    async def opened() -> list[date]:
        rows = await world.seed.rows(
            "SELECT month FROM posthub.company_month WHERE company_id = :id ORDER BY 1",
            id=world.company_id,
        )
        return [row.month for row in rows]

    await upkeep.open_due_months(evening)
    assert await opened() == []
    await upkeep.open_due_months(midnight)
    await upkeep.open_due_months(midnight)
    assert await opened() == [date(2027, 1, 1)]


async def test_a_company_that_is_not_active_gets_no_month(make_world):
    world = await make_world(open_month=False)
    async with world.seed.database.engine.begin() as connection:
        from sqlalchemy import text

        await connection.execute(
            text("UPDATE posthub.company SET is_active = false WHERE id = :id"),
            {"id": world.company_id},
        )
    await world.tools.upkeep.open_due_months(datetime(2026, 12, 25, tzinfo=UTC))
    rows = await world.seed.rows(
        "SELECT 1 FROM posthub.company_month WHERE company_id = :id", id=world.company_id
    )
    assert rows == []


async def test_marketing_events_get_their_topics(make_world):
    world = await make_world(quota=4)
    day = world.month + timedelta(days=14)
    async with world.api.transaction(Scope.of(world.organization_id)) as connection:
        from sqlalchemy import text

        from resources.ids import new_id

        await connection.execute(
            text(
                "INSERT INTO posthub.marketing_event (id, organization_id, company_id, on_date,"
                " title) VALUES (:id, :o, :c, :day, 'Spring cleaning')"
            ),
            {"id": new_id(), "o": world.organization_id, "c": world.company_id, "day": day},
        )
    await world.reach_topics()
    served = [one for one in await world.items("topic") if one.body["event"]]
    assert [one.body["event"] for one in served] == ["Spring cleaning"]
    assert day - timedelta(days=7) <= date.fromisoformat(served[0].body["planned_on"]) <= day
