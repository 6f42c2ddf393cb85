"""What limits hold where nobody wrote one down: the settings, as the domain takes them.

What does not belong here: written limits (`database/repositories/limits.py`), tiers' own.
"""

from __future__ import annotations

from posthub_assets.domain.spending.limits import Ceiling, LimitDefaults
from resources.settings import Settings


def limit_defaults(settings: Settings) -> LimitDefaults:
    """Give the defaults that the environment names; what is None follows from the tier."""
    said = settings.gateway
    return LimitDefaults(
        month=Ceiling(said.monthly_requests, said.monthly_tokens, said.monthly_cost_usd),
        day=Ceiling(said.daily_requests, said.daily_tokens, said.daily_cost_usd),
    )
