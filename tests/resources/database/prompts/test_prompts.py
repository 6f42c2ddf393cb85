"""Which version of a prompt a company is served, and a job keeps."""

from __future__ import annotations

import time
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import event

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.experiments import Arm, arm_of
from resources.database.engine import EVERYTHING, Scope
from resources.database.repositories import prompts
from resources.ids import new_id
from resources.prompt_library.rendering import render
from resources.prompt_library.template import to_text

pytestmark = pytest.mark.anyio


async def test_everybody_is_served_the_platforms_version(
    library, api_database, factory_database, company, code
):
    assert await library.served(api_database, company, code) == (
        await library.served(factory_database, company, code)
    )
    found = await library.served(api_database, company, code)
    assert (found.code, found.version, found.source) == (code, 1, "file")
    assert (found.experiment_id, found.arm, found.label) == (None, "", "production")
    assert render(found, {"company": "Kolna"}).user == "First Kolna"


async def test_a_version_is_served_as_it_was_written(library, api_database, company, code):
    found = await library.served(api_database, company, code)
    assert to_text(found) == to_text(library.prompt(code))
    assert found.file_name == f"editorial/{code.lower()}.en.md"


async def test_a_language_has_its_own_variant_or_the_general_one(
    library, api_database, company, code
):
    await library.released(library.prompt(code, "Prvni", "cs"))
    assert (await library.served(api_database, company, code, "cs")).language == "cs"
    assert (await library.served(api_database, company, code, "uk")).language == "en"
    assert (await library.served(api_database, company, code, "de")).language == "en"


async def test_an_organisations_own_version_comes_first_and_is_nobody_elses(
    library, api_database, seed, company, code
):
    await library.imported(api_database, library.prompt(code, "Own"), company.organization_id)
    found = await library.served(api_database, company, code, "cs")
    assert (found.organization_id, found.version) == (company.organization_id, 1)
    assert found.user_text.startswith("Own")
    other = await seed.company()
    assert (await library.served(api_database, other, code)).user_text.startswith("First")
    # Also for somebody who sees both organisations.
    assert (
        await library.served(api_database, other, code, scope=EVERYTHING)
    ).organization_id is None


async def test_asking_for_another_organisation_does_not_show_its_version(
    library, api_database, seed, company, code
):
    await library.imported(api_database, library.prompt(code, "Own"), company.organization_id)
    stranger = await seed.company()
    scope = Scope.of(stranger.organization_id)
    found = await library.served(api_database, company, code, scope=scope)
    assert found.user_text.startswith("First")
    async with api_database.transaction(scope) as connection:
        own = await prompts.history(connection, code, organization_id=company.organization_id)
        assert own == []


async def test_what_has_no_label_is_not_served(library, api_database, company, code):
    with pytest.raises(NotFound, match="No version of the prompt"):
        await library.served(api_database, company, code, label="candidate")
    with pytest.raises(NotFound, match="NO_SUCH_CODE is in production"):
        await library.served(api_database, company, "NO_SUCH_CODE")


async def test_serving_is_one_query(library, api_database, company, code):
    statements: list[str] = []
    engine = api_database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    await library.served(api_database, company, code)
    assert len([one for one in statements if "prompt_version" in one]) == 1
    assert len(statements) == 1  # the scope is set through the driver


async def test_a_pinned_version_is_found_by_its_id(library, factory_database, company, code):
    found = await library.served(factory_database, company, code)
    await library.imported(factory_database, library.prompt(code, "Second"))
    async with factory_database.transaction(Scope.of(company.organization_id)) as connection:
        assert (await prompts.by_id(connection, found.id)).user_text.startswith("First")
        with pytest.raises(NotFound):
            await prompts.by_id(connection, new_id())


async def test_a_served_version_knows_its_arm(library, api_database, company, code):
    candidate = await library.imported(
        api_database, library.prompt(code, "Second"), label="candidate"
    )
    control = await library.served(api_database, company, code)
    experiment = await library.experiment(control, candidate, 40)
    arms = set()
    for _ in range(12):
        one = replace(company, id=new_id())
        found = await library.served(api_database, one, code, "cs")
        arm = arm_of(experiment, one.id, 40)
        assert found.arm == arm.value
        assert found.experiment_id == experiment
        assert found.version == (2 if arm is Arm.CANDIDATE else 1)
        assert (await library.served(api_database, one, code, "cs")).arm == found.arm
        arms.add(arm)
    assert arms == {Arm.CONTROL, Arm.CANDIDATE}
    # An own version is no part of the platform's experiment.
    await library.imported(api_database, library.prompt(code, "Own"), company.organization_id)
    assert (await library.served(api_database, company, code)).experiment_id is None


async def test_serving_takes_little_time(api_database, company, code):
    scope = Scope.of(company.organization_id)
    took = []
    async with api_database.transaction(scope) as connection:
        for _ in range(30):
            began = time.perf_counter()
            await prompts.serve(
                connection,
                organization_id=company.organization_id,
                company_id=company.id,
                code=code,
                language="cs",
            )
            took.append(time.perf_counter() - began)
    assert min(took) < 0.02


async def test_a_job_keeps_the_version_that_it_began_with(library, factory_database, company, code):
    job_id = await library.job(company)
    first = await library.pinned(factory_database, company, code, job_id)
    await library.imported(factory_database, library.prompt(code, "Second"))
    assert await library.pinned(factory_database, company, code, job_id) == first
    assert (await library.pinned(factory_database, company, code, None)).version == 2
    assert (await library.pinned(factory_database, company, code, new_id())).version == 2


async def test_a_job_is_pinned_to_the_first_prompt_that_it_asks_for(
    library, factory_database, seed, company, code
):
    other = f"T{uuid4().hex.upper()}"
    await library.released(library.prompt(other))
    job_id = await library.job(company)
    first = await library.pinned(factory_database, company, code, job_id)
    assert (await library.pinned(factory_database, company, other, job_id)).code == other
    assert (await library.pinned(factory_database, company, code, job_id)).id == first.id
    rows = await seed.rows("SELECT prompt_version_id FROM posthub.job WHERE id = :id", id=job_id)
    assert rows[0].prompt_version_id == first.id


async def test_a_pinned_job_stays_in_its_arm(library, factory_database, company, code):
    candidate = await library.imported(
        factory_database, library.prompt(code, "Second"), label="candidate"
    )
    control = await library.served(factory_database, company, code)
    experiment = await library.experiment(control, candidate, 99)
    for version_id, arm in ((control.id, "control"), (candidate.id, "candidate")):
        job_id = await library.job(
            company, prompt_version_id=version_id, round=3 if arm == "control" else 4
        )
        found = await library.pinned(factory_database, company, code, job_id)
        assert (found.id, found.arm, found.experiment_id) == (version_id, arm, experiment)


async def test_a_version_of_another_organisation_is_not_found_by_its_id(
    library, api_database, seed, company, code
):
    own = await library.imported(api_database, library.prompt(code, "Own"), company.organization_id)
    stranger = await seed.company()
    async with api_database.transaction(Scope.of(stranger.organization_id)) as connection:
        with pytest.raises(NotFound):
            await prompts.by_id(connection, own.id)
