"""Secrets are made once, kept closed, and required where they cannot be made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from posthub_assets.domain.errors import InvalidInput, StorageError
from resources.secret_store import ensure_secrets, resolve_app_secrets
from resources.settings import load_settings


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = ensure_secrets(tmp_path / "home")

    assert ensure_secrets(tmp_path / "home") == first
    assert (tmp_path / "home" / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert len(first.secret_key) >= 32
    assert Fernet(first.admin_keyring[0]).decrypt(Fernet(first.admin_keyring[0]).encrypt(b"x"))


def test_secrets_made_at_once_are_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ensure_secrets(tmp_path), range(8)))
    assert len(set(made)) == 1


def test_secrets_are_not_shown_when_printed(tmp_path: Path) -> None:
    made = ensure_secrets(tmp_path)
    assert made.secret_key not in repr(made)
    assert made.api_password not in repr(made)


def test_secrets_that_others_can_read_are_refused(tmp_path: Path) -> None:
    ensure_secrets(tmp_path)
    (tmp_path / "secrets.json").chmod(0o644)
    with pytest.raises(StorageError, match="chmod 600"):
        ensure_secrets(tmp_path)


def test_a_broken_secrets_file_is_never_replaced(tmp_path: Path) -> None:
    ensure_secrets(tmp_path)
    (tmp_path / "secrets.json").write_text("{", encoding="utf-8")
    with pytest.raises(StorageError, match="backup"):
        ensure_secrets(tmp_path)
    assert (tmp_path / "secrets.json").read_text(encoding="utf-8") == "{"


def test_keys_are_required_where_the_database_is_not_the_embedded_one(tmp_path: Path) -> None:
    settings = load_settings(
        {"POSTHUB_HOME": str(tmp_path), "POSTHUB_DATABASE_URL": "postgresql://u:p@h/d"}
    )
    with pytest.raises(InvalidInput, match="POSTHUB_SECRET_KEY is not set"):
        resolve_app_secrets(settings)


def test_a_key_from_the_environment_goes_before_a_generated_one(tmp_path: Path) -> None:
    settings = load_settings({"POSTHUB_HOME": str(tmp_path), "POSTHUB_SECRET_KEY": "k" * 40})
    found = resolve_app_secrets(settings)
    assert found.secret_key == "k" * 40
    assert found.user_keyring == ensure_secrets(tmp_path).user_keyring
