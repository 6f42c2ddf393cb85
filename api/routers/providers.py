"""How the platform uses providers: on or off, models, defaults, budgets. Administrators only.

What does not belong here: keys (`provider_keys.py`), who is asked then (`domain/providers.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from api.services import Acting, acting, origin_of, services_of, signed_in
from api.shapes import Exact, Input, Output
from api.strictness import Usd
from api.trials import Trial, require_vendor, try_kept
from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.providers import LOCAL, OFFERS, Kind
from resources.database.repositories import provider_keys, providers, usage
from resources.pricing.fitting import refuse_unfitting

router = APIRouter(
    prefix="/v1/admin/providers", tags=["providers"], dependencies=[Depends(signed_in)]
)
Name = Annotated[str, Field(max_length=100)]


class ProviderChange(Input):
    """What to change. What is left out stays; null takes the setting away."""

    is_enabled: bool | None = None
    default_for: list[Kind] | None = None
    fallback: Annotated[int, Field(ge=1, le=1000)] | None = None
    models: dict[Kind, Name | None] | None = None
    quality: Name | None = None
    requests_per_hour: Annotated[int, Field(ge=1, le=10**9)] | None = None
    monthly_budget_usd: Usd | None = None


class Defaults(Input):
    """For which kinds a provider is asked first; all that it makes where none is named."""

    kinds: Annotated[list[Kind], Field(min_length=1)] | None = None


class LastTest(Output):
    """How the last test went."""

    at: datetime
    ok: bool
    message: str
    latency_ms: int


class ProviderOut(Output):
    """A provider as the platform uses it. `key` says where its key is kept."""

    provider: str
    makes: list[Kind]
    is_enabled: bool
    default_for: list[Kind]
    fallback: int
    models: dict[Kind, str]
    quality: str
    requests_per_hour: int | None
    monthly_budget_usd: Exact | None
    key: Literal["kept", "environment", "none", "not needed"]
    last_four: str | None
    spent_this_month_usd: Exact
    last_test: LastTest | None
    updated_at: datetime | None


class Providers(Output):
    """All providers."""

    items: list[ProviderOut]


@router.get("")
async def list_providers(request: Request) -> Providers:
    """List the providers, what was chosen for each, and what it cost this month (UTC)."""
    async with acting(request) as act:
        return Providers(items=await _all(request, act))


@router.get("/{provider}")
async def get_provider(request: Request, provider: str) -> ProviderOut:
    """Read one provider."""
    async with acting(request) as act:
        return await _one(request, act, provider)


@router.put("/{provider}")
async def put_provider(request: Request, provider: str, body: ProviderChange) -> ProviderOut:
    """Change how a provider is used. The factory takes it up within seconds."""
    async with acting(request) as act:
        before = await _one(request, act, provider)
        models = {str(kind): model for kind, model in (body.models or {}).items()}
        refuse_unfitting(provider, body.default_for or (), models)
        return await _changed(request, act, provider, _changes(body, before))


@router.post("/{provider}/set-default")
async def set_default(request: Request, provider: str, body: Defaults) -> ProviderOut:
    """Ask this provider first; who was the default for these kinds is not any more."""
    async with acting(request) as act:
        before = await _one(request, act, provider)
        kinds = body.kinds or before.makes
        refuse_unfitting(provider, kinds, {})
        wanted = sorted({*before.default_for, *kinds})
        return await _changed(request, act, provider, {"default_for": wanted})


@router.post("/{provider}/test")
async def test_provider(request: Request, provider: str) -> Trial:
    """Make one cheap call with the platform's key."""
    async with acting(request) as act:
        person: UUID = act.person.id
    require_vendor(provider)
    return await try_kept(request, provider, None, person)


def _changes(body: ProviderChange, before: ProviderOut) -> dict[str, Any]:
    """Give the settings as they are kept: amounts as text, models beside those chosen before."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    if changes.get("monthly_budget_usd") is not None:
        changes["monthly_budget_usd"] = str(body.monthly_budget_usd)
    if "default_for" in changes:
        changes["default_for"] = sorted(set(body.default_for or ()))
    if body.models is not None:
        merged = {**before.models, **body.models}
        changes["models"] = {kind: model for kind, model in merged.items() if model}
    return changes


async def _changed(
    request: Request, act: Acting, provider: str, changes: dict[str, Any]
) -> ProviderOut:
    await providers.change(
        act.connection,
        organization_id=None,
        provider=provider,
        by=act.person.id,
        origin=origin_of(request),
        **changes,
    )
    return await _one(request, act, provider)


async def _one(request: Request, act: Acting, provider: str) -> ProviderOut:
    for found in await _all(request, act):
        if found.provider == provider:
            return found
    raise NotFound(f"There is no such provider; there are: {', '.join(OFFERS)}.")


async def _all(request: Request, act: Acting) -> list[ProviderOut]:
    now = datetime.now(UTC)
    first = datetime(now.year, now.month, 1, tzinfo=UTC)
    settings = {one.provider: one for one in await providers.listed(act.connection, None)}
    keys = {
        one.provider: one.last_four
        for one in await provider_keys.listed(act.connection)
        if one.organization_id is None
    }
    sums = await usage.usage_between(act.connection, first, now, "provider")
    spent = {one.name: one.cost_usd for one in sums}
    return [
        _told(request, name, settings.get(name), keys.get(name), spent.get(name, Decimal(0)))
        for name in OFFERS
    ]


def _told(
    request: Request,
    name: str,
    row: providers.SettingRow | None,
    last_four: str | None,
    spent: Decimal,
) -> ProviderOut:
    choice = providers.choice_of(
        name,
        row.settings if row else {},
        is_own=False,
        is_enabled=row.is_enabled if row else True,
    )
    return ProviderOut.model_validate(
        {
            "provider": name,
            "makes": sorted(OFFERS[name]),
            "is_enabled": choice.is_enabled,
            "default_for": sorted(choice.default_for),
            "fallback": choice.fallback,
            "models": choice.models or {},
            "quality": choice.quality,
            "requests_per_hour": choice.requests_per_hour,
            "monthly_budget_usd": choice.monthly_budget_usd,
            "key": _where(request, name, last_four),
            "last_four": last_four,
            "spent_this_month_usd": spent,
            "last_test": row.last_test if row else None,
            "updated_at": row.updated_at if row else None,
        }
    )


def _where(request: Request, name: str, last_four: str | None) -> str:
    if name == LOCAL:
        return "not needed"
    if last_four is not None:
        return "kept"
    given = services_of(request).settings.providers[name].api_key
    return "environment" if given else "none"
