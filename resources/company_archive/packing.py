"""The ZIP itself, made while it is sent: memory holds one block, or one file of media.

What does not belong here: reading rows (`spooling.py`), checking a ZIP (`reading.py`).
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Any
from uuid import UUID

from posthub_assets.domain.errors import NotFound, StorageError
from resources.company_archive.spooling import Spool
from resources.company_archive.tables import VERSION
from resources.media_store import MediaStore

BLOCK_BYTES = 1 << 18
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Cover:
    """What the manifest says of the archive as a whole. `exported_by` is a person's id."""

    format: str
    subject_id: UUID
    organization_id: UUID | None
    exported_by: UUID | None


class _Sink:
    """What the ZIP is written to: it cannot seek, and forgets what was taken."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep a block until it is taken."""
        self._blocks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """Give what was written since."""
        taken, self._blocks = b"".join(self._blocks), []
        return taken


def pack(spool: Spool, media: MediaStore, cover: Cover) -> Iterator[bytes]:
    """Give the ZIP block by block, the manifest last; the spool is closed at the end.

    A file of media that is gone or damaged on the disk is named in the manifest, as `missing`.
    """
    sink = _Sink()
    entries: dict[str, dict[str, Any]] = {}
    missing: list[str] = []
    try:
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
            for part in spool.parts:
                name = f"data/{part.name}.jsonl"
                blocks = iter(partial(part.file.read, BLOCK_BYTES), b"")
                entries[name] = yield from _entry(archive, sink, name, blocks, spool)
                entries[name]["rows"] = part.rows
            for sha256 in spool.media:
                data = _file(media, cover.organization_id, sha256)
                if data is None:
                    missing.append(sha256)
                    continue
                name = f"media/{sha256}"
                entries[name] = yield from _entry(archive, sink, name, iter([data]), spool)
            manifest = _manifest(cover, spool, entries, missing)
            yield from _entry(archive, sink, MANIFEST, iter([manifest]), spool)
        yield sink.take()
    finally:
        spool.close()


def _entry(
    archive: zipfile.ZipFile, sink: _Sink, name: str, blocks: Iterator[bytes], spool: Spool
) -> Generator[bytes, None, dict[str, Any]]:
    taken_at = spool.taken_at.astimezone(UTC)
    info = zipfile.ZipInfo(name, taken_at.timetuple()[:6])
    # A picture is packed already.
    info.compress_type = zipfile.ZIP_STORED if name.startswith("media/") else zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as entry:
        for block in blocks:
            digest.update(block)
            size += len(block)
            entry.write(block)
            if sent := sink.take():
                yield sent
    return {"sha256": digest.hexdigest(), "bytes": size}


def _file(media: MediaStore, organization_id: UUID | None, sha256: str) -> bytes | None:
    try:
        return media.open(organization_id, sha256) if organization_id else None
    except (NotFound, StorageError):
        return None


def _manifest(
    cover: Cover, spool: Spool, entries: dict[str, dict[str, Any]], missing: list[str]
) -> bytes:
    told = {
        "format": cover.format,
        "version": VERSION,
        "subject_id": str(cover.subject_id),
        "exported_at": spool.taken_at.astimezone(UTC).isoformat(),
        "exported_by": str(cover.exported_by) if cover.exported_by else None,
        "entries": entries,
        "missing": missing,
    }
    return json.dumps(told, indent=1).encode()
