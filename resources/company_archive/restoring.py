"""Writing a checked archive back: a new company, in an organisation that is given.

Ids stay where they are free, and are made anew where they are taken. Nothing in an archive can
point at a row that is not in it. The people of an archive are not those of this database: who
restores it signs in their place, and the audit trail says from which archive.
What does not belong here: checking the archive (`reading.py`), which must have been done.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import InvalidInput
from resources.company_archive.reading import Archive
from resources.company_archive.tables import OF_COMPANY, Part
from resources.database.repositories import audit, companies
from resources.database.repositories.companies import CompanyRow
from resources.media_store import MediaStore

_STAGE = """
    CREATE TEMP TABLE incoming (part text, place bigint, line jsonb) ON COMMIT DROP;
    CREATE TEMP TABLE ids (old uuid PRIMARY KEY, new uuid NOT NULL) ON COMMIT DROP;
"""
# A new id keeps the beginning of the old one, and so its place in lists; 48 bits are random.
_IDS = """
    INSERT INTO pg_temp.ids
    SELECT o.id, CASE WHEN EXISTS (SELECT 1 FROM posthub.{table} t WHERE t.id = o.id)
        THEN CAST(left(o.id::text, 23) || substr(gen_random_uuid()::text, 24) AS uuid)
        ELSE o.id END
    FROM (SELECT DISTINCT CAST(line ->> 'id' AS uuid) AS id FROM pg_temp.incoming
          WHERE part = :part) o
"""
_INSERT = """
    INSERT INTO posthub.{table} ({columns})
    SELECT {values} FROM pg_temp.incoming i CROSS JOIN LATERAL
        jsonb_populate_record(NULL::posthub.{table}, i.line || {changes}) r
    WHERE i.part = :part ORDER BY i.place
"""
_NEW_ID = "(SELECT x.new FROM pg_temp.ids x WHERE x.old = CAST(i.line ->> '{column}' AS uuid))"
_PERSON = "CASE WHEN i.line ->> '{column}' IS NULL THEN NULL ELSE CAST(:actor AS uuid) END"

# What holds here and not there: keys, prompts, experiments, runs; and work that was open.
CHANGES = {
    "company": {"slug": "CAST(:slug AS text)", "partition_key": "CAST(:key AS text)"},
    "calls": {
        "prompt_version_id": "NULL::text",
        "experiment_id": "NULL::text",
        "status": "CASE WHEN i.line ->> 'status' IN ('queued', 'started') THEN 'failed'"
        " ELSE i.line ->> 'status' END",
    },
    # A link stays where it was made; who restores the archive signs in its place.
    "decisions": {
        "link_id": "NULL::text",
        "decided_by": "CASE WHEN coalesce(i.line ->> 'decided_by', i.line ->> 'link_id') IS NULL"
        " THEN NULL ELSE CAST(:actor AS uuid) END",
    },
    # What comes back is not cleaned away the night after.
    "pictures": {"last_used_at": "now()"},
    "jobs": {
        "prompt_version_id": "NULL::text",
        "run_id": "NULL::text",
        "status": "CASE WHEN i.line ->> 'status' IN ('pending', 'running') THEN 'cancelled'"
        " ELSE i.line ->> 'status' END",
    },
}
_COLUMNS = text(
    """
    SELECT a.attname FROM pg_attribute a
    WHERE a.attrelid = CAST('posthub.' || :table AS regclass) AND a.attnum > 0
        AND NOT a.attisdropped AND a.attname <> ALL(:without)
        AND a.attname IN (SELECT jsonb_object_keys(line) FROM pg_temp.incoming
                          WHERE part = :part AND place = 1)
    ORDER BY a.attnum
    """
)
_LATER = text(
    "SET CONSTRAINTS posthub.fk_media_request_source_asset_id,"
    " posthub.fk_media_request_chosen_asset_id DEFERRED"
)
_NOW = text("SET CONSTRAINTS ALL IMMEDIATE")
_FREE_SLUG = text(
    "SELECT NOT EXISTS (SELECT 1 FROM posthub.company"
    " WHERE organization_id = :organization_id AND slug = :slug)"
)
_FREE_KEY = text("SELECT NOT EXISTS (SELECT 1 FROM posthub.company WHERE partition_key = :key)")
_COMPANY = text("SELECT line ->> 'id' AS id, line ->> 'slug' AS slug FROM pg_temp.incoming"
                " WHERE part = 'company'")  # fmt: skip
_NEW_COMPANY = text("SELECT new FROM pg_temp.ids WHERE old = CAST(:id AS uuid)")
_UNSIGNED = text(
    """
    SELECT i.id FROM posthub.content i JOIN posthub.content_version v
        ON v.content_id = i.id AND v.number = i.current_version
    WHERE i.company_id = :company_id AND i.status IN ('approved', 'scheduled', 'delivered')
        AND NOT EXISTS (SELECT 1 FROM posthub.decision d WHERE d.version_id = v.id
            AND d.action = 'approve' AND d.sha256 = v.sha256)
    UNION ALL
    SELECT d.content_id FROM posthub.decision d
    JOIN posthub.content i ON i.id = d.content_id AND i.company_id = :company_id
    JOIN posthub.content_version v ON v.id = d.version_id
    WHERE d.sha256 <> v.sha256 OR d.content_id <> v.content_id OR d.version_number <> v.number
    LIMIT 1
    """
)


@dataclass(frozen=True, slots=True)
class Restored:
    """A company that was read in, and how many rows of it, by part."""

    company: CompanyRow
    rows: dict[str, int]
    media_files: int


async def restore_company(
    connection: AsyncConnection,
    archive: Archive,
    media: MediaStore,
    *,
    organization_id: UUID,
    actor_id: UUID,
) -> Restored:
    """Make a company of an archive. The caller owns the transaction, as the database's owner.

    Raises InvalidInput where rows do not fit together; the caller then writes nothing.
    """
    try:
        async with connection.begin_nested():
            await _stage(connection, archive)
            old = await _the_company(connection, archive)
            values = {
                "organization": organization_id,
                "actor": actor_id,
                **await _names(connection, organization_id, old.slug or ""),
            }
            parts = {part: await _columns(connection, part) for part in OF_COMPANY}
            for part, columns in parts.items():
                if "id" in columns:
                    statement = text(_IDS.format(table=part.table))
                    await connection.execute(statement, {"part": part.name})
            await connection.execute(_LATER)
            rows = {
                part.name: await _write(connection, part, columns, values)
                for part, columns in parts.items()
            }
            await connection.execute(_NOW)
            new = (await connection.execute(_NEW_COMPANY, {"id": old.id})).scalar_one()
            unsigned = (await connection.execute(_UNSIGNED, {"company_id": new})).first()
    except (DBAPIError, psycopg.Error) as error:
        said = str(getattr(error, "orig", error)).partition("\n")[0]
        raise InvalidInput(f"{archive.name}: its rows do not fit together ({said}).") from error
    if unsigned is not None:
        raise InvalidInput(
            f"{archive.name}: {unsigned.id} is shown as approved, and no approval signs what it "
            "says. The archive was changed."
        )
    files = await _store(archive, media, organization_id)
    company = await companies.get(connection, new)
    await _leave_trace(connection, archive, company, rows, actor_id)
    return Restored(company, rows, files)


async def _stage(connection: AsyncConnection, archive: Archive) -> None:
    await connection.exec_driver_sql(_STAGE)
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    into = "COPY pg_temp.incoming (part, place, line) FROM STDIN"
    async with driver.cursor() as cursor, cursor.copy(into) as copy:
        for part in OF_COMPANY:
            for place, line in enumerate(archive.lines(part.name), 1):
                await copy.write_row((part.name, place, line.decode()))
    await connection.exec_driver_sql("ANALYZE pg_temp.incoming")


async def _the_company(connection: AsyncConnection, archive: Archive) -> Any:
    known = (await connection.execute(_COMPANY)).all()
    if len(known) != 1:
        raise InvalidInput(f"{archive.name} holds {len(known)} companies; one is expected.")
    return known[0]


async def _names(connection: AsyncConnection, organization_id: UUID, wanted: str) -> dict[str, str]:
    """Give a slug that is free in the organisation, and a partition key that is free in all."""
    slug, number = wanted, 1
    while True:
        values = {"organization_id": organization_id, "slug": slug}
        if (await connection.execute(_FREE_SLUG, values)).scalar_one():
            break
        number += 1
        slug = f"{wanted[:58]}-{number}"
    key, number = slug, 1
    while not (await connection.execute(_FREE_KEY, {"key": key})).scalar_one():
        number += 1
        key = f"{slug[:70]}-{number}"
    return {"slug": slug, "key": key}


async def _store(archive: Archive, media: MediaStore, organization_id: UUID) -> int:
    for sha256 in archive.media:
        data = await asyncio.to_thread(archive.picture, sha256)
        await asyncio.to_thread(media.put, organization_id, data)
    return len(archive.media)


async def _columns(connection: AsyncConnection, part: Part) -> list[str]:
    """Give the columns that both the table and the rows have; those that stay out stay out."""
    values = {"table": part.table, "part": part.name, "without": list(part.without)}
    found = await connection.execute(_COLUMNS, values)
    return list(found.scalars())


async def _write(
    connection: AsyncConnection, part: Part, columns: list[str], values: dict[str, Any]
) -> int:
    if not columns:
        return 0
    changes = {"organization_id": "CAST(:organization AS uuid)"}
    changes |= {name: _NEW_ID.format(column=name) for name in part.points_at}
    changes |= {name: _PERSON.format(column=name) for name in part.people}
    changes |= CHANGES.get(part.name, {})
    if "id" in columns:
        changes["id"] = _NEW_ID.format(column="id")
    pairs = ", ".join(f"'{name}', {value}" for name, value in changes.items())
    statement = _INSERT.format(
        table=part.table,
        columns=", ".join(f'"{name}"' for name in columns),
        values=", ".join(f'r."{name}"' for name in columns),
        changes=f"jsonb_build_object({pairs})",
    )
    if part.table == "media":
        statement += " ON CONFLICT (organization_id, sha256) DO UPDATE SET erased_at = NULL"
    used = {name: value for name, value in values.items() if f":{name} " in statement}
    return (await connection.execute(text(statement), {**used, "part": part.name})).rowcount


async def _leave_trace(
    connection: AsyncConnection,
    archive: Archive,
    company: CompanyRow,
    rows: dict[str, int],
    actor_id: UUID,
) -> None:
    told = archive.manifest
    await audit.record(
        connection,
        organization_id=company.organization_id,
        actor_id=actor_id,
        action="company.import",
        subject_kind="company",
        subject_id=company.id,
        after={
            "manifest_sha256": archive.manifest_sha256,
            "exported_at": str(told.get("exported_at"))[:40],
            "exported_from": str(told.get("subject_id"))[:40],
            "rows": rows,
        },
    )
