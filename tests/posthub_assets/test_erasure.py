"""A company is erased: a marker is planted wherever its words can be, and found nowhere after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import text

from posthub_assets.definitions import ASSETS, build_definitions
from posthub_assets.domain.bodies import Body
from posthub_assets.domain.briefs import TextBrief
from posthub_assets.domain.erasing import Reason
from posthub_assets.domain.ports import Answer
from resources.database.models import Base
from resources.database.repositories import erasures
from resources.erasing import Eraser
from resources.ids import new_id
from resources.media_store import MediaStore
from resources.providers.canned import CannedImages, CannedText
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio

GRAPH = {asset.key.to_user_string(): asset for asset in ASSETS}
OF_THE_ORGANISATION = {
    "alembic_version", "api_token", "app_user", "budget", "consent", "erasure", "experiment",
    "heartbeat", "invitation", "membership", "organization", "prompt_label", "prompt_version",
    "provider_key", "provider_setting", "rate_limit", "refresh_family", "refresh_token",
    "request_count", "reservation", "usage_limit", "webhook_endpoint",
}  # fmt: skip
"""Tables that hold no word of a company: its people's, its organisation's, the platform's."""

CODES = {
    "action", "actor_kind", "arm", "asset", "channel", "error_code", "key_source", "kind",
    "language", "model", "month", "nonce", "opened_by", "origin", "prompt", "provider", "purpose",
    "redaction_policy", "request_hash", "request_id", "rule", "run_id", "sha256", "status",
    "subject_kind", "tier", "timezone", "topic", "vendor_status", "verdict", "media_type",
    "media_sha256", "price_source", "key", "leased_by", "secret_hash", "mode", "source_sha256",
    "format", "prompt_version",
}  # fmt: skip
"""Columns that hold words of ours, hashes and numbers: nobody can write a sentence there."""
OURS = {
    ("vendor_batch", "external_ref"),
    ("audit", "subject_id"),
    ("company", "slug"),
    ("company", "partition_key"),
}
"""A vendor's name for a batch; ids; and keys, which are looked for as they are."""


@pytest.fixture(scope="module")
def instance(database_urls) -> Iterator[dg.DagsterInstance]:
    storage = {"storage": {"postgres": {"postgres_url": database_urls.dagster}}}
    with dg.instance_for_test(overrides=storage) as found:
        yield found


def media_of(world) -> MediaStore:
    return MediaStore(world.settings.home / "media")


def workshop_of(world) -> PostgresWorkshop:
    return PostgresWorkshop(world.settings, text=CannedText(words=300), images=CannedImages())


async def run_job(world, instance, name: str) -> Any:
    job = build_definitions(workshop=workshop_of(world)).resolve_job_def(name)
    return await asyncio.to_thread(lambda: job.execute_in_process(instance=instance))


async def materialize(world, instance, asset: str) -> Any:
    instance.add_dynamic_partitions("companies", [world.key])
    key = dg.MultiPartitionKey({"company": world.key, "month": str(world.month)})
    return await asyncio.to_thread(
        lambda: dg.materialize(
            [GRAPH[asset]],
            partition_key=key,
            instance=instance,
            resources={"workshop": workshop_of(world)},
        )
    )


async def fill(world) -> None:
    """Add a row where a month leaves none."""
    seed, org = world.seed, world.organization_id
    (topic,) = (await world.items("topic", "approved"))[:1]
    person = (await seed.rows(
        "SELECT user_id FROM posthub.membership WHERE organization_id = :id", id=org
    ))[0].user_id  # fmt: skip
    (decision,) = await seed.rows(
        "SELECT * FROM posthub.decision WHERE version_id = :id", id=topic.version_id
    )
    await seed.insert(
        "comment", id=new_id(), organization_id=org, content_id=topic.id, version_number=1,
        author_id=person, text="a word", span={"start": 1},
    )  # fmt: skip
    await seed.insert(
        "delivery", id=new_id(), organization_id=org, content_id=topic.id, channel="blog",
        version_id=topic.version_id, sha256=topic.sha256, decision_id=decision.id, error="late",
        external_ref="somewhere",
    )  # fmt: skip
    (tomorrow,) = await seed.rows("SELECT now() + interval '1 day' AS at")
    await seed.insert(
        "idempotency_key", user_id=person, key="k", request_hash="h", status_code=200,
        response=b"{}", expires_at=tomorrow.at,
    )  # fmt: skip
    await seed.insert(
        "reminder", id=new_id(), organization_id=org, content_id=topic.id, hours=6,
        review_since=decision.decided_at,
    )  # fmt: skip
    await seed.insert(
        "approval_link", id=new_id(), organization_id=org, company_id=world.company_id,
        secret_hash=str(new_id()), recipient="somebody@example.com", expires_at=tomorrow.at,
    )  # fmt: skip
    await seed.insert(
        "marketing_event", id=new_id(), organization_id=org, company_id=world.company_id,
        on_date=world.month, title="a fair",
    )  # fmt: skip
    (outbox,) = (await seed.rows(
        "SELECT id FROM posthub.outbox WHERE organization_id = :id", id=org
    ))[:1]  # fmt: skip
    await seed.insert(
        "notification_delivery", id=new_id(), organization_id=org, outbox_id=outbox.id,
        channel="email", recipient=person, status="failed", error="no such box",
    )  # fmt: skip
    batch = new_id()
    await seed.insert(
        "vendor_batch", id=batch, organization_id=org, provider="openai", model="m",
        key_source="platform", requests=1, error="refused",
    )  # fmt: skip
    await fill_library(world, person)
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.generation SET batch_id = :batch WHERE id = (SELECT id"
                " FROM posthub.generation WHERE company_id = :id LIMIT 1)"
            ),
            {"batch": batch, "id": world.company_id},
        )


async def fill_library(world, person: Any) -> None:
    """Add a show, a picture of it and what was asked about them."""
    seed, org = world.seed, world.organization_id
    ours = {"organization_id": org, "company_id": world.company_id}
    show, asset, request = new_id(), new_id(), new_id()
    (picture,) = (await seed.rows(
        "SELECT * FROM posthub.media WHERE organization_id = :id AND width_px IS NOT NULL", id=org
    ))[:1]  # fmt: skip
    await seed.insert(
        "show", id=show, **ours, title="An evening", venue="the hall", address="a street",
        dates=[{"starts_at": "2026-12-01T19:00"}], performers=["a band"], call_to_action="Come!",
    )  # fmt: skip
    await seed.insert(
        "media_request", id=request, **ours, month=world.month, show_id=show, kind="image",
        mode="queued", wish={"prompt": "a stage"}, requested_by=person,
    )  # fmt: skip
    await seed.insert(
        "media_asset", id=asset, **ours, show_id=show, month=world.month, sha256=picture.sha256,
        kind="generated", media_type=picture.media_type, size_bytes=picture.size_bytes,
        width_px=picture.width_px, height_px=picture.height_px, filename="stage.png",
        alt_text="a stage", notes=["rotated"], media_request_id=request, prompt="a stage",
    )  # fmt: skip
    await seed.insert("media_favourite", organization_id=org, user_id=person, asset_id=asset)


def planting(table: Any) -> str | None:
    """Give the SET of an UPDATE that writes the marker into every column that takes words."""
    sets = []
    for column in table.columns:
        name, kind = column.name, str(column.type)
        if name in CODES or (table.name, name) in OURS:
            continue
        if kind == "VARCHAR":
            sets.append(f"\"{name}\" = coalesce(nullif(\"{name}\", '') || ' ', '') || :marker")
        elif kind == "JSONB":
            sets.append(
                f'"{name}" = CASE WHEN jsonb_typeof("{name}") = \'array\' '
                f'THEN "{name}" || to_jsonb(CAST(:marker AS text)) '
                f"ELSE coalesce(\"{name}\", '{{}}') || jsonb_build_object('m', :marker) END"
            )
        elif kind == "BLOB":
            sets.append(f"\"{name}\" = convert_to(:marker, 'UTF8')")
    return ", ".join(sets) or None


async def plant(world, marker: str) -> set[str]:
    """Write the marker into every column of the company's rows; give the tables that have some."""
    planted = set()
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.tables.values():
            sets = planting(table)
            if table.name in OF_THE_ORGANISATION or sets is None:
                continue
            where = "organization_id = :organization"
            if table.name == "idempotency_key":
                where = (
                    "user_id IN (SELECT user_id FROM posthub.membership"
                    " WHERE organization_id = :organization)"
                )
            values = {"marker": marker, "organization": world.organization_id}
            done = await connection.execute(
                text(f"UPDATE posthub.{table.name} SET {sets} WHERE {where}"),  # noqa: S608
                values,
            )
            if done.rowcount:
                planted.add(table.name)
        await connection.execute(
            text(
                "UPDATE posthub.organization SET name = (SELECT name FROM posthub.company"
                " WHERE id = :company) WHERE id = :organization"
            ),
            {"company": world.company_id, "organization": world.organization_id},
        )
    return planted


async def places_of(seed, *words: str) -> set[str]:
    """Give every table of every schema in which one of the words is, also as bytes."""
    tables = await seed.rows(
        "SELECT n.nspname AS schema, c.relname AS name FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm')"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
    )
    found = set()
    for table in tables:
        for word in words:
            rows = await seed.rows(
                f'SELECT 1 FROM "{table.schema}"."{table.name}" t'  # noqa: S608
                " WHERE strpos(t::text, :word) > 0 OR strpos(t::text, :hex) > 0 LIMIT 1",
                word=word,
                hex=word.encode().hex(),
            )
            if rows:
                found.add(f"{table.schema}.{table.name}")
    return found


def files_of(home: Path, *words: str) -> list[str]:
    """Give the files under a folder that have one of the words in their name or bytes."""
    return [
        str(path)
        for path in home.rglob("*")
        if any(
            word in str(path.relative_to(home))
            or (path.is_file() and word.encode() in path.read_bytes())
            for word in words
        )
    ]


async def ask(world, *, at_once: bool = True) -> erasures.ErasureRow:
    async with world.api.transaction(world.scope) as connection:
        subject = await erasures.company(connection, world.company_id)
        return await erasures.delete_company(
            connection, subject, reason=Reason.REQUEST, asked_by=None, at_once=at_once
        )


async def receipt(world, erasure_id: Any) -> erasures.ErasureRow:
    async with world.api.transaction(world.scope) as connection:
        return await erasures.get(connection, erasure_id)


async def a_company_of_every_sort_of_row(make_world, instance, marker: str) -> tuple[Any, Any]:
    """Give a company with a month behind it and the marker in every column, and a neighbour."""
    world, neighbour = await make_world(tier="PRO", quota=2), await make_world(quota=2)
    for one in (world, neighbour):
        await one.reach_topics()
    (first, *_) = await world.items("topic")
    await world.edit(first, title=f"How {marker} mends a chain")
    await world.materialize("topics")
    assert (await materialize(world, instance, "topics")).success
    await world.approve_all("topic")
    await neighbour.approve_all("topic")
    assert (await run_job(world, instance, "drain_blog_posts")).success
    await world.approve_all("blog_post")
    await world.drain("social_posts")
    await world.approve_all("social_post")
    await world.drain("image_variants")
    await world.hurry()
    await world.drain("content_calendar")
    await fill(world)
    planted = await plant(world, marker)
    expected = {table.name for table in Base.metadata.tables.values() if planting(table)}
    assert planted == expected - OF_THE_ORGANISATION, "every table takes part in the proof"
    before = await places_of(world.seed, marker, world.key)
    assert {"dagster.event_logs", "dagster.run_tags", "dagster.runs"} <= before
    assert {f"posthub.{name}" for name in planted} <= before
    assert files_of(world.settings.home, world.key), "there are files of the company"
    return world, neighbour


@pytest.mark.parametrize("by", ["the API at once", "the factory after 90 days"])
async def test_nothing_that_was_said_is_left_anywhere(make_world, instance, by):
    marker = f"zq{new_id().hex}"
    world, neighbour = await a_company_of_every_sort_of_row(make_world, instance, marker)
    theirs = await neighbour.items("blog_post")
    asked = await ask(world, at_once=by == "the API at once")
    if by == "the API at once":
        eraser = Eraser(world.api, media_of(world))
        await eraser.erase(asked.id, world.organization_id, world.company_id)
        halfway = await receipt(world, asked.id)
        assert (halfway.status, halfway.sha256) == ("pending", None)
    else:
        async with world.seed.database.engine.begin() as connection:
            await connection.execute(
                text("UPDATE posthub.erasure SET due_at = now() WHERE id = :id"), {"id": asked.id}
            )
    assert (await run_job(world, instance, "erase")).success

    assert await places_of(world.seed, marker, world.key) == set()
    assert files_of(world.settings.home, marker, world.key) == []
    assert files_of(Path(instance.storage_directory()), marker, world.key) == []
    closed = await receipt(world, asked.id)
    assert closed.status == "completed" and closed.sha256
    assert closed.counts["content_version"] > 10
    assert closed.media_files and closed.dagster_rows
    assert world.key not in instance.get_dynamic_partitions("companies")
    assert theirs and await neighbour.items("blog_post") == theirs
    marked = instance.get_materialized_partitions(dg.AssetKey("blog_posts"))
    assert f"{neighbour.key}|{neighbour.month}" in marked, "the run served the neighbour too"


class SlowText:
    """Writes as `canned` does, and takes its time when it is told to."""

    name = "slow"
    pause_s = 0.0

    async def write(self, brief: TextBrief, schema: type[Body]) -> Answer[Body]:
        await asyncio.sleep(self.pause_s)
        return await CannedText(words=300).write(brief, schema)


async def test_work_that_goes_on_meanwhile_leaves_nothing_behind(make_world):
    """A run is at a company's posts when the company is erased: who is later writes nothing."""
    for pause_s in (0.0, 0.1, 0.4):
        writer = SlowText()
        world = await make_world(quota=3, writer=writer)
        await world.reach_topics()
        await world.approve_all("topic")
        writer.pause_s = 0.3
        drained = asyncio.create_task(world.drain("blog_posts", linger_s=0.0))
        await asyncio.sleep(pause_s)
        asked = await ask(world)
        eraser = Eraser(world.api, media_of(world))
        await eraser.erase(asked.id, world.organization_id, world.company_id)
        await drained
        said = await world.seed.rows(
            "SELECT 1 FROM posthub.content_version v JOIN posthub.content i ON i.id = v.content_id"
            " WHERE i.company_id = :id AND v.body IS NOT NULL"
            " UNION ALL SELECT 1 FROM posthub.generation WHERE company_id = :id"
            " AND (response IS NOT NULL OR request IS NOT NULL OR error IS NOT NULL)"
            " UNION ALL SELECT 1 FROM posthub.content WHERE company_id = :id AND title <> ''"
            " UNION ALL SELECT 1 FROM posthub.job WHERE company_id = :id"
            " AND (status IN ('pending', 'running') OR error IS NOT NULL)",
            id=world.company_id,
        )
        assert said == []
