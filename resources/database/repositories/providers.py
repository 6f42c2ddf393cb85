"""How providers are used: what was chosen by the platform and by organisations.

Every function takes an open connection; the caller owns the transaction and its scope. Changes are
an administrator's (scope `*`), or an organisation's own.
What does not belong here: who is asked then (`posthub_assets/domain/providers.py`), keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.providers import ProviderChoice
from resources.database.repositories import audit
from resources.database.repositories.audit import NOWHERE, Origin
from resources.ids import new_id

_CHOICES = text(
    """
    SELECT provider, is_enabled, settings, false AS is_own, has_key, expires_on
    FROM posthub.platform_providers()
    UNION ALL
    SELECT coalesce(s.provider, k.provider), coalesce(s.is_enabled, true),
        coalesce(s.settings, '{}'), true, k.id IS NOT NULL, k.expires_on
    FROM (SELECT * FROM posthub.provider_setting WHERE organization_id = :organization_id) s
    FULL JOIN (SELECT * FROM posthub.provider_key WHERE organization_id = :organization_id) k
        ON k.provider = s.provider
    """
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for a provider, and whether a key of its own is kept beside it."""

    choice: ProviderChoice
    has_key: bool
    expires_on: date | None


async def chosen_for(connection: AsyncConnection, organization_id: UUID) -> tuple[Chosen, ...]:
    """Read all that routing needs for an organisation: the platform's choices and its own."""
    rows = await connection.execute(_CHOICES, {"organization_id": organization_id})
    return tuple(
        Chosen(
            choice_of(row.provider, row.settings, is_own=row.is_own, is_enabled=row.is_enabled),
            row.has_key,
            row.expires_on,
        )
        for row in rows
    )


def choice_of(
    provider: str, settings: dict[str, Any], *, is_own: bool, is_enabled: bool
) -> ProviderChoice:
    """Read a choice from its row."""
    budget = settings.get("monthly_budget_usd")
    return ProviderChoice(
        provider=provider,
        is_own=is_own,
        is_enabled=is_enabled,
        default_for=frozenset(settings.get("default_for", ())),
        fallback=int(settings.get("fallback", 100)),
        models=settings.get("models", {}),
        quality=settings.get("quality", ""),
        requests_per_hour=settings.get("requests_per_hour"),
        monthly_budget_usd=None if budget is None else Decimal(budget),
    )


_ROWS = text(
    """
    SELECT provider, is_enabled, settings, last_test, updated_at FROM posthub.provider_setting
    WHERE organization_id IS NOT DISTINCT FROM :organization_id ORDER BY provider
    """
)


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One provider's settings as they are kept."""

    provider: str
    is_enabled: bool
    settings: dict[str, Any]
    last_test: dict[str, Any] | None
    updated_at: datetime


async def listed(connection: AsyncConnection, organization_id: UUID | None) -> Sequence[SettingRow]:
    """Read the settings of the platform (None) or of one organisation."""
    rows = await connection.execute(_ROWS, {"organization_id": organization_id})
    return [SettingRow(**row._mapping) for row in rows]


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('provider_setting', 0))")
_UPSERT = text(
    """
    INSERT INTO posthub.provider_setting (id, organization_id, provider, is_enabled, settings)
    VALUES (:id, :organization_id, :provider, :is_enabled, :settings)
    ON CONFLICT (organization_id, provider) DO UPDATE SET
        is_enabled = excluded.is_enabled, settings = excluded.settings, updated_at = now()
    """
).bindparams(bindparam("settings", type_=JSONB))


async def change(
    connection: AsyncConnection,
    *,
    organization_id: UUID | None,
    provider: str,
    by: UUID | None = None,
    is_enabled: bool | None = None,
    origin: Origin = NOWHERE,
    **changes: Any,
) -> None:
    """Change some of a provider's settings; audited with what was before.

    A kind in `default_for` is taken from whoever had it: one default for each kind. Changes are
    made one after the other, so that two of them cannot both become the default.
    """
    await connection.execute(_LOCK)
    there = {row.provider: row for row in await listed(connection, organization_id)}
    for kind in changes.get("default_for", ()):
        await _take_default(connection, organization_id, there, provider, kind)
    row = there.get(provider)
    before = {"is_enabled": row.is_enabled, **row.settings} if row else {}
    enabled = is_enabled if is_enabled is not None else bool(before.get("is_enabled", True))
    settings = {name: value for name, value in before.items() if name != "is_enabled"}
    settings |= changes
    settings = {name: value for name, value in settings.items() if value is not None}
    await _write(connection, organization_id, provider, enabled, settings)
    await audit.record(
        connection,
        organization_id=organization_id,
        actor_id=by,
        action="provider.change",
        subject_kind="provider",
        subject_id=provider,
        before=before or None,
        after={"is_enabled": enabled, **settings},
        origin=origin,
    )


async def _take_default(
    connection: AsyncConnection,
    organization_id: UUID | None,
    there: dict[str, SettingRow],
    provider: str,
    kind: str,
) -> None:
    for name, row in there.items():
        kinds = row.settings.get("default_for", [])
        if name != provider and kind in kinds:
            left = {**row.settings, "default_for": [one for one in kinds if one != kind]}
            await _write(connection, organization_id, name, row.is_enabled, left)


async def _write(
    connection: AsyncConnection,
    organization_id: UUID | None,
    provider: str,
    is_enabled: bool,
    settings: dict[str, Any],
) -> None:
    values = {
        "id": new_id(),
        "organization_id": organization_id,
        "provider": provider,
        "is_enabled": is_enabled,
        "settings": settings,
    }
    await connection.execute(_UPSERT, values)


_TESTED = text(
    """
    INSERT INTO posthub.provider_setting (id, organization_id, provider, last_test)
    VALUES (:id, :organization_id, :provider, :told)
    ON CONFLICT (organization_id, provider) DO UPDATE SET last_test = excluded.last_test
    """
).bindparams(bindparam("told", type_=JSONB))


async def tested(
    connection: AsyncConnection,
    organization_id: UUID | None,
    provider: str,
    told: dict[str, Any],
) -> None:
    """Write down how the last test of a provider went: `at`, `ok`, `message`, `latency_ms`."""
    values = {"id": new_id(), "organization_id": organization_id, "provider": provider}
    await connection.execute(_TESTED, {**values, "told": told})
