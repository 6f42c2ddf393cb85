"""What a backup tells of the environment: settings by value, secrets by name only.

A backup holds no file of settings: `.env` belongs to who wrote it. What was set is told, so that it
can be set again.
What does not belong here: reading the environment (`resources/settings.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from resources.media_settings import ENDPOINT, KEYS, REGION, TOKEN
from resources.settings import PROVIDER_VARIABLES, WITHHELD

SECRET_ENDINGS = ("_KEY", "_KEYRING", "_TOKEN", "_SECRET", "_URL", "_PASSWORD", "_KEY_ID")
"""A URL may carry a password."""
PLACES = frozenset({"POSTHUB_HOME"})
OPEN = frozenset({"POSTHUB_PUBLIC_URL"})


def told(environment: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give the settings that are set and no secrets, and the names of the secrets."""
    vendors = {name for pair in PROVIDER_VARIABLES.values() for name in pair}
    ours = {
        name: value
        for name, value in environment.items()
        if value
        and name not in PLACES
        and (name.startswith(("POSTHUB_", "DEFAULT_", *_BUCKET)) or name in vendors | {_STRIPE})
    }
    secret = {name for name in ours if _is_secret(name)}
    return {name: ours[name] for name in sorted(set(ours) - secret)}, tuple(sorted(secret))


_STRIPE = "STRIPE_WEBHOOK_SECRET"
_BUCKET = (ENDPOINT, REGION, TOKEN, *KEYS)


def _is_secret(name: str) -> bool:
    return name not in OPEN and (name in WITHHELD or name.endswith(SECRET_ENDINGS))
