"""What may be chosen for a provider: kinds that it makes, models that are known.

What does not belong here: which provider is asked then (`posthub_assets/domain/providers.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.providers import OFFERS
from resources.pricing.catalogue import facts_of


def refuse_unfitting(
    provider: str, default_for: Iterable[str], models: Mapping[str, str | None]
) -> None:
    """Refuse a kind that the provider does not make, and a model of another kind.

    Raises InvalidInput that says what there is.
    """
    if provider not in OFFERS:
        raise InvalidInput(f"There is no provider {provider}; there are: {', '.join(OFFERS)}.")
    for kind in default_for:
        if kind not in OFFERS[provider]:
            made = " and ".join(sorted(OFFERS[provider]))
            raise InvalidInput(f"{provider} does not make {kind}; it makes {made}.")
    for kind, model in models.items():
        if model and facts_of(provider, model).kind != kind:
            raise InvalidInput(f"{model} is not a model for {kind}.", field="model")
