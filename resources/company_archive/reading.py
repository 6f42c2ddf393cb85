"""Reading an archive that somebody brings: it is checked as a whole before a row of it is used.

Nothing is ever unpacked to a path: entries have the names that we write, or are refused by name.
The hashes say that the archive is whole; they do not say who made it.
What does not belong here: writing rows (`restoring.py`).
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from posthub_assets.domain.content import content_hash
from posthub_assets.domain.errors import InvalidInput
from resources.company_archive.packing import BLOCK_BYTES, MANIFEST
from resources.company_archive.tables import FORMAT, OF_COMPANY, PERSON_FORMAT, VERSION

MAX_ENTRIES = 200_000
MAX_BYTES = 50 * 2**30
"""Of all entries, unpacked."""
MAX_FILE_BYTES = 512 * 2**20
"""Of one file of media, which is read as a whole."""
MAX_LINE_BYTES = 64 * 2**20
MAX_MANIFEST_BYTES = 64 * 2**20
MOST_TIMES_SMALLER = 300
"""Rows pack to a tenth; what packs better than this is made to burst."""

REQUIRED = {f"data/{part.name}.jsonl" for part in OF_COMPANY if not part.is_later}
DATA = {f"data/{name}.jsonl" for name in (*(part.name for part in OF_COMPANY), "people")}


@dataclass(frozen=True, slots=True)
class Archive:
    """A checked archive of a company, open."""

    name: str
    manifest: dict[str, Any]
    manifest_sha256: str
    file: zipfile.ZipFile = field(repr=False)

    @property
    def media(self) -> list[str]:
        """The hashes of the files that it brings."""
        return [name[6:] for name in self.manifest["entries"] if name.startswith("media/")]

    def picture(self, sha256: str) -> bytes:
        """Read a file of media."""
        return self.file.read(f"media/{sha256}")

    def lines(self, part: str) -> Iterator[bytes]:
        """Read the rows of a part, one by one, as JSON; none of one that it does not have.

        Raises InvalidInput.
        """
        if f"data/{part}.jsonl" not in self.manifest["entries"]:
            return
        with self.file.open(f"data/{part}.jsonl") as entry:
            while line := entry.readline(MAX_LINE_BYTES):
                if not line.endswith(b"\n"):
                    raise InvalidInput(f"{self.name}: data/{part}.jsonl ends within a row.")
                yield line


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open an archive and check all of it. Raises InvalidInput that names what is wrong.

    Every entry is read once for its hash, and rows of versions for that of their bodies.
    """
    try:
        with zipfile.ZipFile(path) as file:
            archive = _checked(path.name, file)
            _check_versions(archive)
            yield archive
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {path}.") from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise InvalidInput(f"{path.name} is no ZIP, or a broken one: {error}.") from error


def _checked(name: str, file: zipfile.ZipFile) -> Archive:
    _check_names(name, file)
    text = _manifest_bytes(name, file)
    manifest = _manifest(name, text)
    wanted, there = set(manifest["entries"]), set(file.namelist()) - {MANIFEST}
    for lacking in sorted(wanted - there):
        raise InvalidInput(f"{name}: {lacking} is in the manifest and not in the archive.")
    for extra in sorted(there - wanted):
        raise InvalidInput(f"{name}: {extra} is in the archive and not in the manifest.")
    for part in sorted((REQUIRED | {"data/people.jsonl"}) - wanted):
        raise InvalidInput(f"{name}: {part} is missing.")
    for entry, told in manifest["entries"].items():
        _check_entry(name, file, entry, told)
    return Archive(name, manifest, hashlib.sha256(text).hexdigest(), file)


def _check_names(name: str, file: zipfile.ZipFile) -> None:
    entries = file.infolist()
    if len(entries) > MAX_ENTRIES:
        raise InvalidInput(f"{name} has {len(entries)} entries; {MAX_ENTRIES} are the most.")
    seen: set[str] = set()
    size = 0
    for info in entries:
        if info.filename != MANIFEST and info.filename not in DATA and not _is_media(info.filename):
            raise InvalidInput(f"{name}: {info.filename[:100]!r} is no entry of such an archive.")
        if info.filename in seen:
            raise InvalidInput(f"{name}: {info.filename} is in it twice.")
        if info.flag_bits & 1:
            raise InvalidInput(f"{name}: {info.filename} is locked with a password.")
        if info.file_size > max(1 << 20, MOST_TIMES_SMALLER * info.compress_size):
            raise InvalidInput(f"{name}: {info.filename} is packed to burst.")
        if info.filename.startswith("media/") and info.file_size > MAX_FILE_BYTES:
            raise InvalidInput(f"{name}: {info.filename} is larger than a file may be.")
        seen.add(info.filename)
        size += info.file_size
    if size > MAX_BYTES:
        raise InvalidInput(f"{name} is {size} bytes unpacked; {MAX_BYTES} are the most.")


def _is_media(name: str) -> bool:
    digest = name.removeprefix("media/")
    return (
        name.startswith("media/") and len(digest) == 64 and set(digest) <= set("0123456789abcdef")
    )


def _manifest_bytes(name: str, file: zipfile.ZipFile) -> bytes:
    try:
        info = file.getinfo(MANIFEST)
    except KeyError:
        raise InvalidInput(f"{name} has no {MANIFEST}; it is no export of PostHub.") from None
    if info.file_size > MAX_MANIFEST_BYTES:
        raise InvalidInput(f"{name}: {MANIFEST} is too large.")
    return file.read(info)


def _manifest(name: str, text: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(text)
        known, version, entries = manifest["format"], manifest["version"], manifest["entries"]
        right = isinstance(entries, dict) and all(
            isinstance(one.get("sha256"), str) and isinstance(one.get("bytes"), int)
            for one in entries.values()
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        right = False
    if not right:
        raise InvalidInput(f"{name}: {MANIFEST} cannot be read.")
    if known == PERSON_FORMAT:
        raise InvalidInput(f"{name} is the export of a person; only a company is restored.")
    if known != FORMAT or version != VERSION:
        raise InvalidInput(
            f"{name} is of the format {known} {version}; this PostHub reads {FORMAT} {VERSION}."
        )
    found: dict[str, Any] = manifest
    return found


def _check_entry(name: str, file: zipfile.ZipFile, entry: str, told: dict[str, Any]) -> None:
    digest, size = hashlib.sha256(), 0
    with file.open(entry) as stream:
        while size <= told["bytes"] and (block := stream.read(BLOCK_BYTES)):
            digest.update(block)
            size += len(block)
    if size != told["bytes"] or digest.hexdigest() != told["sha256"]:
        raise InvalidInput(f"{name}: {entry} is not what the manifest says; it was changed.")
    if entry.startswith("media/") and digest.hexdigest() != entry[6:]:
        raise InvalidInput(f"{name}: {entry} is not the file of that hash.")


def _check_versions(archive: Archive) -> None:
    """Refuse a version whose body is not the one of its hash: approvals sign these bytes."""
    for part in OF_COMPANY:
        for number, line in enumerate(archive.lines(part.name), 1):
            where = f"{archive.name}: data/{part.name}.jsonl, row {number}"
            row = _row(where, line)
            if part.name == "versions" and not _is_true(row):
                raise InvalidInput(f"{where}: the version's hash is not that of its body.")


def _row(where: str, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise InvalidInput(f"{where}: this is no JSON.") from None
    if not isinstance(row, dict):
        raise InvalidInput(f"{where}: this is no row.")
    return row


def _is_true(version: dict[str, Any]) -> bool:
    body = version.get("body")
    if body is None:
        return version.get("erased_at") is not None
    try:
        return isinstance(body, dict) and content_hash(body) == version.get("sha256")
    except (TypeError, ValueError):
        return False
