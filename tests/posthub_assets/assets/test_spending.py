"""The asset `monthly_usage`, worked off as a run does: its sums, its files, its nights."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import text

from posthub_assets.assets.reporting import partition_metadata
from posthub_assets.assets.spending import monthly_usage, renew_usage
from posthub_assets.domain.work import PartitionReport
from posthub_assets.draining import Drain
from posthub_assets.partitions import partition_key
from resources.database.engine import EVERYTHING
from resources.database.repositories import usage
from resources.ids import new_id
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio


async def buy(world, **changes: Any) -> None:
    """Write down a call of the world's month that was made two hours ago."""
    made_at = datetime.now(UTC) - timedelta(hours=2)
    values = {
        "id": new_id(),
        "organization_id": world.organization_id,
        "company_id": world.company_id,
        "month": world.month,
        "kind": "BlogPostBrief",
        "provider": "gemini",
        "model": "gemini-3.8-flash",
        "request_hash": str(new_id()),
        "nonce": "",
        "status": "completed",
        "input_tokens": 1000,
        "output_tokens": 500,
        "cost_usd": Decimal("0.012345678"),
        "created_at": made_at,
        "completed_at": made_at,
    } | changes
    await world.seed.insert("generation", **values)


async def work_off(world) -> int:
    """Run what is due of the world's usage; give how many jobs were done."""
    drain = Drain(
        tools=world.tools,
        asset="monthly_usage",
        handle=renew_usage,
        run_id="test",
        log=world.log,
        only=world.partitions,
        concurrency=2,
    )
    return (await drain.run()).done


async def report_of(world) -> PartitionReport:
    """Renew the month by hand, and read how it stands."""
    partition = (world.key, world.month)
    await world.tools.queue.create_missing("monthly_usage", [partition])
    assert await work_off(world) == 1
    return (await world.tools.store.reports("monthly_usage", [partition]))[0]


def files_of(report: PartitionReport) -> tuple[bytes, bytes]:
    """Read the month's CSV and JSON."""
    table, data = report.files
    return Path(table).read_bytes(), Path(data).read_bytes()


async def moved(world) -> bool:
    """Tell whether the next night would renew the world's month."""
    async with world.tools.queue.database.transaction(EVERYTHING) as connection:
        found = await usage.moved(connection)
    return (world.organization_id, world.company_id, world.month) in found


async def a_day_passes(world) -> None:
    """Move what happened to the world a day into the past."""
    moments = {
        "job": ("started_at", "finished_at"),
        "generation": ("created_at", "completed_at"),
    }
    async with world.seed.database.engine.begin() as connection:
        for table, columns in moments.items():
            changes = ", ".join(f"{one} = {one} - interval '1 day'" for one in columns)
            await connection.execute(
                text(f"UPDATE posthub.{table} SET {changes} WHERE company_id = :id"),  # noqa: S608
                {"id": world.company_id},
            )


async def ledger(world) -> Decimal:
    """Read what the company's calls cost, as the journal says."""
    (row,) = await world.seed.rows(
        "SELECT sum(cost_usd) AS usd FROM posthub.generation WHERE company_id = :id",
        id=world.company_id,
    )
    return row.usd


async def test_the_files_and_the_table_equal_the_ledger_to_the_last_digit(make_world):
    world = await make_world()
    for _ in range(7):
        await buy(world)
    await buy(world, status="failed", cost_usd=Decimal("0.000000001"))
    await buy(world, key_source="organization", cost_usd=Decimal("3.100000003"))
    await buy(world, provider="openai", model="gpt-6-luna", cost_usd=Decimal("9.999999999"))

    report = await report_of(world)

    table, data = files_of(report)
    lines = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    spent = await ledger(world)
    assert spent == Decimal("13.186419749")
    assert sum(Decimal(one["cost_usd"]) for one in lines) == spent
    assert sum(Decimal(one["cost_usd"]) for one in json.loads(data)) == spent
    assert sum(one.cost_usd for one in report.usage) == spent
    assert [one["provider"] for one in lines] == ["openai", "gemini", "gemini"]
    assert [one["key_source"] for one in lines] == ["platform", "organization", "platform"]
    assert (lines[2]["requests"], lines[2]["failed"]) == ("8", "1")


async def test_the_ui_shows_totals_the_table_and_where_the_files_are(make_world):
    world = await make_world()
    await buy(world)
    await buy(world, key_source="organization", cost_usd=Decimal(5))
    report = await report_of(world)
    shown = {name: one.value for name, one in partition_metadata(report).items()}
    assert list(shown)[:2] == ["cost in USD", "of it on our keys"]
    assert (shown["cost in USD"], shown["of it on our keys"]) == (5.012345678, 0.012345678)
    assert shown["usage"].index("gemini (own key)") < shown["usage"].index("| gemini |")
    assert shown["usage.csv"].endswith(f"derived/{world.key}/{world.month:%Y-%m}/usage.csv")
    counted = partition_metadata(report, preview=False)
    assert not {"usage", "usage.csv", "usage.json"} & set(counted), "counts only"


async def test_a_month_without_calls_has_files_that_say_so(make_world):
    world = await make_world()
    report = await report_of(world)
    assert list(report.usage) == []
    table, data = files_of(report)
    assert (table.count(b"\r\n"), json.loads(data)) == (1, [])
    assert partition_metadata(report)["cost in USD"].value == 0


async def test_what_a_real_month_bought_is_its_usage(make_world):
    world = await make_world(quota=2)
    await world.reach_topics()
    rows = await world.seed.rows(
        "SELECT kind, month FROM posthub.generation WHERE company_id = :id AND status ="
        " 'completed'",
        id=world.company_id,
    )
    asked = sum(one.month == world.month for one in rows)
    assert asked, "the month's calls carry it"
    assert len(rows) > asked, "those of the company do not"
    report = await report_of(world)
    assert sum(one.requests for one in report.usage) == asked
    # Who chose the personas asked for the month's topics.
    assert {one.person for one in report.usage} == {f"Person {world.actor.user_id}"}


async def test_a_run_by_hand_in_dagster_tells_the_months_cost(make_world):
    world = await make_world()
    await buy(world, status="failed")

    def run() -> dg.ExecuteInProcessResult:
        with dg.DagsterInstance.ephemeral() as instance:
            instance.add_dynamic_partitions("companies", [world.key])
            return dg.materialize(
                [monthly_usage],
                partition_key=partition_key((world.key, world.month)),
                instance=instance,
                resources={"workshop": PostgresWorkshop(world.settings)},
            )

    result = await asyncio.to_thread(run)
    (event,) = result.get_asset_materialization_events()
    told = {name: one.value for name, one in event.materialization.metadata.items()}
    assert (told["jobs done"], told["failed requests"]) == (1, 1)
    assert told["cost in USD"] == 0.012345678
    assert "| blog_posts | 0.01 | 1 (1 failed) | gemini |" in told["usage"]
    assert told["usage.json"].endswith("usage.json")


async def test_a_night_renews_only_months_whose_journal_moved_every_night_anew(make_world):
    world = await make_world()
    assert not await moved(world), "nothing was bought"
    for night in range(3):
        await buy(world)
        assert await moved(world), f"night {night}"
        await world.tools.upkeep.renew_usage()
        await world.tools.upkeep.renew_usage()
        assert await work_off(world) == 1
        assert not await moved(world), f"night {night}: renewed, and nothing moved since"
        assert len(await world.jobs("monthly_usage")) == 1
        await a_day_passes(world)
        assert not await moved(world)
