"""Keys of providers: opened for the gateway, kept and administered for people.

The organisation's own key goes before the platform's; of the platform's, the one in the database
goes before the one in the environment. An opened key is kept in memory for five minutes: an access
in the audit trail is a decryption, not a call.
What does not belong here: encryption (`keyring.py`), rows (`provider_keys.py`), test calls.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import InvalidInput, KeyRejected, PostHubError, StorageError
from posthub_assets.domain.providers import VENDORS, KeySource, check_key_shape
from resources.database.engine import EVERYTHING, Database, Scope, set_scope
from resources.database.repositories import provider_keys
from resources.database.repositories.audit import NOWHERE, Origin
from resources.database.repositories.providers import Chosen
from resources.keyring import Keyrings
from resources.settings import Settings

KEPT_S = 300.0
Check = Callable[[str, str], Awaitable[None]]
"""Makes the cheapest call with (provider, key); raises KeyRejected, TransientProviderError."""


@dataclass(frozen=True, slots=True)
class OpenedKey:
    """A key, ready to be used. Its repr does not show it."""

    provider: str
    key: str = field(repr=False)
    key_source: KeySource
    last_four: str

    @property
    def fingerprint(self) -> str:
        """Tell keys apart without showing them."""
        return hashlib.sha256(self.key.encode()).hexdigest()


@dataclass(slots=True)
class KeyVault:
    """Opens keys. `from_environment` are the platform's keys by provider."""

    database: Database
    keyrings: Keyrings
    from_environment: dict[str, str] = field(default_factory=dict, repr=False)
    proxied: frozenset[str] = frozenset()
    """Providers with a base URL of their own: their keys may look like anything."""
    _opened: dict[tuple[UUID | None, str], tuple[float, OpenedKey]] = field(
        default_factory=dict, repr=False
    )

    def available(self, chosen: tuple[Chosen, ...], today: date) -> dict[str, KeySource]:
        """Say for which providers there is a key that has not expired, and whose it is."""
        found: dict[str, KeySource] = {name: "platform" for name in self.from_environment}
        for one in sorted(chosen, key=lambda one: one.choice.is_own):
            if one.has_key and (one.expires_on is None or one.expires_on >= today):
                found[one.choice.provider] = "organization" if one.choice.is_own else "platform"
        return {name: source for name, source in found.items() if name in VENDORS}

    async def open(self, organization_id: UUID | None, provider: str) -> OpenedKey:
        """Give the key that pays for an organisation's calls; None asks for the platform's.

        Raises KeyRejected where there is none or it has expired, StorageError where it does not
        open; both are in the audit trail.
        """
        kept = self._opened.get((organization_id, provider))
        if kept and time.monotonic() - kept[0] < KEPT_S:
            return kept[1]
        scope = _owner_scope(organization_id)
        try:
            async with self.database.transaction(scope) as connection:
                opened = await self._open(connection, organization_id, provider)
        except (KeyRejected, StorageError, InvalidInput) as error:
            async with self.database.transaction(scope) as connection:
                await provider_keys.refused(connection, organization_id, provider, error.code)
            raise
        self._opened[organization_id, provider] = (time.monotonic(), opened)
        return opened

    async def _open(
        self, connection: AsyncConnection, organization_id: UUID | None, provider: str
    ) -> OpenedKey:
        sealed, source = None, "own"
        if organization_id is not None:
            sealed = await provider_keys.own(connection, organization_id, provider)
        if sealed is None:
            sealed, source = await provider_keys.platforms(connection, provider), "platform"
        if sealed is None:
            return self._of_environment(provider)
        if _is_over(sealed.expires_on):
            raise _expired(provider, sealed.expires_on)
        owner = organization_id if source == "own" else None
        key = self.keyrings.open(sealed.ciphertext, owner, provider)
        await provider_keys.used(connection, sealed.id, is_platform=owner is None)
        told: dict[str, Any] = {"last_four": sealed.last_four, "key": source}
        await provider_keys.note(connection, organization_id, provider, "open", after=told)
        return OpenedKey(provider, key, "organization" if owner else "platform", sealed.last_four)

    async def open_kept(self, organization_id: UUID | None, provider: str, by: UUID) -> OpenedKey:
        """Give exactly the key of an organisation, or (None) the platform's, for a person's test.

        Unlike `open` it never falls back from one to the other, and nothing is kept in memory; the
        platform's may come from the environment. Raises KeyRejected where there is none or it has
        expired, StorageError where it does not open.
        """
        async with self.database.transaction(_owner_scope(organization_id)) as connection:
            sealed = await provider_keys.kept(connection, organization_id, provider)
            if sealed is None and organization_id is None:
                return self._of_environment(provider)
            if sealed is None:
                raise KeyRejected(f"No own key of {provider} is kept. Save one.", provider=provider)
            if _is_over(sealed.expires_on):
                raise _expired(provider, sealed.expires_on)
            key = self.keyrings.open(sealed.ciphertext, organization_id, provider)
            told: dict[str, Any] = {"last_four": sealed.last_four, "for": "test"}
            await provider_keys.note(
                connection, organization_id, provider, "open", by=by, after=told
            )
        source: KeySource = "organization" if organization_id else "platform"
        return OpenedKey(provider, key, source, sealed.last_four)

    def _of_environment(self, provider: str) -> OpenedKey:
        key = self.from_environment.get(provider)
        if key is None:
            raise KeyRejected(
                f"There is no key of {provider}. Save one: posthub keys add {provider}",
                provider=provider,
            )
        return OpenedKey(provider, key, "platform", key[-4:])

    async def save(
        self,
        provider: str,
        key: str,
        *,
        organization_id: UUID | None,
        check: Check | None,
        expires_on: date | None = None,
        by: UUID | None = None,
        origin: Origin = NOWHERE,
    ) -> None:
        """Keep a key after a test call with it; without `check` it is kept untested.

        Raises InvalidInput for what is no key or has expired, and what `check` raises: a key that
        the vendor refuses is not kept. The database is an administrator's or the organisation's.
        """
        check_key_shape(provider, key, is_proxied=provider in self.proxied)
        if expires_on is not None and expires_on < datetime.now(UTC).date():
            raise InvalidInput(
                f"{expires_on} is over; the key would never be used.", field="expires"
            )
        scope = _owner_scope(organization_id)
        if check is not None:
            try:
                await check(provider, key)
            except PostHubError as error:
                async with self.database.transaction(scope) as connection:
                    await provider_keys.refused(
                        connection, organization_id, provider, error.code, by=by, origin=origin
                    )
                raise
        async with self.database.transaction(scope) as connection:
            await provider_keys.save(
                connection,
                organization_id=organization_id,
                provider=provider,
                ciphertext=self.keyrings.seal(key, organization_id, provider),
                last_four=key[-4:],
                expires_on=expires_on,
                is_tested=check is not None,
                by=by,
                origin=origin,
            )
        self._opened.clear()

    async def delete(
        self,
        provider: str,
        *,
        organization_id: UUID | None,
        by: UUID | None = None,
        origin: Origin = NOWHERE,
    ) -> bool:
        """Forget a key. False where there was none."""
        async with self.database.transaction(_owner_scope(organization_id)) as connection:
            gone = await provider_keys.delete(connection, organization_id, provider, by, origin)
        self._opened.clear()
        return gone

    async def rotate(self, by: UUID | None = None) -> int:
        """Seal every key anew with the newest Fernet key of its ring; give how many.

        One transaction for each key: what broke off goes on when it is run again, since a key that
        was rotated twice is as good.
        """
        after, count = UUID(int=0), 0
        while True:
            async with self.database.transaction(Scope(readable=None)) as connection:
                row = await provider_keys.next_to_rotate(connection, after)
                if row is None:
                    return count
                owner, provider = row.organization_id, row.provider
                await set_scope(connection, Scope(readable=None, writable=owner))
                sealed = self.keyrings.reseal(bytes(row.ciphertext), owner, provider)
                await provider_keys.reseal(connection, row.id, sealed)
                await provider_keys.note(connection, owner, provider, "rotate", by=by)
            after, count = row.id, count + 1


def _owner_scope(organization_id: UUID | None) -> Scope:
    """Give what is needed for one owner's keys, and no more."""
    return Scope.of(organization_id) if organization_id else EVERYTHING


def _is_over(expires_on: date | None) -> bool:
    return expires_on is not None and expires_on < datetime.now(UTC).date()


def _expired(provider: str, expires_on: date | None) -> KeyRejected:
    return KeyRejected(
        f"The key of {provider} expired on {expires_on}. Save a new one: "
        f"posthub keys add {provider}",
        provider=provider,
    )


def open_vault(settings: Settings, database: Database) -> KeyVault:
    """Make the vault that the settings describe.

    Without keyrings (another database than the embedded one, and none set) keys of the environment
    still work; kept ones say which variable is missing.
    """
    from resources.secret_store import ensure_secrets

    admin, user = settings.admin_keyring, settings.user_keyring
    if settings.is_embedded and not (admin and user):
        made = ensure_secrets(settings.home)
        admin, user = admin or made.admin_keyring, user or made.user_keyring
    given = settings.providers
    return KeyVault(
        database,
        Keyrings(admin, user),
        from_environment={
            name: given[name].api_key or "" for name in VENDORS if given[name].api_key
        },
        proxied=frozenset(name for name in VENDORS if given[name].base_url),
    )
