"""What the environment says about telling people: the mail server, our address, webhooks.

Read by `settings.py`, which owns the environment. What does not belong here: sending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from posthub_assets.domain.errors import InvalidInput

PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where e-mails are handed in. `smtps` speaks TLS at once; `smtp` turns to it where offered."""

    host: str
    port: int
    is_tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Without `smtp_url` no e-mails are sent."""

    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "PostHub <posthub@localhost>"
    public_url: str | None = None
    """What links in messages begin with; None means where the API listens."""
    webhooks_allow_private: bool = False
    """For development and tests: http, any port, and addresses of one's own network."""

    @property
    def smtp(self) -> SmtpServer | None:
        """Give the mail server, or None."""
        return read_smtp(self.smtp_url) if self.smtp_url else None

    def spelled(self) -> dict[str, str]:
        """Give the variables for a child process; the mail server is given by name only."""
        return {
            "POSTHUB_MAIL_FROM": self.mail_from,
            "POSTHUB_PUBLIC_URL": self.public_url or "",
            "POSTHUB_WEBHOOKS_ALLOW_PRIVATE": "1" if self.webhooks_allow_private else "",
        }


def read_notify(env: Mapping[str, str]) -> NotifySettings:
    """Read the variables. Raises InvalidInput that names the one which cannot be used."""
    smtp_url = env.get("POSTHUB_SMTP_URL", "").strip() or None
    if smtp_url:
        read_smtp(smtp_url)
    mail_from = env.get("POSTHUB_MAIL_FROM", "").strip() or NotifySettings().mail_from
    if "@" not in parseaddr(mail_from)[1] or not mail_from.isprintable():
        raise InvalidInput(
            "POSTHUB_MAIL_FROM must be an address, like PostHub <posthub@example.com>.",
            field="POSTHUB_MAIL_FROM",
        )
    public_url = env.get("POSTHUB_PUBLIC_URL", "").strip().rstrip("/") or None
    if public_url and not public_url.startswith(("http://", "https://")):
        raise InvalidInput(
            "POSTHUB_PUBLIC_URL must be a URL that starts with http or https.",
            field="POSTHUB_PUBLIC_URL",
        )
    return NotifySettings(smtp_url, mail_from, public_url, _allow_private(env))


def _allow_private(env: Mapping[str, str]) -> bool:
    name = "POSTHUB_WEBHOOKS_ALLOW_PRIVATE"
    said = env.get(name, "").strip()
    if said not in ("", "0", "1"):
        raise InvalidInput(f"{name} is {said!r}; it must be 0 or 1.", field=name)
    return said == "1"


def read_smtp(url: str) -> SmtpServer:
    """Read `smtp://user:password@host:port` or `smtps://...`. Raises InvalidInput."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
        host = parts.hostname or ""
    except (ValueError, KeyError):
        host = ""
    if not host:
        raise InvalidInput(
            "POSTHUB_SMTP_URL must look like smtp://user:password@host:587 or smtps://host.",
            field="POSTHUB_SMTP_URL",
        )
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return SmtpServer(host, port, parts.scheme == "smtps", user, password)
