"""When runs are asked for: work is due, nobody is at it, and no sooner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.storage.runs.schema import RunsTable, RunTagsTable
from dagster._core.test_utils import create_run_for_test
from sqlalchemy import text

from posthub_assets.definitions import defs
from posthub_assets.domain.flow import ASSETS, JobRequest
from resources.database.engine import EVERYTHING, Scope
from resources.database.repositories import jobs
from resources.settings import load_settings
from resources.watch import JobDemand, Watch
from sensors.companies import company_partitions
from sensors.reconciler import reconciler
from sensors.work import DRAIN_TAG, work_sensor

pytestmark = pytest.mark.anyio


@dataclass
class Board:
    """Answers like a watch, from what the test wrote on it."""

    due: int = 0
    overdue: int = 0
    live_workers: int = 0
    companies: list[str] = field(default_factory=list)
    missing: int = 0
    seen_alive: int = 0

    def say_alive(self) -> None:
        self.seen_alive += 1

    def demand(self, asset: str) -> JobDemand:
        return JobDemand(self.due, self.overdue, self.live_workers)

    def companies_mark(self) -> str:
        return ",".join(self.companies)

    def company_keys(self) -> list[str]:
        return sorted(self.companies)

    def missing_work(self, after: str = "") -> tuple[int, str]:
        return self.missing, f"{after}+"


@pytest.fixture(scope="module")
def whole_instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as found:
        yield found


@pytest.fixture
def instance(whole_instance) -> dg.DagsterInstance:
    """Dagster's instance without runs and companies."""
    with whole_instance.run_storage.connect() as connection:
        connection.execute(RunTagsTable.delete())
        connection.execute(RunsTable.delete())
    for key in whole_instance.get_dynamic_partitions("companies"):
        whole_instance.delete_dynamic_partition("companies", key)
    return whole_instance


def look(instance, watch, asset: str = "topics"):
    """Evaluate a tick as the daemon does; give the run requests, or the reason why none."""
    context = dg.build_sensor_context(instance=instance, resources={"watch": watch})
    data = work_sensor(asset).evaluate_tick(context)
    return data.run_requests or data.skip_message


def a_run(instance, status: dg.DagsterRunStatus, asset: str = "topics", age_s: float = 0) -> None:
    run = create_run_for_test(instance, job_name=f"drain_{asset}", tags={DRAIN_TAG: asset})
    then = (datetime.now(UTC) - timedelta(seconds=age_s)).replace(tzinfo=None)
    with instance.run_storage.connect() as connection:
        connection.execute(
            RunsTable.update()
            .where(RunsTable.c.run_id == run.run_id)
            .values(status=status.value, create_timestamp=then, update_timestamp=then)
        )


STATUS = dg.DagsterRunStatus


def test_work_that_is_due_asks_for_one_draining_run(instance):
    (request,) = look(instance, Board(due=40))
    assert request.tags[DRAIN_TAG] == "topics"
    assert request.run_key is None, "a key would be spent by a run that fails"
    assert request.partition_key is None, "one run serves many company-months"


def test_nothing_due_asks_for_nothing(instance):
    assert look(instance, Board()) == "No work is due."


def test_a_tick_that_is_evaluated_twice_asks_the_same_and_changes_nothing(instance):
    board = Board(due=1)
    first, second = look(instance, board), look(instance, board)
    assert len(first) == len(second) == 1
    assert instance.get_runs_count() == 0


def test_a_live_lease_asks_for_nothing_and_says_who_is_at_it(instance):
    said = look(instance, Board(due=3, live_workers=1))
    assert said == "3 jobs are due; 1 runs are at it."


@pytest.mark.parametrize("status", [STATUS.QUEUED, STATUS.NOT_STARTED, STATUS.STARTING])
def test_a_run_that_is_starting_is_waited_for(instance, status):
    a_run(instance, status)
    assert isinstance(look(instance, Board(due=3, overdue=3)), str)


def test_a_run_that_has_not_begun_after_two_minutes_is_not_counted_on(instance):
    a_run(instance, STATUS.QUEUED, age_s=121)
    assert len(look(instance, Board(due=3, overdue=3))) == 1


def test_another_assets_runs_do_not_count(instance):
    a_run(instance, STATUS.STARTING, asset="blog_posts")
    assert len(look(instance, Board(due=1))) == 1


def test_a_run_shown_as_started_without_a_lease_does_not_stand_in_the_way_for_long(instance):
    a_run(instance, STATUS.STARTED)
    assert isinstance(look(instance, Board(due=1, overdue=0)), str), "it may be waiting for more"
    assert len(look(instance, Board(due=1, overdue=1))) == 1, "it is dead, for all we know"


def test_after_a_failed_run_there_is_a_pause_of_half_a_minute(instance):
    a_run(instance, STATUS.FAILURE)
    assert isinstance(look(instance, Board(due=9, overdue=9)), str)


def test_after_the_pause_a_failed_run_is_forgotten(instance):
    a_run(instance, STATUS.FAILURE, age_s=40)
    assert len(look(instance, Board(due=9, overdue=9))) == 1


def test_a_second_run_is_asked_for_only_behind_much_work_that_waits(instance):
    assert isinstance(look(instance, Board(due=99, overdue=99, live_workers=1)), str)
    assert len(look(instance, Board(due=150, overdue=150, live_workers=1))) == 1
    assert isinstance(look(instance, Board(due=150, overdue=150, live_workers=2)), str)


def test_every_asset_has_its_sensor_and_all_run_by_themselves():
    sensors = {one.name: one for one in defs.sensors or ()}
    assert {f"{asset}_work" for asset in ASSETS} < set(sensors)
    for one in sensors.values():
        assert one.default_status is dg.DefaultSensorStatus.RUNNING
        assert one.minimum_interval_seconds is not None


async def test_one_run_is_asked_for_after_a_dead_runs_lease_has_ended(
    instance, factory_database, database_urls, seed, tmp_path
):
    company = await seed.company()
    asset = "topics"
    settings = load_settings({"POSTHUB_HOME": str(tmp_path)})
    watch = Watch(replace(settings, factory_database_url=database_urls.factory))
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.job SET status = 'cancelled' WHERE asset = :a"), {"a": asset}
        )
    async with factory_database.transaction(Scope.of(company.organization_id)) as connection:
        await jobs.ask_for(
            connection,
            organization_id=company.organization_id,
            company_id=company.id,
            requests=[JobRequest(verb="create", asset=asset)],
        )
    assert len(look(instance, watch)) == 1
    async with factory_database.transaction(EVERYTHING) as connection:
        await jobs.claim(connection, asset=asset, worker="dead", run_id="r", limit=1)
    a_run(instance, STATUS.STARTED)
    assert isinstance(look(instance, watch), str), "its lease is alive"

    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.job SET lease_until = now() - interval '1 s' WHERE asset = :a"),
            {"a": asset},
        )
    assert len(look(instance, watch)) == 1
    watch._engine.dispose()


# Companies


def tick(instance, board, cursor=None):
    context = dg.build_sensor_context(instance=instance, resources={"watch": board}, cursor=cursor)
    return company_partitions.evaluate_tick(context)


def keys(requests) -> dict[str, list[str]]:
    return {type(one).__name__: sorted(one.partition_keys) for one in requests}


def test_partitions_are_added_for_new_companies_and_removed_for_gone_ones(instance):
    instance.add_dynamic_partitions("companies", ["old", "kept"])
    data = tick(instance, Board(companies=["kept", "new"]))
    assert keys(data.dynamic_partitions_requests) == {
        "AddDynamicPartitionsRequest": ["new"],
        "DeleteDynamicPartitionsRequest": ["old"],
    }
    assert data.cursor == "kept,new"


def test_while_no_company_comes_or_goes_nothing_is_compared(instance):
    data = tick(instance, Board(companies=["a"]), cursor="a")
    assert not data.dynamic_partitions_requests
    assert data.skip_message == "No company came or went."


def test_a_first_look_at_many_companies_asks_for_all_of_them_at_once(instance):
    companies = [f"company-{number}" for number in range(500)]
    data = tick(instance, Board(companies=companies))
    assert keys(data.dynamic_partitions_requests) == {
        "AddDynamicPartitionsRequest": sorted(companies)
    }


# The reconciler


def test_the_reconciler_asks_for_a_repair_only_where_something_is_missing(instance):
    def evaluate(board):
        context = dg.build_sensor_context(instance=instance, resources={"watch": board})
        return reconciler.evaluate_tick(context)

    board = Board()
    assert evaluate(board).skip_message == "Nothing is missing."
    assert board.seen_alive == 1, "readiness and metrics tell whether the sensors run"
    assert len(evaluate(Board(missing=2)).run_requests) == 1


def test_the_reconciler_goes_on_from_where_its_last_look_ended(instance):
    cursor = None
    for expected in ("+", "++"):
        context = dg.build_sensor_context(
            instance=instance, resources={"watch": Board()}, cursor=cursor
        )
        cursor = reconciler.evaluate_tick(context).cursor
        assert cursor == expected
