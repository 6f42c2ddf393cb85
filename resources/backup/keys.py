"""The keys of a backup: what signs tokens and what reads the keys that are stored encrypted.

They are kept apart from the backup unless somebody wants it otherwise: whoever has both reads the
vendors' keys of every customer. The manifest knows the rings by marks, so that a restore can say
beforehand whether the keys at hand fit. The login roles' passwords are no part of it: a restore
makes new ones.
What does not belong here: encryption (`resources/keyring.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from posthub_assets.domain.errors import InvalidInput
from resources.backup.manifest import KeyNote
from resources.content_credentials.house import HOUSE_FILE
from resources.secret_store import resolve_app_secrets
from resources.settings import Settings

BESIDE, INSIDE, NONE = "beside", "inside", "none"
PLACES = (BESIDE, INSIDE, NONE)
KEPT_FILES = ("admin.txt", HOUSE_FILE)
"""Files of a home that are secret and cannot be made again: the first administrator's password, and
the key that signs pictures where no other is set."""


@dataclass(frozen=True, slots=True)
class Keys:
    """All that is secret in a home."""

    secret_key: str = field(repr=False)
    admin: tuple[str, ...] = field(repr=False)
    user: tuple[str, ...] = field(repr=False)
    files: dict[str, str] = field(default_factory=dict, repr=False)

    def to_json(self) -> bytes:
        """Give them under the names that the environment knows them by."""
        told = {
            "POSTHUB_SECRET_KEY": self.secret_key,
            "POSTHUB_ADMIN_KEYRING": ",".join(self.admin),
            "POSTHUB_USER_KEYRING": ",".join(self.user),
            "files": self.files,
        }
        return json.dumps(told, indent=2).encode() + b"\n"


def keys_of(settings: Settings, place: str) -> Keys:
    """Read the keys of a home, or of the environment.

    With `none` what is not there is left open; else InvalidInput names what is missing.
    """
    if place == NONE and not settings.is_embedded:
        return Keys(settings.secret_key or "", settings.admin_keyring, settings.user_keyring)
    secrets = resolve_app_secrets(settings)
    files = {}
    for name in KEPT_FILES:
        path = settings.home / name
        if path.is_file():
            files[name] = path.read_text(encoding="utf-8")
    return Keys(secrets.secret_key, secrets.admin_keyring, secrets.user_keyring, files)


def keys_from(data: bytes, where: Path) -> Keys:
    """Read a file of keys. Raises InvalidInput that names it."""
    try:
        told = json.loads(data)
        return Keys(
            str(told["POSTHUB_SECRET_KEY"]),
            _ring(told["POSTHUB_ADMIN_KEYRING"]),
            _ring(told["POSTHUB_USER_KEYRING"]),
            {
                name: str(text)
                for name, text in dict(told.get("files", {})).items()
                if name in KEPT_FILES
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"{where} is no file of keys of PostHub. It is the one that ends in .keys and was "
            "written with the backup."
        ) from error


def with_environment(keys: Keys | None, settings: Settings) -> Keys:
    """Give the keys that PostHub will use: the environment's go before those of the backup."""
    known = keys or Keys("", (), ())
    return Keys(
        settings.secret_key or known.secret_key,
        settings.admin_keyring or known.admin,
        settings.user_keyring or known.user,
        known.files,
    )


def marks_of(ring: Sequence[str]) -> tuple[str, ...]:
    """Give marks by which keys are known again. Keys have 256 random bits: nobody guesses them."""
    return tuple(
        hashlib.sha256(b"posthub keyring " + one.encode()).hexdigest()[:16] for one in ring
    )


def unreadable(note: KeyNote, keys: Keys) -> int:
    """Count the stored secrets that these keys will not read."""
    count = 0
    for sealed, wanted, ring in (
        (note.admin_sealed, note.admin, keys.admin),
        (note.user_sealed, note.user, keys.user),
    ):
        if not set(wanted) <= set(marks_of(ring)):
            count += sealed
    return count


def _ring(told: str) -> tuple[str, ...]:
    return tuple(one for one in told.split(",") if one)
