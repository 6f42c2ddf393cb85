"""A company is taken out, read in elsewhere, and taken out again: it says the same."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from posthub_assets.domain.errors import InvalidInput
from resources.company_archive.packing import Cover, pack
from resources.company_archive.reading import opened
from resources.company_archive.restoring import Restored, restore_company
from resources.company_archive.spooling import spool_company
from resources.company_archive.tables import FORMAT, OF_COMPANY
from resources.database.engine import Scope
from resources.ids import new_id
from resources.media_store import MediaStore

pytestmark = pytest.mark.anyio

OTHER_HERE = {"organization_id", "slug", "partition_key"}
NOT_TAKEN_OVER = {"prompt_version_id", "experiment_id", "run_id", "last_used_at"}


async def taken_out(world, company_id: UUID, organization_id: UUID, path: Path) -> Path:
    spool = await spool_company(world.api, Scope.of(organization_id), company_id)
    cover = Cover(FORMAT, company_id, organization_id, None)
    media = MediaStore(world.settings.home / "media")
    with path.open("wb") as file:
        for block in pack(spool, media, cover):
            file.write(block)
    return path


async def read_in(world, owner_database, path: Path, organization_id: UUID) -> Restored:
    person = (await world.seed.person(organization_id, "MANAGER")).id
    scope = Scope(readable=None, writable=organization_id, person=person)
    media = MediaStore(world.settings.home / "media")
    with opened(path) as archive:
        async with owner_database.transaction(scope) as connection:
            return await restore_company(
                connection, archive, media, organization_id=organization_id, actor_id=person
            )


def rows_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read all rows; ids of each part become numbers in order, so that two archives compare."""
    with zipfile.ZipFile(path) as archive:
        raw = {
            part.name: [
                json.loads(line) for line in archive.read(f"data/{part.name}.jsonl").splitlines()
            ]
            for part in OF_COMPANY
        }
    places = {
        row["id"]: f"{name} {place}"
        for name, rows in raw.items()
        for place, row in enumerate(rows)
        if "id" in row
    }
    people = {column for part in OF_COMPANY for column in part.people}

    def plain(name: str, value: Any) -> Any:
        if name in people:
            return value is not None
        return places.get(value, value) if isinstance(value, str) else value

    return {
        name: [
            {
                key: plain(key, value)
                for key, value in row.items()
                if key not in OTHER_HERE | NOT_TAKEN_OVER
            }
            for row in rows
        ]
        for name, rows in raw.items()
    }


async def fill_library(world) -> None:
    """Add a show, a picture of it, and what was chosen of what was made from that."""
    seed, owner = world.seed, {"organization_id": world.organization_id}
    show, upload, made, request = (new_id() for _ in range(4))
    data = b"a picture of the library"
    sha256 = MediaStore(world.settings.home / "media").put(world.organization_id, data)
    size = {"media_type": "image/png", "size_bytes": len(data), "width_px": 6, "height_px": 4}
    await seed.insert("media", **owner, sha256=sha256, origin="upload", **size)
    owner["company_id"] = world.company_id
    await seed.insert(
        "show", id=show, **owner, title="Večer písní", created_by=world.actor.user_id,
        dates=[{"starts_at": "2026-12-04T19:30", "ends_at": None}], performers=["A"],
    )  # fmt: skip
    shared = {**owner, **size, "month": world.month, "sha256": sha256, "show_id": show}
    await seed.insert("media_asset", id=upload, kind="upload", filename="stage.jpg", **shared)
    await seed.insert(
        "media_request", id=request, **owner, month=world.month, kind="image", mode="queued",
        source_asset_id=upload, source_sha256=sha256, show_id=show, wish={"prompt": "a stage"},
        requested_by=world.actor.user_id,
    )  # fmt: skip
    await seed.insert(
        "media_asset", id=made, kind="generated", derived_from=upload, variation=1, is_ai=True,
        media_request_id=request, prompt="a stage", notes=["x"], **shared,
    )  # fmt: skip
    await seed.insert(
        "job", id=new_id(), **owner, kind="create_generated_images", asset="generated_images",
        month=world.month, status="completed", media_request_id=request, time_limit_s=180,
    )  # fmt: skip
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.media_request SET chosen_asset_id = :a WHERE id = :r"),
            {"a": made, "r": request},
        )


@pytest.fixture
async def world(make_world):
    """A month with posts, pictures, a round of changes, an edit and a comment."""
    made = await make_world(tier="PRO", quota=2)
    await made.reach_topics()
    (first, *_) = await made.items("topic")
    await made.edit(first, title="How to mend a chain by yourself")
    await made.drain("topics")
    await made.approve_all("topic")
    await made.drain("blog_posts")
    await made.approve_all("blog_post")
    await made.drain("social_posts")
    await made.approve_all("social_post")
    await made.drain("image_variants")
    topic = (await made.items("topic", "approved"))[0]
    await made.seed.insert(
        "comment",
        id=new_id(),
        organization_id=made.organization_id,
        content_id=topic.id,
        version_number=1,
        author_id=made.actor.user_id,
        text="Příliš žluťoučký kůň",
    )
    await fill_library(made)
    async with made.seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.job SET status = 'completed' WHERE company_id = :id"
                " AND status IN ('pending', 'running')"
            ),
            {"id": made.company_id},
        )
    return made


async def test_taken_out_read_in_and_taken_out_again_it_says_the_same(
    world, owner_database, tmp_path
):
    first = await taken_out(world, world.company_id, world.organization_id, tmp_path / "1.zip")
    elsewhere = await world.seed.organization()
    restored = await read_in(world, owner_database, first, elsewhere)
    assert restored.company.organization_id == elsewhere
    assert restored.company.id != world.company_id, "its id is taken here"
    second = await taken_out(world, restored.company.id, elsewhere, tmp_path / "2.zip")
    before, after = rows_of(first), rows_of(second)
    for name, rows in before.items():
        assert after[name] == rows, name
    assert len(before["versions"]) > 10 and before["decisions"] and before["media"]
    (asked,) = before["media_requests"]
    source, chosen = asked["source_asset_id"], asked["chosen_asset_id"]
    assert {source, chosen} == {"pictures 0", "pictures 1"}
    (derived,) = [one["derived_from"] for one in before["pictures"] if one["derived_from"]]
    assert derived == source
    assert before["shows"][0]["title"] == "Večer písní"
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        files = {name for name in one.namelist() if name.startswith("media/")}
        assert files and files == {n for n in other.namelist() if n.startswith("media/")}
        for name in files:
            assert one.read(name) == other.read(name)


async def test_where_ids_are_free_they_stay(world, owner_database, tmp_path):
    """As on a server that has never seen the company."""
    path = await taken_out(world, world.company_id, world.organization_id, tmp_path / "1.zip")
    aside = {}

    def moved(text_: str) -> str:
        for old, new in aside.items():
            text_ = text_.replace(old, new)
        return text_

    ids = {row["id"] for rows in raw_rows(path).values() for row in rows if "id" in row}
    aside = {one: str(new_id()) for one in ids}
    changed = rewritten(path, tmp_path / "moved.zip", data=lambda _, line: moved(line))
    organization = await world.seed.organization()
    restored = await read_in(world, owner_database, changed, organization)
    assert str(restored.company.id) == aside[str(world.company_id)]
    kept = await world.seed.rows(
        "SELECT id::text AS id FROM posthub.content WHERE company_id = :id",
        id=restored.company.id,
    )
    assert kept and {row.id for row in kept} <= set(aside.values())


async def test_an_imported_approval_signs_the_same_bytes_in_the_name_of_who_imported(
    world, owner_database, tmp_path
):
    path = await taken_out(world, world.company_id, world.organization_id, tmp_path / "1.zip")
    elsewhere = await world.seed.organization()
    restored = await read_in(world, owner_database, path, elsewhere)
    rows = await world.seed.rows(
        "SELECT d.*, v.id AS version FROM posthub.decision d"
        " JOIN posthub.content_version v ON v.id = d.version_id AND v.sha256 = d.sha256"
        " WHERE d.organization_id = :id AND d.action = 'approve'",
        id=elsewhere,
    )
    (trace,) = await world.seed.rows(
        "SELECT actor_id, after FROM posthub.audit WHERE organization_id = :id"
        " AND action = 'company.import'",
        id=elsewhere,
    )
    assert rows and {row.decided_by for row in rows} == {trace.actor_id}
    assert trace.actor_id != world.actor.user_id
    assert trace.after["exported_from"] == str(world.company_id)
    one = rows[0]

    async def deliver(sha256: str) -> None:
        await world.seed.insert(
            "delivery",
            id=new_id(),
            organization_id=elsewhere,
            content_id=one.content_id,
            version_id=one.version_id,
            sha256=sha256,
            decision_id=one.id,
            channel="blog",
        )

    with pytest.raises(DBAPIError, match="no approval"):
        await deliver("b" * 64)
    await deliver(one.sha256)
    assert restored.rows["decisions"] >= len(rows)


async def test_what_was_decided_by_link_is_signed_by_who_imported(small, owner_database, tmp_path):
    world, path = small
    home, link, seed = world.organization_id, new_id(), world.seed
    (one, *_) = raw_rows(path)["decisions"]
    whose = {"organization_id": home, "company_id": world.company_id}
    made = {"id": link, "secret_hash": str(link), "recipient": "C", "expires_at": datetime.now(UTC)}
    await seed.insert("approval_link", **whose, **made)
    covers = {"content_id": one["content_id"], "version": one["version_number"], "position": 1}
    await seed.insert("approval_link_item", link_id=link, organization_id=home, **covers)
    fields = ("organization_id", "content_id", "version_id", "version_number", "sha256", "action")
    same = {name: one[name] for name in fields}
    await seed.insert("decision", id=new_id(), link_id=link, **same)
    taken = await taken_out(world, world.company_id, home, tmp_path / "2.zip")
    elsewhere = await seed.organization()
    await read_in(world, owner_database, taken, elsewhere)
    sql = "SELECT decided_by, link_id FROM posthub.decision WHERE organization_id = :id"
    rows = await seed.rows(sql, id=elsewhere)
    assert len(rows) == len(raw_rows(path)["decisions"]) + 1
    assert all(row.link_id is None for row in rows)
    unsigned = [each for each in raw_rows(path)["decisions"] if each["decided_by"] is None]
    assert len([row for row in rows if row.decided_by is None]) == len(unsigned)


def raw_rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    with zipfile.ZipFile(path) as archive:
        return {
            part.name: [
                json.loads(line) for line in archive.read(f"data/{part.name}.jsonl").splitlines()
            ]
            for part in OF_COMPANY
        }


def rewritten(
    path: Path,
    target: Path,
    *,
    data: Callable[[str, str], str] = lambda name, line: line,
    manifest: Callable[[dict[str, Any]], None] = lambda told: None,
    sign: bool = True,
    more: dict[str, bytes] | None = None,
    without: str = "",
) -> Path:
    """Write an archive anew with changes; `sign` makes the manifest agree with them."""
    import hashlib

    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        told = json.loads(old.read("manifest.json"))
        for name in old.namelist():
            if name in ("manifest.json", without):
                continue
            content = old.read(name)
            if name.startswith("data/"):
                part = name[5:-6]
                lines = content.decode().splitlines(keepends=True)
                content = "".join(data(part, line) for line in lines).encode()
            if sign:
                told["entries"][name] |= {
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "bytes": len(content),
                }
            new.writestr(name, content)
        for name, content in (more or {}).items():
            new.writestr(name, content)
        manifest(told)
        new.writestr("manifest.json", json.dumps(told))
    return target


@pytest.fixture
async def small(make_world, tmp_path) -> tuple[Any, Path]:
    """A company with a few rows, taken out."""
    world = await make_world(tier="PRO", quota=2)
    await world.reach_personas()
    path = await taken_out(world, world.company_id, world.organization_id, tmp_path / "small.zip")
    return world, path


async def test_an_approval_without_a_signature_is_refused_and_nothing_is_written(
    small, owner_database, tmp_path
):
    world, path = small

    def approve(part: str, line: str) -> str:
        row = json.loads(line)
        if part == "contents" and row["kind"] == "persona":
            row["status"] = "approved"
        return json.dumps(row) + "\n"

    organization = await world.seed.organization()
    forged = rewritten(path, tmp_path / "forged.zip", data=approve)
    with pytest.raises(InvalidInput, match="no approval signs what it says"):
        await read_in(world, owner_database, forged, organization)
    rows = await world.seed.rows(
        "SELECT 1 FROM posthub.company WHERE organization_id = :id", id=organization
    )
    assert rows == []


async def test_an_archive_reaches_no_row_that_is_not_in_it(small, owner_database, tmp_path):
    """Ids of a neighbour's rows lead nowhere."""
    world, path = small
    theirs, batch = await world.seed.company(), new_id()
    neighbour = await world.seed.item(theirs)
    about = {"organization_id": theirs.organization_id, "key_source": "user", "requests": 1}
    await world.seed.insert("vendor_batch", id=batch, provider="gemini", model="m", **about)

    def pointing(part: str, line: str) -> str:
        row = json.loads(line)
        if part == "contents":
            row["parent_id"] = str(neighbour.id)
        if part == "company":
            row |= {"organization_id": str(new_id()), "deleted_at": "2026-01-01T00:00:00Z"}
        if part == "calls":
            row["batch_id"] = str(batch)
        return json.dumps(row) + "\n"

    organization = await world.seed.organization()
    changed = rewritten(path, tmp_path / "pointing.zip", data=pointing)
    restored = await read_in(world, owner_database, changed, organization)
    rows = await world.seed.rows(
        "SELECT parent_id, organization_id FROM posthub.content WHERE company_id = :id",
        id=restored.company.id,
    )
    assert rows and {(row.parent_id, row.organization_id) for row in rows} == {(None, organization)}
    calls = await world.seed.rows(
        "SELECT batch_id FROM posthub.generation WHERE company_id = :id", id=restored.company.id
    )
    assert calls and {row.batch_id for row in calls} == {None}


async def test_rows_that_do_not_fit_are_refused(small, owner_database, tmp_path):
    world, path = small
    organization = await world.seed.organization()
    for name, part, changes in (
        ("kind", "contents", {"kind": "spell"}),
        ("id", "contents", {"id": "not an id"}),
        ("lost", "versions", {"content_id": str(new_id())}),
        ("nul", "company", {"name": "a\x00b"}),
    ):

        def spoil(of: str, line: str, part: str = part, changes: dict[str, Any] = changes) -> str:
            row = json.loads(line)
            return json.dumps(row | (changes if of == part else {})) + "\n"

        changed = rewritten(path, tmp_path / f"{name}.zip", data=spoil)
        with pytest.raises(InvalidInput, match="do not fit together"):
            await read_in(world, owner_database, changed, organization)


async def test_memory_holds_a_part_of_an_archive_only(make_world, tmp_path):
    """Thirty megabytes of documents are written while a few are in memory."""
    import tracemalloc

    world = await make_world()
    words = " ".join(str(number) for number in range(60_000))
    for number in range(90):
        await world.seed.insert(
            "source_document",
            id=new_id(),
            organization_id=world.organization_id,
            company_id=world.company_id,
            purpose="document",
            name=f"{number}.txt",
            text=words,
            media_type="text/plain",
            sha256="a" * 64,
            words=1,
        )
    tracemalloc.start()
    spool = await spool_company(world.api, Scope.of(world.organization_id), world.company_id)
    cover = Cover(FORMAT, world.company_id, world.organization_id, None)
    largest = 0
    size = 0
    unpacked = io.BytesIO()
    for block in pack(spool, MediaStore(tmp_path), cover):
        largest = max(largest, len(block))
        size += len(block)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    unpacked.close()
    assert size > 8 << 20 and largest < 4 << 20
    assert peak < 60 << 20, "a batch of rows, never the archive"
