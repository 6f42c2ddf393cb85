"""Trying a kept key for a person: one cheap call, and how it went written down.

What does not belong here: routes, the call itself (`resources/gateway/key_trial.py`).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import UUID

from fastapi import Request

from api.services import origin_of, services_of
from api.shapes import Output
from posthub_assets.domain.errors import NotFound, PostHubError
from posthub_assets.domain.providers import VENDORS
from resources.database.engine import EVERYTHING, Scope
from resources.database.repositories import provider_keys, providers
from resources.key_vault import KeyVault, open_vault


class Trial(Output):
    """How a test call went. `message` is a sentence for people and never holds the key."""

    provider: str
    ok: bool
    message: str
    latency_ms: int
    at: datetime


def vault_of(request: Request) -> KeyVault:
    """Open the vault of the application's settings. It asks nobody and reads no row."""
    services = services_of(request)
    return open_vault(services.settings, services.database)


def require_vendor(provider: str) -> None:
    """Refuse what is no vendor with a key. Raises NotFound."""
    if provider not in VENDORS:
        raise NotFound(f"There is no such provider; there are: {', '.join(VENDORS)}.")


async def check(request: Request, provider: str, key: str) -> None:
    """Make the cheapest call with a key. Raises ProviderError, without the key."""
    from resources.gateway.key_trial import try_key

    await try_key(services_of(request).settings, provider, key)


async def try_kept(
    request: Request, provider: str, organization_id: UUID | None, by: UUID
) -> Trial:
    """Try the key that is kept, outside of any transaction, and write down how it went."""
    began = time.monotonic()
    try:
        opened = await vault_of(request).open_kept(organization_id, provider, by)
        await check(request, provider, opened.key)
        ok, message = True, f"answers; the {opened.key_source}'s key"
    except PostHubError as error:
        ok, message = False, str(error)
    trial = Trial(
        provider=provider,
        ok=ok,
        message=message,
        latency_ms=round((time.monotonic() - began) * 1000),
        at=datetime.now(UTC),
    )
    await _write_down(request, trial, organization_id, by)
    return trial


async def _write_down(
    request: Request, trial: Trial, organization_id: UUID | None, by: UUID
) -> None:
    scope = Scope.of(organization_id, by) if organization_id else EVERYTHING
    told = {
        "ok": trial.ok,
        "message": trial.message,
        "latency_ms": trial.latency_ms,
        "at": trial.at.isoformat(timespec="seconds"),
    }
    async with services_of(request).database.transaction(scope) as connection:
        await providers.tested(connection, organization_id, trial.provider, told)
        await provider_keys.tested(
            connection,
            organization_id,
            trial.provider,
            is_fine=trial.ok,
            by=by,
            origin=origin_of(request),
        )
