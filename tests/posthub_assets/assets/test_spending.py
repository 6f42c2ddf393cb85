"""The asset `monthly_usage`, worked off as a run does: its sums, its files, its nights."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from posthub_assets.assets.reporting import partition_metadata
from posthub_assets.assets.spending import renew_usage
from posthub_assets.draining import Drain
from resources.database.engine import EVERYTHING
from resources.database.repositories import usage
from resources.ids import new_id

pytestmark = pytest.mark.anyio


async def buy(world, *, ago: timedelta = timedelta(hours=2), **changes: Any) -> None:
    """Write a call of the world's month down, as made some time ago."""
    made_at = datetime.now(UTC) - ago
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


async def moved(world) -> bool:
    """Tell whether the next night would renew the world's month."""
    async with world.tools.queue.database.transaction(EVERYTHING) as connection:
        found = await usage.moved(connection)
    return (world.organization_id, world.company_id, world.month) in found


async def test_a_night_renews_only_months_whose_journal_moved_every_night_anew(make_world):
    world = await make_world()
    assert not await moved(world), "nothing was bought"
    for night in range(3):
        await buy(world, ago=timedelta(hours=2))
        assert await moved(world), f"night {night}"
        await world.tools.upkeep.renew_usage()
        await world.tools.upkeep.renew_usage()
        assert await work_off(world) == 1
        assert not await moved(world), f"night {night}: renewed, and nothing moved since"
        assert len(await world.jobs("monthly_usage")) == 1
        # The night lies in the past before the next purchase.
        async with world.seed.database.engine.begin() as connection:
            from sqlalchemy import text

            await connection.execute(
                text(
                    "UPDATE posthub.job SET started_at = started_at - interval '1 day',"
                    " finished_at = finished_at - interval '1 day' WHERE company_id = :id"
                ),
                {"id": world.company_id},
            )
            await connection.execute(
                text(
                    "UPDATE posthub.generation SET created_at = created_at - interval '1 day',"
                    " completed_at = completed_at - interval '1 day' WHERE company_id = :id"
                ),
                {"id": world.company_id},
            )
