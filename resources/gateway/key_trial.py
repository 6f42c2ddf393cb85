"""The cheapest call with a key, before it is kept or to see whether it still works.

SDKs are imported when a key is tried, not before.
What does not belong here: keeping keys (`resources/key_vault.py`), adapters (`vendors.py`).
"""

from __future__ import annotations

import asyncio

from posthub_assets.domain.errors import TransientProviderError
from resources.settings import Settings

TRIAL_S = 30.0
"""A person waits for the answer."""


async def try_key(settings: Settings, provider: str, key: str) -> None:
    """Make the cheapest call of a vendor with a key. Raises ProviderError, without the key."""
    from resources.gateway.vendors import open_adapter

    base_url = settings.providers[provider].base_url
    adapter = await asyncio.to_thread(open_adapter, provider, key, base_url)
    try:
        async with asyncio.timeout(TRIAL_S):
            await adapter.check()
    except TimeoutError:
        raise TransientProviderError(
            f"{provider} did not answer within {TRIAL_S:.0f} seconds. Try again.",
            provider=provider,
        ) from None
    finally:
        await adapter.close()
