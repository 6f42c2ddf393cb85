"""One webhook, sent: the same care about addresses as for websites, no redirects, bounded answers.

What does not belong here: signing (domain), when it is tried again (`deliver.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from posthub_assets.domain.errors import InvalidInput
from resources.website.addresses import Network
from resources.website.client import CarefulClient, PageUnreachable, Resolver
from resources.website.targets import Target, WebsiteRefused, read_target

TIMEOUT_S = 15.0
MAX_ANSWER_BYTES = 4_096
USER_AGENT = "PostHub-Webhooks/1"
PORTS = (443, 8443)
WHERE_TO = "webhooks go to https, on port 443 or 8443, at a public address."
ANY_PORT = range(1, 65_536)
ANYWHERE: tuple[Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))


class WebhookRefused(InvalidInput):
    """A URL that is never called; the message names it and says why."""

    code = "webhook-refused"


def check_target(url: str, *, allow_private: bool) -> Target:
    """Read a webhook's URL, before any name is resolved. Raises WebhookRefused."""
    if not allow_private and url.lower().startswith("http:"):
        raise WebhookRefused(f"{url} is not called: {WHERE_TO}", field="url")
    try:
        target = read_target(
            url,
            ports=ANY_PORT if allow_private else PORTS,
            allowed=ANYWHERE if allow_private else (),
        )
    except WebsiteRefused as error:
        raise _refused(error) from None
    if target.scheme != "https" and not allow_private:
        raise WebhookRefused(f"{url} is not called: {WHERE_TO}", field="url")
    return target


def _refused(error: WebsiteRefused) -> WebhookRefused:
    return WebhookRefused(str(error).replace(" is not read: ", " is not called: "), field="url")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered; without a status there was no answer, and `error` says why."""

    status: int | None
    error: str = ""
    retry_after_s: float = 0.0

    @property
    def arrived(self) -> bool:
        """True for a 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """True where the receiver wants nothing any more."""
        return self.status == 410


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """Sends one message at a time to one URL. `resolver` is for tests."""

    allow_private: bool = False
    timeout_s: float = TIMEOUT_S
    resolver: Resolver | None = None

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a message. Never raises for what the receiver or the network does."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await self._send(url, headers, body)
        except TimeoutError:
            return Answer(None, f"No answer within {self.timeout_s:.0f} s.")
        except (WebhookRefused, PageUnreachable) as error:
            return Answer(None, str(error))
        except WebsiteRefused as error:
            return Answer(None, str(_refused(error)))

    async def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        import httpx

        target = check_target(url, allow_private=self.allow_private)
        allowed = ANYWHERE if self.allow_private else ()
        address = await CarefulClient(allowed_networks=allowed, resolver=self.resolver).address(
            target
        )
        shown = f"[{address}]" if ":" in address else address
        try:
            async with (
                httpx.AsyncClient(trust_env=False, timeout=self.timeout_s) as client,
                client.stream(
                    "POST",
                    f"{target.scheme}://{shown}:{target.port}{target.path}",
                    headers={**_envelope(target), **headers},
                    content=body,
                    # The certificate is that of the name, although the address is dialled.
                    extensions={"sni_hostname": target.host},
                    follow_redirects=False,
                ) as answer,
            ):
                return await _read(answer)
        except httpx.HTTPError as error:
            return Answer(None, f"{target.url} was not reached ({type(error).__name__}).")


def _envelope(target: Target) -> dict[str, str]:
    port = "" if target.port in (80, 443) else f":{target.port}"
    host = f"[{target.host}]" if ":" in target.host else target.host
    return {
        "Host": f"{host}{port}",
        "User-Agent": USER_AGENT,
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
    }


async def _read(answer: object) -> Answer:
    """Read the status, and no more of the body than is kept of no use to anybody."""
    import httpx

    assert isinstance(answer, httpx.Response)
    read = 0
    async for chunk in answer.aiter_raw():
        read += len(chunk)
        if read >= MAX_ANSWER_BYTES:
            break
    status = answer.status_code
    error = "" if 200 <= status < 300 else f"The receiver answered {status}."
    return Answer(status, error, _seconds(answer.headers.get("retry-after", "")))


def _seconds(value: str) -> float:
    """Read Retry-After where it is a number of seconds; a date is left to our own schedule."""
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else 0.0
