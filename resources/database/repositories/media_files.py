"""Files by their hash as rows: whose they are, who uses them, and that one is gone.

A file is used by a picture of the library, a version of an item, a palette, a delivery, an answer
in the journal while it is kept, and by work that is still to be done on it.
The caller owns the transaction, in which the organisation is the writable one where rows change.
What does not belong here: the bytes (`resources/media_store.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# The policies hide what belongs to a deleted company, so a file that nobody is seen to use is
# nobody's.
_FIND = text(
    """
    SELECT m.organization_id, m.media_type FROM posthub.media m
    WHERE m.sha256 = :sha256 AND m.erased_at IS NULL
        AND (CAST(:organizations AS uuid[]) IS NULL OR m.organization_id = ANY(:organizations))
        AND (EXISTS (SELECT 1 FROM posthub.media_asset a
                WHERE a.organization_id = m.organization_id AND a.sha256 = m.sha256
                    AND a.deleted_at IS NULL)
            OR EXISTS (SELECT 1 FROM posthub.content_version v
                JOIN posthub.content i ON i.id = v.content_id
                WHERE v.organization_id = m.organization_id
                    AND v.body ->> 'media_sha256' = m.sha256)
            OR EXISTS (SELECT 1 FROM posthub.content_version v
                JOIN posthub.content i ON i.id = v.content_id
                WHERE v.organization_id = m.organization_id
                    AND v.body -> 'media_sha256s' ? m.sha256)
            OR EXISTS (SELECT 1 FROM posthub.generation g
                WHERE g.organization_id = m.organization_id AND g.media_sha256 = m.sha256))
    LIMIT 1
    """
)
# The same lock as that of whoever puts a picture with these bytes into the library.
_LOCK = text(
    """
    SELECT sha256 FROM posthub.media WHERE organization_id = :organization_id
        AND sha256 = ANY(:hashes) AND erased_at IS NULL ORDER BY sha256 FOR UPDATE
    """
)
_UNUSED = text(
    """
    SELECT h.sha256 FROM unnest(CAST(:hashes AS text[])) h (sha256)
    WHERE NOT EXISTS (SELECT 1 FROM posthub.media_asset a
            WHERE a.organization_id = :organization_id AND a.sha256 = h.sha256
                AND a.deleted_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM posthub.content_version v
            WHERE v.organization_id = :organization_id AND v.body ->> 'media_sha256' = h.sha256)
        AND NOT EXISTS (SELECT 1 FROM posthub.content_version v
            JOIN posthub.content i ON i.id = v.content_id
            WHERE v.organization_id = :organization_id AND v.body -> 'media_sha256s' ? h.sha256
                AND i.status NOT IN ('rejected', 'archived'))
        AND NOT EXISTS (SELECT 1 FROM posthub.delivery d
            WHERE d.organization_id = :organization_id AND d.media_sha256 = h.sha256)
        AND NOT EXISTS (SELECT 1 FROM posthub.generation g
            WHERE g.organization_id = :organization_id AND g.media_sha256 = h.sha256
                AND (g.pruned_at IS NULL OR g.reuse_until > now()))
        AND NOT EXISTS (SELECT 1 FROM posthub.media_request r
            JOIN posthub.job j ON j.media_request_id = r.id
            WHERE r.organization_id = :organization_id AND r.source_sha256 = h.sha256
                AND j.status IN ('pending', 'running'))
    ORDER BY h.sha256
    """
)
_SEE_ALL = text("SELECT set_config('posthub.erasing', :on, true)")
_GONE = text(
    """
    UPDATE posthub.media SET metadata = '{}', erased_at = now()
    WHERE organization_id = :organization_id AND sha256 = :sha256
    """
)


@dataclass(frozen=True, slots=True)
class FileRow:
    """Whose a file is, and what it is."""

    organization_id: UUID
    media_type: str


async def find(
    connection: AsyncConnection, sha256: str, organizations: Sequence[UUID] | None
) -> FileRow | None:
    """Read whose a file is, among these organisations or all; None where no living thing has it."""
    values = {
        "sha256": sha256,
        "organizations": None if organizations is None else list(organizations),
    }
    row = (await connection.execute(_FIND, values)).first()
    return FileRow(**row._mapping) if row else None


async def lock(connection: AsyncConnection, organization_id: UUID, sha256: str) -> None:
    """Lock a file before a picture of it: who uploads it does so in this order too."""
    await connection.execute(_LOCK, {"organization_id": organization_id, "hashes": [sha256]})


async def lock_unused(
    connection: AsyncConnection, organization_id: UUID, hashes: Sequence[str]
) -> list[str]:
    """Give those of the files that nobody uses, locked: none can come into use before the end.

    What a deleted company uses is used: it may be brought back.
    """
    values = {"organization_id": organization_id, "hashes": sorted(set(hashes))}
    values["hashes"] = list((await connection.execute(_LOCK, values)).scalars())
    await connection.execute(_SEE_ALL, {"on": "on"})
    found = list((await connection.execute(_UNUSED, values)).scalars())
    await connection.execute(_SEE_ALL, {"on": ""})
    return found


async def note_gone(connection: AsyncConnection, organization_id: UUID, sha256: str) -> None:
    """Write down that a file is gone; who stores it again brings it back."""
    await connection.execute(_GONE, {"organization_id": organization_id, "sha256": sha256})
