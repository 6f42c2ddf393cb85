"""Pictures of the library in one ZIP, made while it is sent: memory holds one picture.

Pictures are compressed already, so they are stored as they are. The same pictures make the same
ZIP, byte for byte.
What does not belong here: which pictures, and who may have them (`api/routers/`).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import RawIOBase
from typing import IO, Any, cast
from uuid import UUID

from resources.media_store import MediaStore

WORDS = "alt-texts.json"
"""What is said of the pictures: by file name the alternative text, and whether it is AI's."""

_BEGINNING_OF_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a ZIP can name."""


@dataclass(frozen=True, slots=True)
class ZippedPicture:
    """A picture under the name that it has in the ZIP."""

    name: str
    sha256: str
    alt_text: str = ""
    is_ai: bool = False


class _Sink(RawIOBase):
    """What the ZIP is written to: it cannot seek, and forgets what was taken."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        """It is written to and nothing else."""
        return True

    def write(self, data: Any) -> int:
        """Keep a block until it is taken."""
        block = bytes(data)
        self._blocks.append(block)
        return len(block)

    def take(self) -> bytes:
        """Give what was written since."""
        taken, self._blocks = b"".join(self._blocks), []
        return taken


def zip_of(
    media: MediaStore, organization_id: UUID, pictures: Sequence[ZippedPicture]
) -> Iterator[bytes]:
    """Give the ZIP picture by picture, then the words; of two pictures of a name the second is
    numbered. Raises NotFound and StorageError where a file is gone or damaged.
    """
    sink = _Sink()
    said: dict[str, dict[str, object]] = {}
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_STORED) as archive:
        for one in pictures:
            name = _free(one.name, said)
            said[name] = {"alt_text": one.alt_text, "is_ai": one.is_ai}
            archive.writestr(_entry(name), media.open(organization_id, one.sha256))
            yield sink.take()
        words = json.dumps(said, ensure_ascii=False, indent=1)
        archive.writestr(_entry(WORDS), words.encode())
    yield sink.take()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _BEGINNING_OF_TIME)
    entry.external_attr = 0o644 << 16
    return entry


def _free(name: str, taken: dict[str, dict[str, object]]) -> str:
    stem, dot, suffix = name.rpartition(".")
    free, number = name, 2
    while free in taken:
        free, number = f"{stem}-{number}{dot}{suffix}", number + 1
    return free
