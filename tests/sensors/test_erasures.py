"""When an erasure is asked for: something is due, nobody is at it, and no run would write more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test
from sqlalchemy import text

from posthub_assets.domain.erasing import Reason
from posthub_assets.jobs import erase
from resources.database.engine import Scope
from resources.database.repositories import erasures as receipts
from resources.settings import load_settings
from resources.watch import Watch
from sensors.erasures import erasures


@dataclass
class Due:
    """Answers like a watch: the runs of each erasure that is due."""

    runs: list[tuple[str, ...]] = field(default_factory=list)

    def erasures_due(self) -> list[tuple[str, ...]]:
        return self.runs


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as found:
        yield found


def look(instance: dg.DagsterInstance, *runs: tuple[str, ...]) -> Any:
    with dg.build_sensor_context(instance=instance) as context:
        return erasures(context, watch=Due(list(runs)))


def run_of(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, job: str = "drain") -> str:
    return create_run_for_test(instance, job_name=job, status=status).run_id


def test_without_an_erasure_nothing_is_asked_for(instance):
    assert isinstance(look(instance), dg.SkipReason)


def test_a_due_erasure_asks_for_a_run(instance):
    ended = run_of(instance, dg.DagsterRunStatus.SUCCESS)
    assert isinstance(look(instance, (ended,)), dg.RunRequest)
    assert isinstance(look(instance, ()), dg.RunRequest)


def test_it_waits_for_runs_that_would_write_more(instance):
    going = run_of(instance, dg.DagsterRunStatus.STARTED)
    said = look(instance, (going,))
    assert isinstance(said, dg.SkipReason) and "under way" in str(said.skip_message)
    assert isinstance(look(instance, (going,), ()), dg.RunRequest), "another one need not wait"


def test_one_run_at_a_time(instance):
    run_of(instance, dg.DagsterRunStatus.STARTED, erase.name)
    assert isinstance(look(instance, ()), dg.SkipReason)


@pytest.mark.anyio
async def test_the_watch_sees_what_is_due_and_not_what_can_be_restored(
    seed, database_urls, api_database
):
    watch = Watch(load_settings({"POSTHUB_FACTORY_DATABASE_URL": database_urls.factory}))
    before = len(watch.erasures_due())
    company = await seed.company()
    scope = Scope.of(company.organization_id)
    mark = watch.companies_mark()
    async with api_database.transaction(scope) as connection:
        subject = await receipts.company(connection, company.id)
        await receipts.delete_company(
            connection, subject, reason=Reason.OTHER, asked_by=None, at_once=False
        )
    assert watch.companies_mark() != mark
    assert company.partition_key not in watch.company_keys()
    assert len(watch.erasures_due()) == before
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.erasure SET due_at = now() WHERE subject_id = :id"),
            {"id": company.id},
        )
    assert len(watch.erasures_due()) == before + 1
    watch._engine.dispose()
