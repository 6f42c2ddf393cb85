"""Where the virus scanner is. Read by `settings.py`, which owns the environment.

What does not belong here: speaking with it (`scanning.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from posthub_assets.domain.errors import InvalidInput

VARIABLE = "POSTHUB_CLAMAV"
DEFAULT_PORT = 3310
"""clamd.conf(5), TCPSocket."""


@dataclass(frozen=True, slots=True)
class ScannerAddress:
    """A socket of clamd: `path` of a unix socket, or `host` and `port`."""

    path: str | None = None
    host: str = ""
    port: int = DEFAULT_PORT

    def spelled(self) -> str:
        """Give it as the variable has it."""
        if self.path is not None:
            return f"unix://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"


def read_scanner(env: Mapping[str, str]) -> ScannerAddress | None:
    """Read POSTHUB_CLAMAV; None where it is not set. Raises InvalidInput."""
    raw = env.get(VARIABLE, "").strip()
    if not raw:
        return None
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme == "unix" and not parts.netloc and len(parts.path) > 1:
        return ScannerAddress(path=unquote(parts.path))
    if parts.scheme == "tcp" and parts.hostname and not parts.path.strip("/"):
        return ScannerAddress(host=parts.hostname, port=port or DEFAULT_PORT)
    raise InvalidInput(
        f"{VARIABLE} must be where clamd listens: unix:///run/clamav/clamd.ctl or "
        "tcp://127.0.0.1:3310.",
        field=VARIABLE,
    )
