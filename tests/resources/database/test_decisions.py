"""The contract of a decision, on a real PostgreSQL, as the API's role."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Action, Kind, Status
from posthub_assets.domain.errors import (
    Conflict,
    IllegalTransition,
    InvalidInput,
    NotFound,
    OwnVersion,
    PostHubError,
    StaleVersion,
)
from posthub_assets.domain.people import Actor, Role
from resources.database.engine import Database, Scope, open_database
from resources.database.repositories.decisions import DecisionResult, decide
from resources.ids import new_id

pytestmark = pytest.mark.anyio


async def make_actor(seed, organization_id: UUID, role: Role = Role.SUPERVISOR) -> Actor:
    person = await seed.person(organization_id, role.value)
    return Actor(person.id, roles={organization_id: role})


async def say(
    database: Database, actor: Actor, content_id: UUID, action: Action = Action.APPROVE, **more
) -> DecisionResult:
    scope = Scope(readable=tuple(actor.roles), person=actor.user_id)
    async with database.transaction(scope) as connection:
        return await decide(
            connection,
            actor=actor,
            content_id=content_id,
            action=action,
            **{"version": 1, **more},
        )


async def status_of(seed, content_id: UUID) -> str:
    rows = await seed.rows("SELECT status FROM posthub.content WHERE id = :id", id=content_id)
    return rows[0].status


async def traces(seed, content_id: UUID) -> dict[str, int]:
    rows = await seed.rows(
        """
        SELECT (SELECT count(*) FROM posthub.decision WHERE content_id = :id) AS decisions,
            (SELECT count(*) FROM posthub.decision_origin o JOIN posthub.decision d
                ON d.id = o.decision_id WHERE d.content_id = :id) AS origins,
            (SELECT count(*) FROM posthub.audit WHERE subject_id = CAST(:id AS text)) AS audits,
            (SELECT count(*) FROM posthub.outbox
                WHERE payload ->> 'content_id' = CAST(:id AS text)) AS messages,
            (SELECT count(*) FROM posthub.job WHERE content_id = :id) AS jobs
        """,
        id=content_id,
    )
    return dict(rows[0]._mapping)


async def test_an_approval_signs_the_bytes_and_asks_for_what_follows(api_database, seed):
    company = await seed.company()
    topic = await seed.item(company)
    actor = await make_actor(seed, company.organization_id)
    result = await say(api_database, actor, topic.id, ip="192.0.2.1", user_agent="a browser")

    assert (result.status, result.sha256) == (Status.APPROVED, topic.sha256)
    rows = await seed.rows(
        "SELECT d.*, o.ip, o.user_agent FROM posthub.decision d"
        " JOIN posthub.decision_origin o ON o.decision_id = d.id WHERE d.content_id = :id",
        id=topic.id,
    )
    assert (rows[0].sha256, rows[0].version_id) == (topic.sha256, topic.version_id)
    assert (rows[0].decided_by, rows[0].ip, rows[0].user_agent) == (
        actor.user_id,
        "192.0.2.1",
        "a browser",
    )
    kinds = await seed.rows(
        "SELECT kind, source_version_id FROM posthub.job WHERE company_id = :id ORDER BY kind",
        id=company.id,
    )
    assert [tuple(kind) for kind in kinds] == [
        ("create_blog_posts", topic.version_id),
        ("create_content_calendar", None),
    ]


async def test_decision_job_audit_and_outbox_are_one_transaction(api_database, seed):
    company = await seed.company()
    topic = await seed.item(company)
    actor = await make_actor(seed, company.organization_id)
    scope = Scope.of(company.organization_id, actor.user_id)

    class Broken(Exception):
        pass

    with pytest.raises(Broken):
        async with api_database.transaction(scope) as connection:
            await decide(
                connection, actor=actor, content_id=topic.id, action=Action.APPROVE, version=1
            )
            raise Broken
    nothing = dict.fromkeys(("decisions", "origins", "audits", "messages", "jobs"), 0)
    assert await traces(seed, topic.id) == nothing
    assert await status_of(seed, topic.id) == "in_review"

    await say(api_database, actor, topic.id)
    assert await traces(seed, topic.id) == dict.fromkeys(nothing, 1)


async def test_of_a_hundred_parallel_decisions_one_wins(database_urls, seed):
    company = await seed.company()
    topic = await seed.item(company)
    people = [await make_actor(seed, company.organization_id) for _ in range(4)]
    database = open_database(database_urls.api, pool_size=20)

    async def attempt(number: int) -> str:
        action = (Action.APPROVE, Action.REJECT, Action.REQUEST_CHANGES)[number % 3]
        try:
            await say(database, people[number % 4], topic.id, action, reason="because")
        except PostHubError as error:
            return error.code
        return "won"

    outcomes = Counter(await asyncio.gather(*(attempt(n) for n in range(100))))
    await database.close()

    assert outcomes == {"won": 1, "illegal-transition": 99}
    assert (await traces(seed, topic.id))["decisions"] == 1


async def test_a_version_that_is_no_longer_current_is_refused(api_database, seed):
    company = await seed.company()
    topic = await seed.item(company, current_version=1)
    await seed.insert(
        "content_version",
        id=new_id(),
        organization_id=company.organization_id,
        content_id=topic.id,
        number=2,
        body={"title": "newer"},
        sha256="b" * 64,
        word_count=1,
    )
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.content SET current_version = 2 WHERE id = :id"), {"id": topic.id}
        )
    actor = await make_actor(seed, company.organization_id)

    with pytest.raises(StaleVersion) as caught:
        await say(api_database, actor, topic.id)
    assert (caught.value.given, caught.value.current) == (1, 2)
    assert (await say(api_database, actor, topic.id, version=2)).sha256 == "b" * 64


async def test_another_organisations_item_is_not_there(api_database, seed):
    company = await seed.company()
    topic = await seed.item(company)
    stranger = await make_actor(seed, await seed.organization())

    with pytest.raises(NotFound) as foreign:
        await say(api_database, stranger, topic.id)
    with pytest.raises(NotFound) as unknown:
        await say(api_database, stranger, new_id())
    assert str(foreign.value) == str(unknown.value)
    assert (await traces(seed, topic.id))["audits"] == 0


async def test_an_administrator_decides_everywhere(api_database, seed):
    company = await seed.company()
    topic = await seed.item(company)
    person = await seed.person(is_admin=True)
    actor = Actor(person.id, is_admin=True)
    async with api_database.transaction(Scope(readable=None, person=person.id)) as connection:
        result = await decide(
            connection, actor=actor, content_id=topic.id, action=Action.APPROVE, version=1
        )
    assert result.status is Status.APPROVED


async def test_under_four_eyes_a_supervisor_does_not_approve_what_they_wrote(api_database, seed):
    organization_id = await seed.organization(four_eyes=True)
    company = await seed.company(organization_id)
    author = await make_actor(seed, organization_id)
    topic = await seed.item(company, author=author.user_id)

    with pytest.raises(OwnVersion):
        await say(api_database, author, topic.id)
    assert await status_of(seed, topic.id) == "in_review"
    marketer = await make_actor(seed, organization_id, Role.MARKETER)
    assert (await say(api_database, marketer, topic.id)).status is Status.APPROVED


async def test_without_four_eyes_a_single_supervisor_approves_their_own_version(api_database, seed):
    company = await seed.company()
    author = await make_actor(seed, company.organization_id)
    topic = await seed.item(company, author=author.user_id)
    assert (await say(api_database, author, topic.id)).status is Status.APPROVED


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.IN_REVIEW])
async def test_only_what_is_in_review_is_decided_about(api_database, seed, status):
    company = await seed.company()
    topic = await seed.item(company, status=status)
    actor = await make_actor(seed, company.organization_id)
    with pytest.raises(IllegalTransition, match=status.value):
        await say(api_database, actor, topic.id)


async def test_an_approved_item_with_a_time_is_scheduled(api_database, seed):
    company = await seed.company()
    at = datetime(2026, 12, 3, 9, tzinfo=UTC)
    post = await seed.item(company, kind=Kind.SOCIAL_POST, scheduled_at=at)
    actor = await make_actor(seed, company.organization_id)
    assert (await say(api_database, actor, post.id)).status is Status.SCHEDULED


async def test_a_rejected_item_calls_for_no_work(api_database, seed):
    company = await seed.company()
    topic = await seed.item(company)
    actor = await make_actor(seed, company.organization_id)
    result = await say(api_database, actor, topic.id, Action.REJECT, reason="off topic")
    assert (result.status, result.job_ids) == (Status.REJECTED, ())


async def test_a_change_request_begins_a_round_and_says_why(api_database, seed):
    company = await seed.company()
    topic = await seed.item(company)
    actor = await make_actor(seed, company.organization_id)
    spans = [{"start": 0, "end": 5, "quote": "Title"}]
    result = await say(
        api_database,
        actor,
        topic.id,
        Action.REQUEST_CHANGES,
        reason="shorter, please",
        reason_codes=["length"],
        spans=spans,
    )
    rows = await seed.rows(
        "SELECT c.round, j.kind, j.round AS job_round, d.reason, d.reason_codes, d.spans"
        " FROM posthub.content c JOIN posthub.job j ON j.content_id = c.id"
        " JOIN posthub.decision d ON d.content_id = c.id WHERE c.id = :id",
        id=topic.id,
    )
    assert result.status is Status.CHANGES_REQUESTED
    assert tuple(rows[0]) == (1, "revise_topics", 1, "shorter, please", ["length"], spans)


async def test_after_three_rounds_a_person_writes(api_database, seed):
    company = await seed.company()
    topic = await seed.item(company, round=3)
    actor = await make_actor(seed, company.organization_id)
    result = await say(api_database, actor, topic.id, Action.REQUEST_CHANGES, reason="once more")
    assert result.job_ids == ()
    assert "A person writes" in result.message


async def test_a_change_request_without_a_reason_is_refused(api_database, seed):
    company = await seed.company()
    topic = await seed.item(company)
    actor = await make_actor(seed, company.organization_id)
    with pytest.raises(InvalidInput, match="what should change"):
        await say(api_database, actor, topic.id, Action.REQUEST_CHANGES)


async def test_approving_an_image_archives_its_siblings(api_database, seed):
    company = await seed.company()
    post = await seed.item(company, kind=Kind.SOCIAL_POST, status=Status.APPROVED)
    images = [await seed.item(company, kind=Kind.IMAGE, parent=post) for _ in range(3)]
    rejected = await seed.item(company, kind=Kind.IMAGE, parent=post, status=Status.REJECTED)
    actor = await make_actor(seed, company.organization_id)
    await say(api_database, actor, images[1].id)
    found = [await status_of(seed, image.id) for image in (*images, rejected)]
    assert found == ["archived", "approved", "archived", "rejected"]


async def test_of_parallel_approvals_of_sibling_images_one_wins(database_urls, seed):
    company = await seed.company()
    post = await seed.item(company, kind=Kind.SOCIAL_POST, status=Status.APPROVED)
    images = [await seed.item(company, kind=Kind.IMAGE, parent=post) for _ in range(6)]
    actor = await make_actor(seed, company.organization_id)
    database = open_database(database_urls.api, pool_size=6)
    answers = await asyncio.gather(
        *(say(database, actor, image.id) for image in images), return_exceptions=True
    )
    await database.close()
    assert sum(isinstance(answer, DecisionResult) for answer in answers) == 1
    assert sum(isinstance(answer, IllegalTransition) for answer in answers) == 5


async def test_a_tier_without_images_gets_none(api_database, seed):
    company = await seed.company(tier="BASIC")
    post = await seed.item(company, kind=Kind.SOCIAL_POST)
    actor = await make_actor(seed, company.organization_id)
    await say(api_database, actor, post.id)
    rows = await seed.rows("SELECT kind FROM posthub.job WHERE company_id = :id", id=company.id)
    assert [row.kind for row in rows] == ["create_content_calendar"]


async def test_the_tier_of_the_opened_month_counts(api_database, seed):
    company = await seed.company(tier="BASIC")
    await seed.insert(
        "company_month",
        organization_id=company.organization_id,
        company_id=company.id,
        month=datetime(2026, 12, 1).date(),  # noqa: DTZ001
        tier="PRO",
        quota=24,
        starts_on=datetime(2026, 12, 1).date(),  # noqa: DTZ001
        opened_by="command",
    )
    post = await seed.item(company, kind=Kind.SOCIAL_POST)
    actor = await make_actor(seed, company.organization_id)
    await say(api_database, actor, post.id)
    rows = await seed.rows(
        "SELECT kind FROM posthub.job WHERE company_id = :id ORDER BY kind", id=company.id
    )
    assert [row.kind for row in rows] == ["create_content_calendar", "create_image_variants"]


async def test_a_persona_is_not_approved_alone(api_database, seed):
    company = await seed.company()
    persona = await seed.item(company, kind=Kind.PERSONA, month=None)
    actor = await make_actor(seed, company.organization_id)
    with pytest.raises(Conflict, match="personas/active"):
        await say(api_database, actor, persona.id)


async def test_an_erased_version_is_not_approved(api_database, seed):
    company = await seed.company()
    topic = await seed.item(company)
    scope = Scope.of(company.organization_id)
    async with api_database.transaction(scope) as connection:
        erased = await connection.execute(
            text("SELECT posthub.erase_version(:id)"), {"id": topic.version_id}
        )
        assert erased.scalar_one() is True
    actor = await make_actor(seed, company.organization_id)
    with pytest.raises(Conflict, match="erased"):
        await say(api_database, actor, topic.id)
