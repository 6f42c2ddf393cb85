"""Who may be asked, with whose key, and the adapters that ask.

Adapters are opened on first use and kept: each holds an SDK's client, and SDKs are imported only
then. What an organisation may use is read once in a while, not for each call.
What does not belong here: routing rules (`posthub_assets/domain/providers.py`), keys
(`key_vault.py`), asking.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.ports import Call
from posthub_assets.domain.providers import Kind, Route, routes
from posthub_assets.domain.vendors import BatchModel, ImageModel, ResearchModel, TextModel
from resources.database.engine import Database, Scope
from resources.database.repositories import prompts as prompt_rows
from resources.database.repositories import providers as provider_rows
from resources.gateway.till import Line
from resources.key_vault import KeyVault
from resources.rate_limiter import Rate
from resources.settings import Settings

if TYPE_CHECKING:
    from resources.pricing import Estimate, ModelFacts
    from resources.prompt_library import ServedPrompt

FRESH_FOR_S = 15.0
"""A provider that was switched off is asked for so long at most."""

MOST_KEPT = 5_000
LOCAL = "local"
BATCHING = frozenset({"gemini", "openai"})


@dataclass(frozen=True, slots=True)
class Offer:
    """One vendor and model that may answer, as the organisation's settings and keys have it."""

    route: Route
    facts: ModelFacts
    lines: tuple[Line, ...]

    @property
    def provider(self) -> str:
        """The vendor's name."""
        return self.route.provider

    @property
    def model(self) -> str:
        """The model that is asked for."""
        return self.facts.name

    @property
    def quality(self) -> str:
        """The model's own word for it, or nothing."""
        return self.route.quality

    @property
    def key_source(self) -> str:
        """`platform`, or `organization` for a customer's own key."""
        return self.route.key_source

    @property
    def is_budgeted(self) -> bool:
        """Own keys count against no limit of the platform."""
        return self.key_source == "platform"

    @property
    def has_batches(self) -> bool:
        """Whether the vendor takes questions in batches."""
        return self.provider in BATCHING

    def temperature(self, wanted: Decimal | None) -> float | None:
        """Give the temperature to send; None where the model refuses the parameter."""
        if wanted is None or not self.facts.takes_temperature:
            return None
        return float(wanted)

    def bounded(self, max_tokens: int) -> int:
        """Give the limit to send: a thinking model thinks within it, so it gets room for that."""
        room = max_tokens + self.facts.thinking_tokens
        return min(room, self.facts.max_output_tokens)

    def estimate(
        self,
        prompt_bytes: int,
        max_tokens: int,
        *,
        images: int = 0,
        sources: int = 0,
        searches: int = 0,
        batch: bool = False,
    ) -> Estimate:
        """Give the most that a call can cost. Raises UnknownPrice."""
        from resources.pricing import estimate

        return estimate(
            self.provider,
            self.model,
            prompt_tokens=prompt_bytes,
            max_tokens=max_tokens,
            images=images,
            sources=sources,
            searches=searches,
            batch=batch,
            at=datetime.now(UTC),
        )


def offer_of(route: Route, kind: Kind, organization_id: UUID) -> Offer:
    """Give a route with its model's facts and the lines to stand in. Raises InvalidInput."""
    from resources.pricing import default_model, facts_of

    model = route.model or default_model(route.provider, kind)
    return Offer(route, facts_of(route.provider, model), _lines(route, kind, organization_id))


@dataclass(slots=True)
class Vendors:
    """Opens adapters with keys; closes them all at the end."""

    settings: Settings
    database: Database
    vault: KeyVault
    _offers: dict[tuple[str, Kind], tuple[float, tuple[Offer, ...]]] = field(default_factory=dict)
    _adapters: dict[tuple[str, str], Any] = field(default_factory=dict)
    _prompts: dict[tuple[str, ...], tuple[float, ServedPrompt]] = field(default_factory=dict)

    async def offers(self, call: Call, kind: Kind) -> tuple[Offer, ...]:
        """Give who may answer, in the order to be asked; empty where only `local` may."""
        known = self._offers.get((call.organization_id, kind))
        if known and time.monotonic() - known[0] < FRESH_FOR_S:
            return known[1]
        found = await self._read_offers(UUID(call.organization_id), kind)
        self._offers[call.organization_id, kind] = (time.monotonic(), found)
        return found

    async def _read_offers(self, organization_id: UUID, kind: Kind) -> tuple[Offer, ...]:
        async with self.database.transaction(Scope.of(organization_id)) as connection:
            chosen = await provider_rows.chosen_for(connection, organization_id)
        available = self.vault.available(chosen, datetime.now(UTC).date())
        found = routes(kind, tuple(one.choice for one in chosen), available)
        return tuple(offer_of(one, kind, organization_id) for one in found if one.provider != LOCAL)

    async def prompt(self, call: Call, code: str, language: str) -> ServedPrompt:
        """Give the version that is served now, or that the job was pinned to at its first call.

        A company is served from memory for some seconds: a promoted version is taken up a little
        later. A job is not, at its first question: it has to be pinned.
        """
        key = (call.company_id, call.job_id or "", code, language)
        known = self._prompts.get(key)
        if known and time.monotonic() - known[0] < FRESH_FOR_S:
            return known[1]
        served = await self._serve(call, code, language)
        if len(self._prompts) > MOST_KEPT:
            self._prompts.clear()
        self._prompts[key] = (time.monotonic(), served)
        return served

    async def _serve(self, call: Call, code: str, language: str) -> ServedPrompt:
        organization_id = UUID(call.organization_id)
        async with self.database.transaction(Scope.of(organization_id)) as connection:
            return await prompt_rows.serve_pinned(
                connection,
                organization_id=organization_id,
                company_id=UUID(call.company_id),
                code=code,
                language=language,
                job_id=UUID(call.job_id) if call.job_id else None,
            )

    async def text_model(self, offer: Offer, call: Call) -> TextModel:
        """Open the vendor's texts. Raises KeyRejected where the key has expired."""
        return cast(TextModel, await self._adapter(offer.provider, UUID(call.organization_id)))

    async def image_model(self, offer: Offer, call: Call) -> ImageModel:
        """Open the vendor's pictures. Raises KeyRejected where the key has expired."""
        return cast(ImageModel, await self._adapter(offer.provider, UUID(call.organization_id)))

    async def research_model(self, offer: Offer, call: Call) -> ResearchModel:
        """Open the vendor's research. Raises KeyRejected where the key has expired."""
        return cast(ResearchModel, await self._adapter(offer.provider, UUID(call.organization_id)))

    async def batch_model(self, provider: str, organization_id: UUID) -> BatchModel:
        """Open the vendor's batches. Raises KeyRejected where the key has expired."""
        return cast(BatchModel, await self._adapter(provider, organization_id))

    async def _adapter(self, provider: str, organization_id: UUID) -> Any:
        opened = await self.vault.open(organization_id, provider)
        known = self._adapters.get((provider, opened.fingerprint))
        if known is None:
            base_url = self.settings.providers[provider].base_url
            made = await asyncio.to_thread(open_adapter, provider, opened.key, base_url)
            known = self._adapters.setdefault((provider, opened.fingerprint), made)
            if known is not made:  # another job opened one meanwhile
                await made.close()
        return known

    async def close(self) -> None:
        """Close every client."""
        for adapter in self._adapters.values():
            await adapter.close()
        self._adapters.clear()


def open_adapter(provider: str, key: str, base_url: str | None) -> Any:
    """Make a vendor's adapter; its SDK is imported here. Raises PermanentProviderError."""
    if provider == "gemini":
        from resources.providers.gemini import Gemini

        return Gemini(key, base_url)
    if provider == "openai":
        from resources.providers.openai import OpenAI

        return OpenAI(key, base_url)
    if provider == "perplexity":
        from resources.providers.perplexity import Perplexity

        return Perplexity(key, base_url)
    raise PermanentProviderError(f"There is no adapter for {provider}.", provider=provider)


def _lines(route: Route, kind: Kind, organization_id: UUID) -> tuple[Line, ...]:
    """Give the lines to stand in: the vendor's, and the organisation's where it has an own limit.

    An organisation that brings its own key stands in a line of its own.
    """
    name = f"{route.provider}-images" if kind == "image" else route.provider
    own = f"organization:{organization_id}"
    lines = [Line(name, own if route.key_source == "organization" else "platform")]
    if route.requests_per_hour:
        rate = Rate(route.requests_per_hour / 60, burst=max(1, route.requests_per_hour // 12))
        lines.insert(0, Line(f"{name}-hourly", own, rate))
    return tuple(lines)
