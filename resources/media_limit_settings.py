"""How much one person may ask of the media assistant in an hour, on the platform's keys.

`settings.py` reads them with the others; this module knows the variables and refuses bad values.
What does not belong here: counting (`database/repositories/media_limits.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.library import RequestKind

MOST_PER_HOUR = 1_000_000
VARIABLES: dict[RequestKind, tuple[str, int]] = {
    RequestKind.AUTO_FORMAT: ("POSTHUB_MEDIA_AUTO_FORMAT_PER_HOUR", 10),
    RequestKind.IMAGE: ("POSTHUB_MEDIA_AI_IMAGES_PER_HOUR", 5),
    RequestKind.PALETTE: ("POSTHUB_MEDIA_PALETTES_PER_HOUR", 20),
}
"""By kind: the variable, and what holds where it is not set."""


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """Requests of a person an hour; 0 means no limit."""

    auto_format: int = VARIABLES[RequestKind.AUTO_FORMAT][1]
    image: int = VARIABLES[RequestKind.IMAGE][1]
    palette: int = VARIABLES[RequestKind.PALETTE][1]

    def of(self, kind: RequestKind) -> int:
        """Give the limit of a kind of request."""
        by_kind = {
            RequestKind.AUTO_FORMAT: self.auto_format,
            RequestKind.IMAGE: self.image,
            RequestKind.PALETTE: self.palette,
        }
        return by_kind[kind]

    def spelled(self) -> dict[str, str]:
        """Give the variables for a child process."""
        return {name: str(self.of(kind)) for kind, (name, _) in VARIABLES.items()}


def read_media_limits(env: Mapping[str, str]) -> MediaLimits:
    """Read the variables. Raises InvalidInput, naming the one that is wrong."""
    return MediaLimits(
        auto_format=_per_hour(env, RequestKind.AUTO_FORMAT),
        image=_per_hour(env, RequestKind.IMAGE),
        palette=_per_hour(env, RequestKind.PALETTE),
    )


def _per_hour(env: Mapping[str, str], kind: RequestKind) -> int:
    name, default = VARIABLES[kind]
    raw = env.get(name, "").strip()
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or int(raw) > MOST_PER_HOUR:
        raise InvalidInput(
            f"{name} is {raw!r}; it is a number of requests an hour, 0 for no limit.", field=name
        )
    return int(raw)
