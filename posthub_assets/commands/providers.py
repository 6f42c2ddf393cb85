"""`posthub providers ...` and `posthub limits ...`: who is asked, and what may be spent.

What does not belong here: rules (`posthub_assets/domain/providers.py`), keys (`keys.py`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from posthub_assets.commands.ground import Ground, prepared_ground
from posthub_assets.commands.prompts import as_administrator
from posthub_assets.commands.speaking import say, say_bad, say_good
from posthub_assets.commands.tables import table
from posthub_assets.domain.errors import InvalidInput, PostHubError
from posthub_assets.domain.providers import KINDS, LOCAL, OFFERS, Kind, routes
from posthub_assets.domain.usage import money

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from resources.database.engine import Database
    from resources.database.repositories.providers import Chosen

PLATFORM_ONLY = UUID(int=0)
"""An organisation that nobody has: what the platform alone has chosen."""


def list_providers(organization: str | None = None) -> None:
    """`posthub providers list`: who is asked for what, in which order, and why others are not."""
    from resources.database.repositories import providers, usage

    async def read(connection: AsyncConnection, found: UUID | None) -> tuple[Any, ...]:
        now = datetime.now(UTC)
        first = datetime(now.year, now.month, 1, tzinfo=UTC)
        return (
            await providers.chosen_for(connection, found or PLATFORM_ONLY),
            await providers.listed(connection, found),
            await usage.usage_between(connection, first, now, "provider", organization_id=found),
        )

    chosen, kept, spent = as_administrator(read, organization)
    with_keys = _available(chosen)
    choices = tuple(one.choice for one in chosen)
    rows = []
    for kind in KINDS:
        found = routes(kind, choices, with_keys)
        names = [f"{one.provider} ({one.model or _default(one.provider, kind)})" for one in found]
        rows.append((kind, ", then ".join(names) or _nobody(kind)))
    for line in table(("FOR", "ASKED"), rows):
        say(line)
    say()
    tests = {one.provider: one.last_test for one in kept}
    costs = {one.name: money(one.cost_usd) for one in spent}
    each = [
        (name, key, costs.get(name, "0.00"), _tested_when(tests.get(name)), told)
        for name, key, told in _listed(chosen, with_keys)
    ]
    for line in table(("PROVIDER", "KEY", "USD THIS MONTH", "LAST TEST", "CHOSEN"), each):
        say(line)
    if not with_keys:
        say("No vendor has a key, so nothing leaves this machine. Next: posthub keys add gemini")


def _tested_when(told: dict[str, Any] | None) -> str:
    if told is None:
        return "never"
    return f"{str(told['at'])[:10]} {'went well' if told['ok'] else 'FAILED'}"


def _available(chosen: tuple[Chosen, ...]) -> dict[str, Any]:
    from resources.key_vault import KeyVault
    from resources.keyring import Keyrings
    from resources.settings import load_settings

    settings = load_settings()
    given = {name: one.api_key or "" for name, one in settings.providers.items() if one.api_key}
    vault = KeyVault(None, Keyrings((), ()), given)  # type: ignore[arg-type]  # looks, opens nothing
    return dict(vault.available(chosen, _today()))


def _today() -> date:
    return datetime.now(UTC).date()


def _default(provider: str, kind: Kind) -> str:
    from resources.pricing import default_model

    return "no model" if provider == LOCAL else default_model(provider, kind)


def _nobody(kind: Kind) -> str:
    return "nobody" if kind == "research" else "local (needs no key)"


def _listed(
    chosen: tuple[Chosen, ...], with_keys: dict[str, Any]
) -> Iterator[tuple[str, str, str]]:
    for name in OFFERS:
        own = [one for one in chosen if one.choice.provider == name]
        told = []
        for one in own:
            choice = one.choice
            parts = ["on" if choice.is_enabled else "OFF"]
            parts += [f"default for {kind}" for kind in sorted(choice.default_for)]
            parts += [f"{kind}: {model}" for kind, model in (choice.models or {}).items()]
            if choice.requests_per_hour:
                parts.append(f"{choice.requests_per_hour} requests an hour")
            if choice.monthly_budget_usd is not None:
                parts.append(f"{choice.monthly_budget_usd} USD a month")
            told.append(("own: " if choice.is_own else "") + ", ".join(parts))
        key = "needs none" if name == LOCAL else str(with_keys.get(name, "none"))
        yield name, key, "; ".join(told) or "as it comes"


def set_provider(
    provider: str,
    organization: str | None,
    *,
    is_enabled: bool | None,
    default_for: list[str],
    models: dict[str, str | None],
    monthly_budget: str | None,
    **changes: Any,
) -> None:
    """`posthub providers set`. Raises InvalidInput that names what cannot be chosen."""
    from resources.database.repositories import providers
    from resources.pricing.fitting import refuse_unfitting

    wanted = {kind: model for kind, model in models.items() if model is not None}
    refuse_unfitting(provider, default_for, wanted)
    if monthly_budget is not None and organization:
        raise InvalidInput("A budget with a provider is the platform's; use: posthub limits set.")
    given: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    if monthly_budget is not None:
        given["monthly_budget_usd"] = str(read_money(monthly_budget))

    async def change(connection: AsyncConnection, found: UUID | None) -> None:
        there = {one.provider: one for one in await providers.listed(connection, found)}
        before = there[provider].settings if provider in there else {}
        if default_for:
            kinds = set(before.get("default_for", [])) | set(default_for)
            given["default_for"] = sorted(kinds)
        if wanted:
            given["models"] = {**before.get("models", {}), **wanted}
        await providers.change(
            connection, organization_id=found, provider=provider, is_enabled=is_enabled, **given
        )

    as_administrator(change, organization)
    say_good(f"{provider} is changed{f' for {organization}' if organization else ''}.")
    say("The factory takes it up within seconds. Next: posthub providers list")


def read_money(told: str) -> Decimal:
    """Read an amount of USD. Raises InvalidInput."""
    try:
        amount = Decimal(told)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise InvalidInput(f"{told!r} is not an amount in USD, like 50 or 12.50.")
    return amount


def test_provider(provider: str, organization: str | None = None) -> bool:
    """`posthub providers test`: one cheap call with the key that would be used."""
    if provider not in OFFERS or provider == LOCAL:
        raise InvalidInput(f"{provider} is not a vendor; there are gemini, openai, perplexity.")
    with prepared_ground() as ground:
        told = ground.as_owner(lambda database: _tested(ground, database, provider, organization))
    (say_good if told["ok"] else say_bad)(f"{provider}: {told['message']}")
    return bool(told["ok"])


async def _tested(
    ground: Ground, database: Database, provider: str, organization: str | None
) -> dict[str, Any]:
    from resources.database.engine import EVERYTHING, Scope
    from resources.database.repositories import identity, providers
    from resources.key_vault import open_vault

    found = None
    if organization:
        async with database.transaction(EVERYTHING) as connection:
            found = await identity.find_organization(connection, organization)
    began = time.monotonic()
    try:
        opened = await open_vault(ground.settings, database).open(found, provider)
        await check_key(ground, provider, opened.key)
        told: dict[str, Any] = {"ok": True, "message": f"answers; the {opened.key_source}'s key"}
    except PostHubError as error:
        told = {"ok": False, "message": str(error)}
    told |= {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "latency_ms": round((time.monotonic() - began) * 1000),
    }
    async with database.transaction(Scope(readable=None, writable=found)) as connection:
        await providers.tested(connection, found, provider, told)
    return told


async def check_key(ground: Ground, provider: str, key: str) -> None:
    """Make the cheapest call of a vendor with a key. Raises ProviderError."""
    from resources.gateway.key_trial import try_key

    await try_key(ground.settings, provider, key)
