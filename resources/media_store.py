"""Files by the hash of their bytes, and derived files by name: on disk, or in a bucket.

What does not belong here: the rows about media (`database/`), drawing; how a folder
(`media_folder.py`) and a bucket (`media_bucket.py`) keep bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from posthub_assets.domain.errors import NotFound, StorageError
from resources.media_bucket import Bucket
from resources.media_folder import Folder
from resources.settings import Settings

FRESH_S = 3600.0
"""Whoever stores bytes writes their row a moment later: until then nobody takes them away."""


class Place(Protocol):
    """Where bytes are kept by name."""

    def read(self, name: str) -> bytes | None:
        """Give the bytes under a name; None where there are none."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Put bytes under a name, whole or not at all."""
        ...

    def refresh(self, name: str) -> bool:
        """Tell whether bytes are there, and as young as if they were written now."""
        ...

    def age_s(self, name: str) -> float | None:
        """Give the seconds since bytes were written; None where there are none."""
        ...

    def remove(self, name: str) -> bool:
        """Remove bytes; tell whether they were there."""
        ...

    def remove_under(self, name: str) -> int:
        """Remove a folder of names; give how many there were."""
        ...

    def names_under(self, name: str) -> Iterator[str]:
        """Give all names of a folder and below, in order."""
        ...

    def link(self, name: str, lasts_s: int) -> str | None:
        """Give a URL by which anybody reads the bytes for a time; None where we hand them out."""
        ...

    def where(self, name: str) -> str:
        """Say where a name is, for people."""
        ...


@dataclass(frozen=True, slots=True)
class MediaStore:
    """Files of organisations, each by itself: in the folder `root`, or in a bucket if given."""

    root: Path
    bucket: Bucket | None = None

    @property
    def place(self) -> Place:
        """Where the bytes are."""
        return self.bucket or Folder(self.root)

    def put(self, organization_id: UUID, data: bytes) -> str:
        """Store bytes once; give their SHA-256. Raises StorageError where the disk refuses.

        Bytes that are there already become young, so that `erase_unless_fresh` leaves them.
        """
        digest = hashlib.sha256(data).hexdigest()
        name = name_of(organization_id, digest)
        place = self.place
        if not place.refresh(name):
            place.write(name, data)
        return digest

    def open(self, organization_id: UUID, sha256: str) -> bytes:
        """Read bytes by their hash. Raises NotFound, and StorageError where they were altered."""
        data = self.place.read(name_of(organization_id, sha256))
        if data is None:
            raise NotFound(f"There is no file {sha256[:12]}…")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StorageError(f"The file {sha256[:12]}… is damaged on disk.")
        return data

    def link(self, organization_id: UUID, sha256: str, lasts_s: int) -> str | None:
        """Give a URL of the bucket by which anybody reads a file for a time; None on disk."""
        return self.place.link(name_of(organization_id, sha256), lasts_s)

    def put_derived(self, organization_id: UUID, name: str, data: bytes) -> Path:
        """Store a file that can be made again, such as a calendar, under a readable name.

        Gives where it is in a folder; in a bucket it has the same name under the prefix.
        """
        self.place.write(_derived(organization_id, name), data)
        return self.root / _derived(organization_id, name)

    def open_derived(self, organization_id: UUID, name: str) -> bytes:
        """Read a derived file. `name` is ours, never a person's. Raises NotFound."""
        data = self.place.read(_derived(organization_id, name))
        if data is None:
            raise NotFound(f"There is no {name} yet.")
        return data

    def where_derived(self, organization_id: UUID, name: str) -> str:
        """Say where a derived file or folder is, for people."""
        return self.place.where(_derived(organization_id, name))

    def has_derived(self, organization_id: UUID, name: str) -> bool:
        """Tell whether a derived file is there."""
        return self.place.age_s(_derived(organization_id, name)) is not None

    def derived(self, organization_id: UUID) -> Iterator[tuple[str, bytes]]:
        """Give an organisation's derived files by their names in the store, with their bytes."""
        for name in self.place.names_under(f"{organization_id}/derived"):
            data = self.place.read(name)
            if data is not None:  # else it was taken away meanwhile
                yield name, data

    def erase(self, organization_id: UUID, sha256: str) -> bool:
        """Remove a file by its hash; tell whether it was there. Raises StorageError."""
        return self.place.remove(name_of(organization_id, sha256))

    def erase_unless_fresh(self, organization_id: UUID, sha256: str) -> bool:
        """Remove a file, unless somebody stored it a moment ago; tell whether it is gone now."""
        name = name_of(organization_id, sha256)
        age_s = self.place.age_s(name)
        if age_s is not None and age_s < FRESH_S:
            return False
        self.place.remove(name)
        return True

    def erase_derived(self, organization_id: UUID, folder: str) -> int:
        """Remove a folder of derived files; give how many there were. Raises StorageError."""
        if not folder or "/" in folder or folder in (".", ".."):
            return 0
        return self.place.remove_under(_derived(organization_id, folder))


def media_store_of(settings: Settings) -> MediaStore:
    """Give the store that the settings ask for: `media` under the home, or a bucket."""
    bucket = Bucket(settings.media_bucket) if settings.media_bucket else None
    return MediaStore(settings.home / "media", bucket)


def name_of(organization_id: UUID, sha256: str) -> str:
    """Give the name of a file in a store; backups call it so too."""
    return f"{organization_id}/{sha256[:2]}/{sha256}"


def _derived(organization_id: UUID, name: str) -> str:
    return f"{organization_id}/derived/{name}"
