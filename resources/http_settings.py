"""Settings of the API as a server: who stands before it, who may ask, how often, how it logs.

`settings.py` reads them with the others; this module knows the variables and refuses bad values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from posthub_assets.domain.errors import InvalidInput

Network = IPv4Network | IPv6Network
MAX_RATE = 10_000_000


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """How the API meets the network. Rates are requests an hour."""

    trusted_proxies: tuple[Network, ...] = ()
    """Only from these is `X-Forwarded-For` believed."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may ask with a token."""
    rate_signed_in: int = 1000
    rate_supervisor: int = 500
    rate_anonymous: int = 100
    json_logs: bool = False
    is_registration_open: bool = True
    """Whether strangers may sign up with a company."""
    metrics_token: str | None = field(default=None, repr=False)
    """Without one, metrics are given to this machine only."""

    def spelled(self) -> dict[str, str]:
        """Give the variables for a child process; the metrics token is given by name only."""
        return {
            "POSTHUB_TRUSTED_PROXIES": ",".join(str(one) for one in self.trusted_proxies),
            "POSTHUB_CORS_ORIGINS": ",".join(self.cors_origins),
            "POSTHUB_RATE_SIGNED_IN": str(self.rate_signed_in),
            "POSTHUB_RATE_SUPERVISOR": str(self.rate_supervisor),
            "POSTHUB_RATE_ANONYMOUS": str(self.rate_anonymous),
            "POSTHUB_LOG_FORMAT": "json" if self.json_logs else "text",
            "POSTHUB_REGISTRATION": "open" if self.is_registration_open else "closed",
        }


def http_settings(env: Mapping[str, str]) -> HttpSettings:
    """Read the variables. Raises InvalidInput, naming the one that is wrong."""
    return HttpSettings(
        trusted_proxies=tuple(_network(one) for one in _list(env, "POSTHUB_TRUSTED_PROXIES")),
        cors_origins=tuple(_origin(one) for one in _list(env, "POSTHUB_CORS_ORIGINS")),
        rate_signed_in=_rate(env, "POSTHUB_RATE_SIGNED_IN", 1000),
        rate_supervisor=_rate(env, "POSTHUB_RATE_SUPERVISOR", 500),
        rate_anonymous=_rate(env, "POSTHUB_RATE_ANONYMOUS", 100),
        json_logs=_one_of(env, "POSTHUB_LOG_FORMAT", ("text", "json")) == "json",
        is_registration_open=_one_of(env, "POSTHUB_REGISTRATION", ("open", "closed")) == "open",
        metrics_token=env.get("POSTHUB_METRICS_TOKEN", "").strip() or None,
    )


def _list(env: Mapping[str, str], name: str) -> list[str]:
    return [one.strip() for one in env.get(name, "").split(",") if one.strip()]


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise InvalidInput(
            f"POSTHUB_TRUSTED_PROXIES: {text} is no address or network such as 10.0.0.0/8."
        ) from error


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        raise InvalidInput(
            f"POSTHUB_CORS_ORIGINS: {text} is no origin such as https://portal.example.com."
        )
    return text


def _rate(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_RATE:
        raise InvalidInput(f"{name} is a number of requests an hour, 1 to {MAX_RATE}: {text!r}.")
    return int(text)


def _one_of(env: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    """Give one of the words; the first where nothing is set."""
    found = env.get(name, "").strip().lower() or words[0]
    if found not in words:
        raise InvalidInput(f"{name} is {' or '.join(words)}, not {found!r}.")
    return found
