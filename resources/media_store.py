"""Files by the hash of their bytes, on disk under the home; and derived files by name.

Written to a temporary name and renamed, so that a kill leaves no half file under a full name.
What does not belong here: the rows about media (`database/`), drawing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from posthub_assets.domain.errors import NotFound, StorageError


@dataclass(frozen=True, slots=True)
class MediaStore:
    """A folder of files, one subfolder per organisation."""

    root: Path

    def put(self, organization_id: UUID, data: bytes) -> str:
        """Store bytes once; give their SHA-256. Raises StorageError where the disk refuses."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(organization_id, digest)
        if not path.exists():
            _write(path, data)
        return digest

    def open(self, organization_id: UUID, sha256: str) -> bytes:
        """Read bytes by their hash. Raises NotFound, and StorageError where they were altered."""
        path = self._path(organization_id, sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise NotFound(f"There is no file {sha256[:12]}…") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StorageError(f"The file {sha256[:12]}… is damaged on disk.")
        return data

    def put_derived(self, organization_id: UUID, name: str, data: bytes) -> Path:
        """Store a file that can be made again, such as a calendar, under a readable name."""
        path = self.root / str(organization_id) / "derived" / name
        _write(path, data)
        return path

    def open_derived(self, organization_id: UUID, name: str) -> bytes:
        """Read a derived file. `name` is ours, never a person's. Raises NotFound."""
        try:
            return (self.root / str(organization_id) / "derived" / name).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"There is no {name} yet.") from None

    def erase(self, organization_id: UUID, sha256: str) -> bool:
        """Remove a file by its hash; tell whether it was there. Raises StorageError."""
        path = self._path(organization_id, sha256)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StorageError(f"The file {path.name} could not be removed: {error}.") from error
        return True

    def erase_derived(self, organization_id: UUID, folder: str) -> int:
        """Remove a folder of derived files; give how many there were. Raises StorageError."""
        path = self.root / str(organization_id) / "derived" / folder
        if not folder or path.parent.name != "derived" or not path.is_dir():
            return 0
        found = sum(1 for one in path.rglob("*") if one.is_file())
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise StorageError(f"The folder {folder} could not be removed: {error}.") from error
        return found

    def _path(self, organization_id: UUID, digest: str) -> Path:
        return self.root / str(organization_id) / digest[:2] / digest


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        raise StorageError(f"The file {path.name} could not be written: {error}.") from error
