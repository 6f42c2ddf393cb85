"""Which provider answers: the rules, from what people chose and which keys there are. Pure.

What does not belong here: keys themselves, reading settings, calling anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from posthub_assets.domain.errors import InvalidInput

Kind = Literal["text", "image", "research"]
KINDS: tuple[Kind, ...] = ("text", "image", "research")
KeySource = Literal["platform", "organization"]

LOCAL = "local"

OFFERS: Mapping[str, frozenset[Kind]] = {
    "gemini": frozenset({"text", "image"}),
    "openai": frozenset({"text", "image"}),
    "perplexity": frozenset({"research"}),
    LOCAL: frozenset({"text", "image"}),
}
"""What each provider can be asked for."""

VENDORS = tuple(name for name in OFFERS if name != LOCAL)


@dataclass(frozen=True, slots=True)
class KeyShape:
    """What a vendor's keys look like; `note` is told to who gave another thing."""

    pattern: str
    note: str


KEY_SHAPES: Mapping[str, KeyShape] = {
    "gemini": KeyShape(r"AIza[0-9A-Za-z_-]{35}|AQ\.[0-9A-Za-z_.-]{20,200}", "AIza… or AQ.…"),
    "openai": KeyShape(r"sk-[0-9A-Za-z_-]{16,300}", "sk-…"),
    "perplexity": KeyShape(r"pplx-[0-9A-Za-z]{16,120}", "pplx-…"),
}
"""Seen in the vendors' consoles in November 2026. A proxy in front of a vendor has other keys, so
the shape is not asked for where a base URL is set."""

ANY_KEY = re.compile(r"[\x21-\x7e]{8,500}")


def check_key_shape(provider: str, key: str, *, is_proxied: bool = False) -> None:
    """Refuse what cannot be a key of the provider. Raises InvalidInput, without the key."""
    if provider not in KEY_SHAPES:
        known = ", ".join(KEY_SHAPES)
        raise InvalidInput(f"{provider} takes no key here; {known} do.", field="provider")
    shape = KEY_SHAPES[provider]
    if not ANY_KEY.fullmatch(key):
        raise InvalidInput(
            "The key is empty, too long, or holds a space or a character that no key has.",
            field="key",
        )
    if not is_proxied and not re.fullmatch(shape.pattern, key):
        raise InvalidInput(
            f"That is no key of {provider}: they look like {shape.note}", field="key"
        )


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """What was chosen for one provider, by the platform or by one organisation."""

    provider: str
    is_own: bool
    """True for the organisation's own choice, which goes before the platform's."""
    is_enabled: bool = True
    default_for: frozenset[str] = frozenset()
    """The kinds for which it is asked first."""
    fallback: int = 100
    """Lower is asked earlier, after the default."""
    models: Mapping[str, str] = None  # type: ignore[assignment]
    """Model by kind; a missing one is the vendor's default."""
    quality: str = ""
    requests_per_hour: int | None = None
    monthly_budget_usd: Decimal | None = None

    def model(self, kind: str) -> str:
        """Give the chosen model, or nothing for the vendor's default."""
        return (self.models or {}).get(kind, "")


@dataclass(frozen=True, slots=True)
class Route:
    """One provider to ask, in its place in the order."""

    provider: str
    model: str
    """Empty: the vendor's default."""
    quality: str
    key_source: KeySource
    requests_per_hour: int | None


def routes(
    kind: Kind, choices: Sequence[ProviderChoice], available: Mapping[str, KeySource]
) -> tuple[Route, ...]:
    """Give who is asked for a kind, in order; empty where nobody is.

    `available` names the providers for which there is a key, and whose it is. A provider that is
    off, or without a key, is not offered. The default goes first, then the others by their place.
    An organisation's choices go before the platform's, provider by provider; where it made `local`
    its default, nothing of it leaves the house and `local` alone is given.
    """
    chosen = _effective(choices)
    default = _default(kind, choices)
    if default == LOCAL:
        return (_route(LOCAL, kind, chosen.get(LOCAL), "platform"),)
    offered = [
        name
        for name in VENDORS
        if kind in OFFERS[name]
        and name in available
        and (name not in chosen or chosen[name].is_enabled)
    ]
    ordered = sorted(
        offered,
        key=lambda name: (
            name != default,
            chosen[name].fallback if name in chosen else 100,
            VENDORS.index(name),
        ),
    )
    return tuple(_route(name, kind, chosen.get(name), available[name]) for name in ordered)


def _effective(choices: Sequence[ProviderChoice]) -> dict[str, ProviderChoice]:
    """Give the choice that holds for each provider: the organisation's own where it has one.

    What the platform switched off stays off, whatever an organisation says.
    """
    found: dict[str, ProviderChoice] = {}
    off = {one.provider for one in choices if not one.is_own and not one.is_enabled}
    for one in sorted(choices, key=lambda one: one.is_own):
        if one.provider not in off or not one.is_enabled:
            found[one.provider] = one
    return found


def _default(kind: Kind, choices: Sequence[ProviderChoice]) -> str | None:
    for one in sorted(choices, key=lambda one: not one.is_own):
        if kind in one.default_for and one.is_enabled:
            return one.provider
    return None


def _route(
    provider: str, kind: Kind, choice: ProviderChoice | None, key_source: KeySource
) -> Route:
    if choice is None:
        return Route(provider, "", "", key_source, None)
    return Route(provider, choice.model(kind), choice.quality, key_source, choice.requests_per_hour)
