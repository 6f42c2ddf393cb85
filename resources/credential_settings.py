"""What the environment says about content credentials: the operator's certificate and key.

Read by `settings.py`, which owns the environment. What does not belong here: reading the files, and
making a certificate where none is set (`content_credentials/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from posthub_assets.domain.errors import InvalidInput

CERTIFICATE, KEY = "POSTHUB_C2PA_CERTIFICATE", "POSTHUB_C2PA_KEY"


@dataclass(frozen=True, slots=True)
class CredentialSettings:
    """Absolute paths to PEM files; both or none. None: PostHub makes a certificate for itself."""

    certificate: Path | None = None
    """The chain: the signing certificate first, then those that signed it."""
    key: Path | None = None

    def spelled(self) -> dict[str, str]:
        """Give the variables for a child process: paths, no secrets."""
        return {CERTIFICATE: str(self.certificate or ""), KEY: str(self.key or "")}


def read_credential_settings(env: Mapping[str, str]) -> CredentialSettings:
    """Read the variables. Raises InvalidInput where one is set without the other."""
    certificate, key = _path(env, CERTIFICATE), _path(env, KEY)
    if (certificate is None) != (key is None):
        given, missing = (CERTIFICATE, KEY) if certificate else (KEY, CERTIFICATE)
        raise InvalidInput(
            f"{given} is set, but {missing} is not. Set both, or neither: then PostHub makes a "
            "certificate for itself.",
            field=missing,
        )
    return CredentialSettings(certificate, key)


def _path(env: Mapping[str, str], name: str) -> Path | None:
    raw = env.get(name, "").strip()
    try:
        return Path(raw).expanduser().absolute() if raw else None
    except RuntimeError as error:
        raise InvalidInput(
            f"{name} starts with a ~ that names no user: {error}.", field=name
        ) from error
