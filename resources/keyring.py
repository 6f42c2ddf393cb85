"""Two keyrings for API keys: the platform's own, and its customers'. One cannot open the other's.

A keyring is a list of Fernet keys, the newest first: it encrypts with the first and opens with any
(MultiFernet), so that keys are rotated without a pause.
What does not belong here: rows (`database/repositories/provider_keys.py`), who may ask.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from posthub_assets.domain.errors import InvalidInput, StorageError

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


@dataclass(frozen=True, slots=True)
class Keyrings:
    """Both rings. `admin` seals the platform's keys, `user` those of organisations."""

    admin: tuple[str, ...] = field(repr=False)
    user: tuple[str, ...] = field(repr=False)

    def seal(self, secret: str, organization_id: UUID | None, provider: str) -> bytes:
        """Encrypt a key, bound to its row: elsewhere it does not open."""
        sealed = json.dumps({"for": _binding(organization_id, provider), "key": secret})
        return self._ring(organization_id).encrypt(sealed.encode())

    def open(self, ciphertext: bytes, organization_id: UUID | None, provider: str) -> str:
        """Decrypt a key of exactly this row. Raises StorageError that says what to do."""
        from cryptography.fernet import InvalidToken

        try:
            told = json.loads(self._ring(organization_id).decrypt(ciphertext))
        except InvalidToken:
            variable = _variable(organization_id)
            raise StorageError(
                f"The key of {provider} was sealed with another keyring. Put the old key into "
                f"{variable}, behind the new one, or save the provider's key again."
            ) from None
        if told.get("for") != _binding(organization_id, provider):
            raise StorageError(f"The key of {provider} belongs to another place. Save it again.")
        return str(told["key"])

    def reseal(self, ciphertext: bytes, organization_id: UUID | None, provider: str) -> bytes:
        """Encrypt again with the newest key. Raises StorageError."""
        return self.seal(
            self.open(ciphertext, organization_id, provider), organization_id, provider
        )

    def _ring(self, organization_id: UUID | None) -> MultiFernet:
        from cryptography.fernet import Fernet, MultiFernet

        keys = self.admin if organization_id is None else self.user
        if not keys:
            variable = _variable(organization_id)
            raise InvalidInput(
                f"{variable} is not set, so keys can neither be kept nor opened.", field=variable
            )
        return MultiFernet([Fernet(key) for key in keys])


def _variable(organization_id: UUID | None) -> str:
    return "POSTHUB_ADMIN_KEYRING" if organization_id is None else "POSTHUB_USER_KEYRING"


def _binding(organization_id: UUID | None, provider: str) -> str:
    return f"{organization_id or 'platform'}/{provider}"
