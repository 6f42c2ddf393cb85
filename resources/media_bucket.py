"""Media in a bucket of an S3-compatible store, by obstore.

An object is there as a whole or not at all, so nothing is renamed.
What does not belong here: what the names mean, hashes (`media_store.py`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import StorageError
from resources.media_settings import BucketSettings

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

CONNECT_WITHIN = "5s"
ANSWER_WITHIN = "30s"
RETRIES = 3
RETRY_WITHIN = timedelta(seconds=20)
FRESH_S = 600.0
"""An object that is younger is not written again to make it younger."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Objects of one bucket, under the prefix of the settings. Raises StorageError."""

    settings: BucketSettings
    _opened: dict[int, S3Store] = field(
        default_factory=dict, repr=False, init=False, compare=False, hash=False
    )

    def read(self, name: str) -> bytes | None:
        """Give the bytes under a name; None where there are none."""
        import obstore

        try:
            with self._answering("read", name, may_lack=True):
                return bytes(obstore.get(self._store, name).bytes())
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Put bytes under a name, in place of those before. What they are goes into the header."""
        import obstore

        told = {"Content-Type": media_type_of(data), "Cache-Control": "private, max-age=31536000"}
        with self._answering("written", name):
            obstore.put(self._store, name, data, attributes=told)

    def refresh(self, name: str) -> bool:
        """Tell whether an object is there and young; one that is old is to be written again."""
        age_s = self.age_s(name)
        return age_s is not None and age_s < FRESH_S

    def age_s(self, name: str) -> float | None:
        """Give the seconds since an object was written; None where there is none."""
        import obstore

        try:
            with self._answering("looked for", name, may_lack=True):
                found = obstore.head(self._store, name)
        except FileNotFoundError:
            return None
        return max(0.0, (datetime.now(UTC) - found["last_modified"]).total_seconds())

    def remove(self, name: str) -> bool:
        """Remove an object; tell whether it was there."""
        import obstore

        if self.age_s(name) is None:
            return False
        with self._answering("removed", name):
            obstore.delete(self._store, name)
        return True

    def remove_under(self, name: str) -> int:
        """Remove all objects of a folder and below; give how many there were."""
        import obstore

        found = list(self.names_under(name))
        if found:
            with self._answering("removed", name):
                obstore.delete(self._store, found)
        return len(found)

    def names_under(self, name: str) -> Iterator[str]:
        """Give the names of all objects in a folder and below, in order."""
        import obstore

        with self._answering("listed", name):
            pages = list(obstore.list(self._store, name))
        yield from sorted(str(one["path"]) for page in pages for one in page)

    def link(self, name: str, lasts_s: int) -> str | None:
        """Give a signed URL of the store by which anybody reads an object for a time."""
        import obstore

        with self._answering("signed for", name):  # without keys of its own it asks the machine
            return str(obstore.sign(self._store, "GET", name, timedelta(seconds=lasts_s)))

    def where(self, name: str) -> str:
        """Say where a name is, for people."""
        return f"{self.settings.url}/{name}"

    @property
    def _store(self) -> S3Store:
        """Give the store, opened once in each process: its threads do not survive a fork."""
        if (process := os.getpid()) not in self._opened:
            self._opened[process] = self._open()
        return self._opened[process]

    def _open(self) -> S3Store:
        from obstore.store import S3Store

        known = self.settings
        config: S3Config = {"region": known.region}
        if known.endpoint:
            config["endpoint"] = known.endpoint
        if known.access_key and known.secret_key:
            config["access_key_id"] = known.access_key
            config["secret_access_key"] = known.secret_key
        if known.session_token:
            config["session_token"] = known.session_token
        is_plain = (known.endpoint or "").startswith("http://")
        return S3Store(
            known.bucket,
            prefix=known.prefix or None,
            config=config,
            client_options={
                "allow_http": is_plain,
                "connect_timeout": CONNECT_WITHIN,
                "timeout": ANSWER_WITHIN,
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": RETRY_WITHIN},
        )

    @contextmanager
    def _answering(self, done: str, name: str, *, may_lack: bool = False) -> Iterator[None]:
        """Make one line of what failed: the library's own text goes on for pages.

        Raises StorageError, and FileNotFoundError where nothing has that name and that `may_lack`;
        a bucket that is not there is another matter.
        """
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError) as error:
            said = str(error) or type(error).__name__
            if may_lack and isinstance(error, FileNotFoundError) and "NoSuchBucket" not in said:
                raise
            why = said.partition("\n")[0][:300]
            raise StorageError(f"{self.where(name)} could not be {done}: {why}.") from error


def media_type_of(data: bytes) -> str:
    """Give what a picture's bytes are by how they begin; anything else is bytes and no page."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:12] == b"ftypavif":
        return "image/avif"
    return "application/octet-stream"
