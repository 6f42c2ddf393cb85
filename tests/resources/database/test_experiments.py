"""Experiments on the real database: one at a time, judged by decisions, promoted by a person."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from posthub_assets.domain.content import Status
from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound
from resources.database.engine import EVERYTHING, Database
from resources.database.repositories import experiments, prompt_changes
from resources.database.repositories.prompts import Place, find_label
from resources.ids import new_id
from resources.prompt_library.files import parse
from resources.prompt_library.seeding import seed_prompts
from resources.prompt_library.template import Template, to_text

pytestmark = pytest.mark.anyio

FILE = """---
code: {code}
kind: text
language: en
temperature: null
max_tokens: 500
output: markdown
variables: {{}}
---
=== system ===
=== user ===
{words}
"""


def prompt(code: str, words: str) -> Template:
    return parse(FILE.format(code=code, words=words), stage="editorial")


@pytest.fixture
async def code(owner_database: Database, tmp_path: Path) -> str:
    """A prompt whose version 1 is in production, and whose version 2 waits."""
    name = f"T{uuid4().hex.upper()}"
    path = tmp_path / prompt(name, "First").file_name
    path.parent.mkdir()
    path.write_text(to_text(prompt(name, "First")), encoding="utf-8")
    async with owner_database.engine.begin() as connection:
        await connection.run_sync(lambda sync: seed_prompts(sync, tmp_path))
    async with owner_database.transaction(EVERYTHING) as connection:
        await prompt_changes.create_version(connection, prompt(name, "Second"))
    return name


async def started(database, code, **how):
    async with database.transaction(EVERYTHING) as connection:
        return await experiments.start(
            connection, code=code, **{"candidate": 2, "share_percent": 20, **how}
        )


class Work:
    """Items that were made by a version, and what was decided about them."""

    def __init__(self, seed, company) -> None:
        self.seed = seed
        self.company = company

    async def call(self, version_id: UUID, cost: str = "0.1") -> UUID:
        id_ = new_id()
        await self.seed.insert(
            "generation",
            id=id_,
            organization_id=self.company.organization_id,
            company_id=self.company.id,
            kind="text",
            provider="test",
            prompt_version_id=version_id,
            request_hash=str(id_),
            nonce="",
            status="completed",
            cost_usd=Decimal(cost),
        )
        return id_

    async def text(self, item: UUID, number: int, generation: UUID | None) -> UUID:
        id_ = new_id()
        await self.seed.insert(
            "content_version",
            id=id_,
            organization_id=self.company.organization_id,
            content_id=item,
            number=number,
            body={},
            sha256="a" * 64,
            word_count=1,
            generation_id=generation,
        )
        return id_

    async def item(self, generation: UUID | None, *words: str) -> UUID:
        """Make an item by a call; `words` are decisions, in order, each about the next version."""
        item = new_id()
        await self.seed.insert(
            "content",
            id=item,
            organization_id=self.company.organization_id,
            company_id=self.company.id,
            kind="topic",
            language="en",
            status=Status.IN_REVIEW.value,
            place=str(item),
        )
        version = await self.text(item, 1, generation)
        for number, word in enumerate(words, start=1):
            if number > 1:
                version = await self.text(item, number, None)
            if word:
                await self.decide(item, version, number, word)
        return item

    async def decide(self, item: UUID, version: UUID, number: int, word: str) -> None:
        await self.seed.insert(
            "decision",
            id=new_id(),
            organization_id=self.company.organization_id,
            content_id=item,
            version_id=version,
            version_number=number,
            sha256="a" * 64,
            action=word,
        )


@pytest.fixture
async def work(seed):
    """Items of a new company."""
    return Work(seed, await seed.company())


async def results(database, experiment):
    async with database.transaction(EVERYTHING) as connection:
        return await experiments.results(connection, experiment)


async def test_an_experiment_begins_with_production_as_its_control(owner_database, seed, code):
    person = await seed.person()
    made = await started(owner_database, code, actor_id=person.id)
    assert (made.control_version, made.candidate_version, made.share_percent) == (1, 2, 20)
    assert made.is_running
    rows = await seed.rows("SELECT * FROM posthub.audit WHERE subject_id = :id", id=str(made.id))
    assert [row.action for row in rows] == ["experiment.start"]
    assert rows[0].actor_id == person.id
    assert rows[0].after["candidate"] == 2


async def test_one_experiment_runs_with_a_prompt_at_a_time(owner_database, code):
    found = await asyncio.gather(
        *(started(owner_database, code) for _ in range(3)), return_exceptions=True
    )
    refused = [one for one in found if isinstance(one, Conflict)]
    assert len(refused) == 2
    assert f"An experiment with {code} (en) runs already" in str(refused[0])


@pytest.mark.parametrize(
    ("how", "error", "words"),
    [
        ({"share_percent": 0}, InvalidInput, "must be from 1 to 99"),
        ({"share_percent": 100}, InvalidInput, "must be from 1 to 99"),
        ({"candidate": 1}, InvalidInput, "is in production itself"),
        ({"candidate": 9}, NotFound, "no version 9"),
        ({"language": "cs"}, NotFound, "no version 2"),
    ],
)
async def test_an_experiment_that_makes_no_sense_is_refused(
    owner_database, code, how, error, words
):
    with pytest.raises(error, match=words):
        await started(owner_database, code, **how)


async def test_production_stays_where_it_is_while_an_experiment_runs(owner_database, code):
    async with owner_database.transaction(EVERYTHING) as connection:
        await prompt_changes.set_label(connection, Place(code), 2)
    await started(owner_database, code, candidate=1)
    for change in (
        lambda c: prompt_changes.set_label(c, Place(code), 1),
        lambda c: prompt_changes.rollback(c, Place(code)),
    ):
        with pytest.raises(Conflict, match=f"posthub experiments stop {code}"):
            async with owner_database.transaction(EVERYTHING) as connection:
                await change(connection)
    async with owner_database.transaction(EVERYTHING) as connection:
        await prompt_changes.set_label(connection, Place(code), 1, label="candidate")


async def test_arms_are_judged_by_the_first_word_about_the_first_version(
    owner_database, code, work
):
    made = await started(owner_database, code)
    for words in (
        ("approve",),
        ("approve", "reject"),  # an edit after the yes, refused later: it did pass at once
        ("reject",),
        ("request_changes", "approve"),
        ("", "approve"),  # edited by a person before anybody decided
        (),  # nobody decided yet
    ):
        await work.item(await work.call(made.control_id), *words)
    await work.item(await work.call(made.candidate_id), "approve")
    await work.item(None, "approve")  # written by a person
    await work.item(await work.call((await self_made(owner_database, code)).id), "approve")
    found = await results(owner_database, made)
    assert (found.control.decided, found.control.first_pass, found.control.approved) == (5, 2, 4)
    assert (found.candidate.decided, found.candidate.first_pass) == (1, 1)


async def self_made(database, code):
    """A third version, which is in no arm."""
    async with database.transaction(EVERYTHING) as connection:
        return await prompt_changes.create_version(connection, prompt(code, "Third"))


async def test_a_cost_is_shared_by_the_items_of_a_call_and_holds_every_revision(
    owner_database, code, work
):
    made = await started(owner_database, code)
    together = await work.call(made.control_id, "0.30")
    await work.item(together, "approve")
    await work.item(together, "reject")
    await work.item(together)  # undecided: its part is not counted yet
    revised = await work.item(await work.call(made.control_id, "0.5"), "request_changes")
    again = await work.text(revised, 2, await work.call(made.control_id, "0.7"))
    await work.decide(revised, again, 2, "approve")
    found = (await results(owner_database, made)).control
    assert found.cost_usd == Decimal("1.40")
    assert found.cost_approved_usd == Decimal("1.30")
    assert found.cost_squares == Decimal("1.46")
    assert found.cost_per_approved_usd == Decimal("0.70")


async def test_what_was_made_before_and_after_does_not_count(owner_database, code, work):
    before = await started(owner_database, code)
    await work.item(await work.call(before.control_id), "approve")
    async with owner_database.transaction(EVERYTHING) as connection:
        await experiments.stop(connection, before, "enough")
    await work.item(await work.call(before.control_id), "approve")
    after = await started(owner_database, code)
    assert (await results(owner_database, after)).control.decided == 0
    async with owner_database.transaction(EVERYTHING) as connection:
        ended = await experiments.experiments(connection, code=code)
    assert [one.is_running for one in ended] == [True, False]
    assert (await results(owner_database, ended[1])).control.decided == 1


async def fill(work, version_id, decided, approved):
    for number in range(decided):
        word = "approve" if number < approved else "reject"
        await work.item(await work.call(version_id), word)


async def test_a_candidate_that_is_clearly_worse_is_stopped_by_the_guardrail(
    owner_database, factory_database, seed, code, work
):
    made = await started(owner_database, code)
    await fill(work, made.control_id, 20, 19)
    await fill(work, made.candidate_id, 20, 5)
    async with factory_database.transaction(EVERYTHING) as connection:
        stopped = [
            one
            for one in await experiments.check_guardrails(connection)
            if one.experiment.id == made.id
        ]
    assert len(stopped) == 1
    assert "clearly worse: 5 of 20" in stopped[0].stopped_because
    async with owner_database.transaction(EVERYTHING) as connection:
        ended = await experiments.need_experiment(connection, code)
        assert ended.stopped_because == stopped[0].stopped_because
        label = await find_label(connection, Place(code))
        assert label is not None
        assert label.version == 1
        assert await experiments.check_guardrails(connection) == []
    rows = await seed.rows(
        "SELECT actor_kind, action FROM posthub.audit WHERE subject_id = :id ORDER BY id",
        id=str(made.id),
    )
    assert [tuple(row) for row in rows][-1] == ("system", "experiment.stop")


async def test_a_candidate_that_is_as_good_goes_on(owner_database, code, work):
    made = await started(owner_database, code)
    await fill(work, made.control_id, 20, 15)
    await fill(work, made.candidate_id, 20, 12)
    async with owner_database.transaction(EVERYTHING) as connection:
        await experiments.check_guardrails(connection)
        assert (await experiments.need_experiment(connection, code)).is_running


async def test_promoting_ends_the_experiment_and_serves_the_candidate(owner_database, seed, code):
    person = await seed.person()
    made = await started(owner_database, code)
    async with owner_database.transaction(EVERYTHING) as connection:
        version = await experiments.promote(connection, code, actor_id=person.id)
        assert version.version == 2
        label = await find_label(connection, Place(code))
        assert label is not None
        assert (label.version, label.trail) == (2, (made.control_id,))
        ended = await experiments.need_experiment(connection, code)
        assert ended.stopped_because == "Version 2 was promoted."
        with pytest.raises(NotFound, match="no experiment running"):
            await experiments.promote(connection, code)


async def test_an_experiment_ends_once_and_for_a_reason(owner_database, code):
    made = await started(owner_database, code)
    async with owner_database.transaction(EVERYTHING) as connection:
        with pytest.raises(InvalidInput, match="Say why"):
            await experiments.stop(connection, made, "  ")
        await experiments.stop(connection, made, "enough")
        with pytest.raises(Conflict, match="has ended already"):
            await experiments.stop(connection, made, "again")
