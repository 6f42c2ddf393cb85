"""An erased company leaves Dagster's storage, and nobody else's records go with it."""

from collections.abc import Iterator

import dagster as dg
import pytest
from sqlalchemy import Connection, text

from resources.dagster_erasure import erase_partition, is_busy
from resources.dagster_storage import shared_engine
from resources.ids import new_id


@pytest.fixture(scope="module")
def instance(database_urls) -> Iterator[dg.DagsterInstance]:
    storage = {"storage": {"postgres": {"postgres_url": database_urls.dagster}}}
    with dg.instance_for_test(overrides=storage) as found:
        yield found


@pytest.fixture
def connection(database_urls, instance) -> Iterator[Connection]:
    engine = shared_engine(database_urls.dagster).execution_options(
        isolation_level="READ COMMITTED"
    )
    with engine.connect() as opened:
        yield opened
        opened.rollback()


def a_key() -> str:
    return f"bakery-{new_id().hex[-12:]}"


def touch(instance: dg.DagsterInstance, *partitions: str, tags: dict[str, str] | None = None):
    """Write what a run writes that served these partitions: a run, and materializations."""

    @dg.op
    def say(context: dg.OpExecutionContext) -> None:
        for one in partitions:
            context.log_event(
                dg.AssetMaterialization("posts", partition=one, metadata={"items": one})
            )

    @dg.job(tags=tags or {})
    def saying() -> None:
        say()

    return saying.execute_in_process(instance=instance).run_id


def materialized(instance: dg.DagsterInstance) -> set[str]:
    return set(instance.get_materialized_partitions(dg.AssetKey("posts")))


def test_a_shared_runs_other_companies_keep_their_events(instance, connection):
    mine, theirs = a_key(), a_key()
    run_id = touch(instance, f"{mine}|2026-12-01", f"{theirs}|2026-12-01", mine)
    counts = erase_partition(connection, mine, [run_id])
    connection.commit()
    assert counts and counts["event_logs"] >= 2
    assert materialized(instance) & {f"{mine}|2026-12-01", mine} == set()
    assert f"{theirs}|2026-12-01" in materialized(instance)
    assert instance.get_run_by_id(run_id), "the run served others too"
    latest = instance.get_latest_materialization_event(dg.AssetKey("posts"))
    assert latest is not None and mine not in str(latest)


def test_a_run_of_one_company_goes_as_a_whole(instance, connection):
    mine = a_key()
    alone = touch(instance, f"{mine}|2026-12-01", tags={"dagster/partition": f"{mine}|2026-12-01"})
    ends = {
        "dagster/asset_partition_range_start": f"{mine}|2026-12-01",
        "dagster/asset_partition_range_end": f"{mine}|2027-01-01",
    }
    ranged = touch(instance, f"{mine}|2027-01-01", tags=ends)
    counts = erase_partition(connection, mine, [])
    connection.commit()
    assert counts and counts["runs"] == 2
    assert instance.get_run_by_id(alone) is None and instance.get_run_by_id(ranged) is None


def test_a_range_over_several_companies_stays_without_the_name(instance, connection):
    mine, theirs = f"a-{a_key()}", f"z-{a_key()}"
    ends = {
        "dagster/asset_partition_range_start": f"{mine}|2026-12-01",
        "dagster/asset_partition_range_end": f"{theirs}|2026-12-01",
    }
    run_id = touch(instance, f"{mine}|2026-12-01", f"{theirs}|2026-12-01", tags=ends)
    assert erase_partition(connection, mine, [run_id]) is not None
    connection.commit()
    run = instance.get_run_by_id(run_id)
    assert run is not None and mine not in str(run)
    assert run.tags["dagster/asset_partition_range_end"] == f"{theirs}|2026-12-01"


@pytest.mark.parametrize("word", ["tags", "posts", "status", "dagster"])
def test_a_company_that_is_called_like_one_of_dagsters_words_harms_nothing(
    instance, connection, word
):
    theirs = a_key()
    run_id = touch(instance, f"{theirs}|2026-12-01", tags={"dagster/partition": theirs})
    touch(instance, f"{word}|2026-12-01")
    assert erase_partition(connection, word, []) is not None
    connection.commit()
    run = instance.get_run_by_id(run_id)
    assert run is not None and run.tags["dagster/partition"] == theirs
    assert instance.get_records_for_run(run_id).records
    assert f"{theirs}|2026-12-01" in materialized(instance)
    assert f"{word}|2026-12-01" not in materialized(instance)


def test_a_longer_name_that_begins_alike_is_another_company(instance, connection):
    mine = a_key()
    longer = f"{mine}-and-sons"
    touch(instance, f"{mine}|2026-12-01", f"{longer}|2026-12-01")
    instance.add_dynamic_partitions("companies", [mine, longer])
    assert erase_partition(connection, mine, []) is not None
    connection.commit()
    assert f"{longer}|2026-12-01" in materialized(instance)
    assert longer in instance.get_dynamic_partitions("companies")
    assert mine not in instance.get_dynamic_partitions("companies")


def test_nothing_is_removed_while_a_run_that_knows_it_is_under_way(instance, connection):
    mine = a_key()
    run_id = touch(instance, f"{mine}|2026-12-01")
    connection.execute(
        text("UPDATE runs SET status = 'STARTED' WHERE run_id = :id"), {"id": run_id}
    )
    assert is_busy(connection, mine, [run_id])
    assert erase_partition(connection, mine, [run_id]) is None
    assert f"{mine}|2026-12-01" in materialized(instance)
    assert not is_busy(connection, mine, [])


def test_erasing_again_finds_nothing(instance, connection):
    mine = a_key()
    run_id = touch(instance, f"{mine}|2026-12-01")
    assert erase_partition(connection, mine, [run_id])
    assert erase_partition(connection, mine, [run_id]) == {}
