"""Which of the offers a picture of the media assistant may be bought from.

What does not belong here: who is offered at all (`vendors.py`), and in which order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.providers import LOCAL

if TYPE_CHECKING:
    from resources.gateway.vendors import Offer


def offers_for(provider: str, offers: Sequence[Offer], *, own_key: bool) -> tuple[Offer, ...]:
    """Give the offers of the provider that is named, or all; empty where `local` draws.

    With `own_key` only those on the organisation's key: nobody else pays for what counts against
    no limit. Raises PermanentProviderError where nobody is left of those that were meant.
    """
    if provider == LOCAL:
        return ()
    left = tuple(
        one
        for one in offers
        if provider in ("", one.provider) and (one.key_source == "organization" or not own_key)
    )
    if not left and (provider or own_key):
        who = provider or "A provider on your organisation's own key"
        raise PermanentProviderError(
            f"{who} is not offered here for images: it has no key, or is switched off. Name "
            "another provider, or none; `local` is always there.",
            provider=provider,
        )
    return left
