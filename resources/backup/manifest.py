"""What a backup says of itself: versions, counts, parts with their hashes. Holds no secret.

What does not belong here: the file (`archive.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from posthub_assets.domain.errors import InvalidInput

FORMAT = 1
"""Raised when an older PostHub could not read the file rightly."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside the backup."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class KeyNote:
    """Where the keys are, and by which marks they are known again."""

    where: str
    """`beside`, `inside` or `none`."""
    admin: tuple[str, ...]
    user: tuple[str, ...]
    admin_sealed: int
    """Rows that the platform's ring reads: keys of vendors."""
    user_sealed: int
    """Rows that the customers' ring reads: keys of vendors, secrets of webhooks."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole of it. `tables` counts rows by name, `missing` names pictures that were not whole
    on disk, `settings` are those of the environment that are no secrets.
    """

    posthub: str
    made_at: str
    migration: str
    postgres: int
    """The server's `server_version_num`."""
    owner: str
    tables: Mapping[str, int]
    parts: Mapping[str, Part]
    keys: KeyNote
    missing: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets_set: tuple[str, ...] = ()
    """Names of the secrets that the environment held; they have to be set again."""
    format: int = FORMAT

    def to_json(self) -> bytes:
        """Give it as JSON, sorted, so that the same is the same to the byte."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @property
    def media_files(self) -> int:
        """Count the pictures."""
        return sum(is_picture(name) for name in self.parts)


def is_picture(name: str) -> bool:
    """Tell a stored picture, whose name is its hash, from a derived file."""
    return name.startswith("media/") and "/derived/" not in name


def from_json(data: bytes) -> Manifest:
    """Read it. Raises InvalidInput for a newer format, ValueError for what is no manifest."""
    told: dict[str, Any] = json.loads(data)
    if not isinstance(told, dict) or not isinstance(told.get("format"), int):
        raise ValueError("no manifest")
    if told["format"] > FORMAT:
        raise InvalidInput(
            f"The backup was made by a newer PostHub ({told.get('posthub')}). Update PostHub first."
        )
    try:
        keys = told["keys"]
        return Manifest(
            **{
                **told,
                "parts": {name: Part(**one) for name, one in told["parts"].items()},
                "keys": KeyNote(
                    **{**keys, "admin": tuple(keys["admin"]), "user": tuple(keys["user"])}
                ),
                "missing": tuple(told["missing"]),
                "secrets_set": tuple(told["secrets_set"]),
            }
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no manifest") from error
