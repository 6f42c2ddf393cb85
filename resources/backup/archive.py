"""The file of a backup: a tar that any `tar` lists, with the manifest and its hash at the end.

Written in one pass: what is not known before (a dump's length) is put in afterwards. Read with
every name, length and hash compared, before anything of it is used.
What does not belong here: what the parts hold.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from posthub_assets.domain.errors import InvalidInput
from resources.backup.manifest import Manifest, Part, from_json, is_picture

MANIFEST = "manifest.json"
MANIFEST_HASH = "manifest.sha256"
POSTHUB_DUMP = "posthub.dump"
DAGSTER_DUMP = "dagster.dump"
KEYS = "keys.json"
CHUNK_BYTES = 1 << 20
SAY_EVERY_S = 2.0
LONGEST_TEXT_BYTES = 500_000_000
"""More than this is no manifest and no file of keys."""

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ALLOWED = re.compile(
    rf"{re.escape(POSTHUB_DUMP)}|{re.escape(DAGSTER_DUMP)}|{re.escape(KEYS)}"
    rf"|{re.escape(MANIFEST)}|{re.escape(MANIFEST_HASH)}"
    rf"|media/{_UUID}/[0-9a-f]{{2}}/[0-9a-f]{{64}}"
    rf"|media/{_UUID}/derived(?:/[^/\0]+)+"
)


class PartWriter:
    """Appends parts to a file that can be sought in."""

    def __init__(self, stream: BinaryIO) -> None:
        self.parts: dict[str, Part] = {}
        self._stream = stream
        self._now = int(time.time())

    def add(self, name: str, chunks: Iterable[bytes]) -> Part:
        """Write a part from its bytes, as they come."""
        begins_at = self._stream.tell()
        self._stream.write(self._header(name, 0))
        digest, size = hashlib.sha256(), 0
        for chunk in chunks:
            self._stream.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        self._stream.write(b"\0" * (-size % tarfile.BLOCKSIZE))
        ends_at = self._stream.tell()
        self._stream.seek(begins_at)
        self._stream.write(self._header(name, size))
        self._stream.seek(ends_at)
        self.parts[name] = Part(size, digest.hexdigest())
        return self.parts[name]

    def finish(self, manifest: Manifest) -> str:
        """Write the manifest and its hash, and give the hash."""
        told = manifest.to_json()
        digest = hashlib.sha256(told).hexdigest()
        self.add(MANIFEST, [told])
        self.add(MANIFEST_HASH, [digest.encode()])
        self._stream.write(b"\0" * (2 * tarfile.BLOCKSIZE))
        return digest

    def _header(self, name: str, size: int) -> bytes:
        """Give a header; its length depends on the name alone, so it can be written over."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self._now
        return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup whose every byte was compared. `digest` is the manifest's, and names the backup."""

    path: Path
    manifest: Manifest
    digest: str
    keys: bytes | None = field(default=None, repr=False)


def check(path: Path, tell: Callable[[int, int], None] = lambda _done, _all: None) -> Checked:
    """Read the whole file and compare it with its manifest; `tell` hears of bytes done, of all.

    Raises InvalidInput that names the file, and the part that is not what it was.
    """
    found: dict[str, Part] = {}
    texts: dict[str, bytes] = {}
    ends_at = 0
    total = _size_of(path)
    with opened(path) as tar:
        for member in _members(tar, path):
            kept = io.BytesIO() if member.name in (MANIFEST, MANIFEST_HASH, KEYS) else None
            if kept is not None and member.size > LONGEST_TEXT_BYTES:
                raise damaged(path, f"{member.name} is too long")
            if member.name in found:
                raise damaged(path, f"{member.name} is in it twice")
            found[member.name] = _hashed(tar, member, kept, path)
            if kept is not None:
                texts[member.name] = kept.getvalue()
            ends_at = member.offset_data + member.size + -member.size % tarfile.BLOCKSIZE
            tell(ends_at, total)
    if MANIFEST not in texts or MANIFEST_HASH not in texts:
        if found:
            raise damaged(path, "its end is missing")
        raise InvalidInput(f"{path} is no backup of PostHub.")
    digest = hashlib.sha256(texts[MANIFEST]).hexdigest()
    if texts[MANIFEST_HASH].decode("ascii", "replace") != digest:
        raise damaged(path, "its manifest was changed")
    try:
        manifest = from_json(texts[MANIFEST])
    except ValueError as error:
        raise damaged(path, "its manifest cannot be read") from error
    _compare(path, manifest, found)
    if total != ends_at + 2 * tarfile.BLOCKSIZE:
        raise damaged(path, "its end is not where it was")
    return Checked(path, manifest, digest, texts.get(KEYS))


def progress(say: Callable[[str], None]) -> Callable[[int, int], None]:
    """Say now and then how much of a backup was read."""
    said_at = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at > SAY_EVERY_S:
            said_at = time.monotonic()
            say(f"Checked {done / 1e6:,.0f} of {total / 1e6:,.0f} MB.")

    return tell


def _compare(path: Path, manifest: Manifest, found: dict[str, Part]) -> None:
    for name, part in manifest.parts.items():
        if found.get(name) != part:
            told = "was changed" if name in found else "is missing"
            raise damaged(path, f"{name} {told}")
        if is_picture(name) and not name.endswith(f"/{part.sha256}"):
            raise damaged(path, f"{name} is not what its name says")
    extra = set(found) - set(manifest.parts) - {MANIFEST, MANIFEST_HASH}
    if extra:
        raise damaged(path, f"{min(extra)} was put into it")
    if POSTHUB_DUMP not in found:
        raise damaged(path, f"{POSTHUB_DUMP} is missing")


def read_part(tar: tarfile.TarFile, path: Path, manifest: Manifest, name: str) -> Iterator[bytes]:
    """Give a part's bytes again. Raises InvalidInput where it changed since it was checked."""
    digest = hashlib.sha256()
    for chunk in _chunks(tar, tar.getmember(name), path):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != manifest.parts[name].sha256:
        raise damaged(path, f"{name} was changed")


@contextmanager
def opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a backup to read. Raises InvalidInput that names it."""
    try:
        with tarfile.open(path, "r:", encoding="utf-8") as tar:
            yield tar
    except tarfile.ReadError as error:
        raise damaged(path, "it is cut off, or no backup of PostHub") from error
    except (tarfile.TarError, EOFError) as error:
        raise damaged(path, str(error)) from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}.") from error


def damaged(path: Path, how: str) -> InvalidInput:
    """Say that a backup is not whole."""
    return InvalidInput(f"{path} is damaged: {how}. Nothing was changed. Use another backup.")


def _members(tar: tarfile.TarFile, path: Path) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        parts = member.name.split("/")
        if not member.isreg() or not _ALLOWED.fullmatch(member.name) or ".." in parts:
            if member.offset == 0:
                raise InvalidInput(f"{path} is no backup of PostHub.")
            raise damaged(path, f"{member.name[:80]!r} does not belong into it")
        yield member


def _hashed(
    tar: tarfile.TarFile, member: tarfile.TarInfo, kept: io.BytesIO | None, path: Path
) -> Part:
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(tar, member, path):
        digest.update(chunk)
        size += len(chunk)
        if kept is not None:
            kept.write(chunk)
    return Part(size, digest.hexdigest())


def _chunks(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> Iterator[bytes]:
    source = tar.extractfile(member)
    left = member.size
    while source is not None and left:
        chunk = source.read(min(CHUNK_BYTES, left))
        if not chunk:
            raise damaged(path, f"it is cut off within {member.name}")
        left -= len(chunk)
        yield chunk


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
