"""Secrets that PostHub makes for itself: the file `POSTHUB_HOME/secrets.json`, mode 0600.

What does not belong here: customers' API keys (encrypted, in the database).
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from posthub_assets.domain.errors import InvalidInput, StorageError
from resources.file_lock import locked
from resources.settings import Settings

LOCK_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Secrets:
    """What was generated. Passwords have 256 random bits, URL-safe without quoting."""

    secret_key: str = field(repr=False)
    admin_keyring: tuple[str, ...] = field(repr=False)
    user_keyring: tuple[str, ...] = field(repr=False)
    owner_password: str = field(repr=False)
    api_password: str = field(repr=False)
    factory_password: str = field(repr=False)
    dagster_password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppSecrets:
    """What signs tokens and encrypts API keys: from the environment, else generated."""

    secret_key: str = field(repr=False)
    admin_keyring: tuple[str, ...] = field(repr=False)
    user_keyring: tuple[str, ...] = field(repr=False)


def ensure_secrets(home: Path) -> Secrets:
    """Read the secrets of `home`, making those that are missing. Safe in parallel processes.

    Raises StorageError when the file cannot be read or written, or other users may read it.
    """
    path = home / "secrets.json"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with locked(home / "secrets.lock", timeout_s=LOCK_TIMEOUT_S):
            known = _read(path)
            complete = {**_generate(), **known}
            if complete != known:
                _write(path, complete)
    except OSError as error:
        raise StorageError(f"The secrets in {path} cannot be kept: {error.strerror}.") from error
    return _parse(complete)


def adopt_secrets(home: Path, adopted: AppSecrets) -> None:
    """Give an empty home the keys of another; passwords are made anew. Raises StorageError."""
    known: dict[str, str | list[str]] = {
        "secret_key": adopted.secret_key,
        "admin_keyring": list(adopted.admin_keyring),
        "user_keyring": list(adopted.user_keyring),
    }
    try:
        home.mkdir(parents=True, exist_ok=True)
        with locked(home / "secrets.lock", timeout_s=LOCK_TIMEOUT_S):
            given = {name: value for name, value in known.items() if value}
            _write(home / "secrets.json", {**_read(home / "secrets.json"), **given})
    except OSError as error:
        raise StorageError(f"The secrets in {home} cannot be kept: {error.strerror}.") from error


def resolve_app_secrets(settings: Settings) -> AppSecrets:
    """Give the keys to sign and encrypt with.

    On the embedded default what the environment leaves open is generated into POSTHUB_HOME.
    Elsewhere all three are required: InvalidInput names the missing one.
    """
    given = AppSecrets(settings.secret_key or "", settings.admin_keyring, settings.user_keyring)
    if settings.is_embedded:
        made = ensure_secrets(settings.home)
        return AppSecrets(
            given.secret_key or made.secret_key,
            given.admin_keyring or made.admin_keyring,
            given.user_keyring or made.user_keyring,
        )
    for name, value in asdict(given).items():
        if not value:
            variable = f"POSTHUB_{name.upper()}"
            raise InvalidInput(
                f"{variable} is not set. It is required when the database is not the embedded "
                "one, so that every machine uses the same.",
                field=variable,
            )
    return given


def _generate() -> dict[str, str | list[str]]:
    return {
        "secret_key": secrets.token_urlsafe(48),
        "admin_keyring": [_fernet_key()],
        "user_keyring": [_fernet_key()],
        "owner_password": secrets.token_hex(32),
        "api_password": secrets.token_hex(32),
        "factory_password": secrets.token_hex(32),
        "dagster_password": secrets.token_hex(32),
    }


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


def _read(path: Path) -> dict[str, str | list[str]]:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    if mode & 0o077:
        raise StorageError(f"Other users may read {path}. Run: chmod 600 '{path}'")
    try:
        known = json.loads(text)
    except ValueError as error:
        raise StorageError(f"{path} is not JSON any more. Put it back from a backup.") from error
    if not isinstance(known, dict):
        raise StorageError(f"{path} is not a JSON object. Put it back from a backup.")
    return known


def _write(path: Path, content: dict[str, str | list[str]]) -> None:
    """Write whole or not at all: a new file, synced, then renamed."""
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)


def _parse(content: dict[str, str | list[str]]) -> Secrets:
    return Secrets(
        secret_key=str(content["secret_key"]),
        admin_keyring=tuple(content["admin_keyring"]),
        user_keyring=tuple(content["user_keyring"]),
        owner_password=str(content["owner_password"]),
        api_password=str(content["api_password"]),
        factory_password=str(content["factory_password"]),
        dagster_password=str(content["dagster_password"]),
    )
