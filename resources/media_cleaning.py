"""Cleaning the library at night: failed requests that nothing came of, pictures that nobody used.

A picture is put away, then its file is removed where nothing else uses these bytes. Every step may
be done twice, and broken off at any line: what is left is found the next night.
What does not belong here: deleting by hand (`api/routers/media_assets.py`), erasing a company
(`resources/erasing.py`).
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from posthub_assets.domain.errors import StorageError
from posthub_assets.domain.media.library import ASSET_FOR
from resources.database.engine import EVERYTHING, Database, Scope
from resources.database.repositories import media_files
from resources.media_store import MediaStore

FAILED_FOR = "24 hours"
UNUSED_FOR = "90 days"
"""Issue 5, "Library"."""
FILES_AT_ONCE = 100
"""Files are removed while their rows are locked, so few at a time."""

log = logging.getLogger("posthub.cleaning")

# Where some pictures came, or a palette, the job stays: it says how they were made.
_NOTHING_CAME = """
    NOT EXISTS (SELECT 1 FROM posthub.media_asset a WHERE a.media_request_id = r.id)
    AND NOT EXISTS (SELECT 1 FROM posthub.media_request n WHERE n.follows_id = r.id)
    AND NOT EXISTS (SELECT 1 FROM posthub.content_version v WHERE v.content_id = r.content_id)
    AND r.chosen_asset_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM posthub.job k WHERE k.media_request_id = r.id
        AND (k.status NOT IN ('failed', 'cancelled')
            OR k.finished_at >= now() - CAST(:failed_for AS interval)))
"""
_FAILED = text(
    f"""
    SELECT DISTINCT r.organization_id, r.id FROM posthub.job j
    JOIN posthub.media_request r ON r.id = j.media_request_id
    WHERE j.asset = ANY(:assets) AND j.status IN ('failed', 'cancelled')
        AND j.finished_at < now() - CAST(:failed_for AS interval) AND {_NOTHING_CAME}
    LIMIT :most
    """  # noqa: S608 - fixed texts
)
_LOCK_REQUESTS = text(
    "SELECT id FROM posthub.media_request WHERE id = ANY(:ids) ORDER BY id FOR UPDATE SKIP LOCKED"
)
_STILL = text(
    f"SELECT r.id FROM posthub.media_request r WHERE r.id = ANY(:ids) AND {_NOTHING_CAME}"  # noqa: S608
)
_DELETE_JOBS = text("DELETE FROM posthub.job WHERE media_request_id = ANY(:ids)")
_DELETE_REQUESTS = text("DELETE FROM posthub.media_request WHERE id = ANY(:ids)")

# Children go before what they were made from, which is then free the next time round.
_UNUSED = """
    a.deleted_at IS NULL AND a.last_used_at < now() - CAST(:unused_for AS interval)
    AND NOT EXISTS (SELECT 1 FROM posthub.company c
        WHERE c.id = a.company_id AND c.deleted_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM posthub.media_favourite f WHERE f.asset_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM posthub.media_asset k
        WHERE k.derived_from = a.id AND k.deleted_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM posthub.media_request r WHERE r.chosen_asset_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM posthub.media_request r
        JOIN posthub.job j ON j.media_request_id = r.id
        WHERE r.source_asset_id = a.id AND j.status IN ('pending', 'running'))
    AND NOT EXISTS (SELECT 1 FROM posthub.media_request r
        JOIN posthub.content i ON i.id = r.content_id
        WHERE r.source_asset_id = a.id AND i.status NOT IN ('rejected', 'archived'))
    AND NOT EXISTS (SELECT 1 FROM posthub.show s
        WHERE s.id = a.show_id AND s.deleted_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM posthub.content_version v
        WHERE v.organization_id = a.organization_id AND v.body ->> 'media_sha256' = a.sha256)
    AND NOT EXISTS (SELECT 1 FROM posthub.content_version v
        JOIN posthub.content i ON i.id = v.content_id
        WHERE v.organization_id = a.organization_id AND v.body -> 'media_sha256s' ? a.sha256
            AND i.status NOT IN ('rejected', 'archived'))
    AND NOT EXISTS (SELECT 1 FROM posthub.delivery d
        WHERE d.organization_id = a.organization_id AND d.media_sha256 = a.sha256)
"""
_UNUSED_ASSETS = text(
    f"SELECT a.organization_id, a.id FROM posthub.media_asset a WHERE {_UNUSED} LIMIT :most"  # noqa: S608
)
_PUT_AWAY = text(
    f"UPDATE posthub.media_asset a SET deleted_at = now() WHERE a.id = ANY(:ids) AND {_UNUSED}"  # noqa: S608
)
_FILES = text(
    """
    SELECT DISTINCT a.organization_id, a.sha256 FROM posthub.media_asset a
    JOIN posthub.media m ON m.organization_id = a.organization_id AND m.sha256 = a.sha256
    WHERE a.deleted_at IS NOT NULL AND m.erased_at IS NULL
    """
)


@dataclass(frozen=True, slots=True)
class MediaCleaner:
    """Cleans the libraries of all organisations. `database` is the factory's.

    Without `media` rows are cleaned and files stay until somebody has it.
    """

    database: Database
    media: MediaStore | None

    async def clean(self, at_once: int) -> dict[str, int]:
        """Clean all that is due, `at_once` rows in a transaction; give how many of what, if any."""
        found = {
            "failed media requests": await self._failed_requests(at_once),
            "unused pictures": await self._unused_pictures(at_once),
            "files": await self._files(),
        }
        return {what: count for what, count in found.items() if count}

    async def _failed_requests(self, at_once: int) -> int:
        """Delete requests whose jobs failed a day ago, with these jobs."""
        values = {"failed_for": FAILED_FOR, "assets": list(ASSET_FOR.values()), "most": at_once}
        deleted = 0
        while True:
            async with self.database.transaction(EVERYTHING) as connection:
                due = _by_organization(list(await connection.execute(_FAILED, values)))
            done = 0
            for organization_id, ids in due.items():
                done += await self._delete_requests(organization_id, ids)
            deleted += done
            if not done:
                return deleted

    async def _delete_requests(self, organization_id: UUID, ids: Sequence[UUID]) -> int:
        """Delete those of the requests that nothing came of until now."""
        async with self.database.transaction(Scope.of(organization_id)) as connection:
            values = {"ids": list(ids), "failed_for": FAILED_FOR}
            values["ids"] = list((await connection.execute(_LOCK_REQUESTS, values)).scalars())
            values["ids"] = list((await connection.execute(_STILL, values)).scalars())
            await connection.execute(_DELETE_JOBS, {"ids": values["ids"]})
            return (await connection.execute(_DELETE_REQUESTS, {"ids": values["ids"]})).rowcount

    async def _unused_pictures(self, at_once: int) -> int:
        """Put away what nobody used for long; again, until what that set free is away too."""
        put_away = 0
        while True:
            values = {"unused_for": UNUSED_FOR, "most": at_once}
            async with self.database.transaction(EVERYTHING) as connection:
                due = _by_organization(list(await connection.execute(_UNUSED_ASSETS, values)))
            done = 0
            for organization_id, ids in due.items():
                async with self.database.transaction(Scope.of(organization_id)) as connection:
                    given = {"ids": ids, "unused_for": UNUSED_FOR}
                    done += (await connection.execute(_PUT_AWAY, given)).rowcount
            put_away += done
            if not done:
                return put_away

    async def _files(self) -> int:
        """Remove files of pictures that were put away, where nothing else uses the same bytes."""
        if self.media is None:
            return 0
        async with self.database.transaction(EVERYTHING) as connection:
            rows = list(await connection.execute(_FILES))
        removed = 0
        for organization_id, hashes in _by_organization(rows).items():
            for start in range(0, len(hashes), FILES_AT_ONCE):
                batch = hashes[start : start + FILES_AT_ONCE]
                removed += await self._remove(self.media, organization_id, batch)
        return removed

    async def _remove(self, media: MediaStore, organization_id: UUID, hashes: Sequence[str]) -> int:
        removed = 0
        async with self.database.transaction(Scope.of(organization_id)) as connection:
            for sha256 in await media_files.lock_unused(connection, organization_id, hashes):
                try:
                    gone = await asyncio.to_thread(
                        media.erase_unless_fresh, organization_id, sha256
                    )
                except StorageError:
                    log.exception("a file of a picture that was put away stays until tomorrow")
                    continue
                if gone:
                    await media_files.note_gone(connection, organization_id, sha256)
                    removed += 1
        return removed


def _by_organization(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    """Give the second column of rows by the first."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for organization_id, one in rows:
        found[organization_id].append(one)
    return found
