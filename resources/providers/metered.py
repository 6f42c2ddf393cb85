"""The `metered` providers: text and pictures from a server on this machine that bills each call.

A fake vendor that ships with the code, for proofs that count calls: nothing that was answered is
bought twice. The server is the test's own; it answers JSON and may answer with errors.
What does not belong here: the server (`tests/acceptance/billing_server.py`), real vendors.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from posthub_assets.domain.bodies import Body
from posthub_assets.domain.briefs import Brief, ImageBrief, PictureBrief, TextBrief
from posthub_assets.domain.errors import (
    InvalidAnswer,
    InvalidInput,
    PermanentProviderError,
    RateLimited,
    TransientProviderError,
)
from posthub_assets.domain.ports import Answer, Picture, Usage
from posthub_assets.domain.vendors import Painting

if TYPE_CHECKING:
    import httpx

B = TypeVar("B", bound=Body)

NAME = "metered"
TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class MeteredText:
    """A `TextProvider`: sends the brief as JSON, reads a body. One HTTP call for each `write`."""

    url: str
    """`http://127.0.0.1:PORT`; another host is refused when the provider is made."""
    name: str = NAME

    def __post_init__(self) -> None:
        """Raise InvalidInput where the server is not on this machine."""
        _refuse_remote(self.url)

    async def write(self, brief: TextBrief, schema: type[B]) -> Answer[B]:
        """Buy an answer. Raises TransientProviderError, RateLimited, PermanentProviderError."""
        told = await _post(f"{self.url}/write", brief, schema.__name__)
        try:
            value = schema.model_validate(told["value"])
            return Answer(value=value, model=str(told["model"]), usage=_usage(told))
        except (KeyError, ValidationError) as error:
            raise InvalidAnswer(
                f"The metered server's answer does not fit {schema.__name__}.", provider=NAME
            ) from error


@dataclass(frozen=True, slots=True)
class MeteredImages:
    """An `ImageProvider` on the same server."""

    url: str
    name: str = NAME

    def __post_init__(self) -> None:
        """Raise InvalidInput where the server is not on this machine."""
        _refuse_remote(self.url)

    async def draw(self, brief: ImageBrief) -> Picture:
        """Buy a picture. Raises what `MeteredText.write` raises."""
        told = await _post(f"{self.url}/draw", brief, "Picture")
        try:
            fields = dict(told["value"])
            data = base64.b64decode(fields.pop("data"), validate=True)
            return Picture(data=data, model=str(told["model"]), usage=_usage(told), **fields)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidAnswer("The metered server sent no picture.", provider=NAME) from error

    async def ground(self, brief: PictureBrief) -> Painting:
        """Buy a picture without words. Raises what `MeteredText.write` raises."""
        told = await _post(f"{self.url}/ground", brief, "Painting")
        try:
            value = told["value"]
            data = base64.b64decode(value["data"], validate=True)
            return Painting(data, str(value["media_type"]), str(told["model"]), _usage(told))
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidAnswer("The metered server sent no picture.", provider=NAME) from error


def _refuse_remote(url: str) -> None:
    parts = urlsplit(url)
    try:
        local = ip_address(parts.hostname or "").is_loopback
    except ValueError:
        local = False
    if parts.scheme != "http" or not local:
        raise InvalidInput(
            f"{url} is not a server on this machine; give http://127.0.0.1:PORT.", field="url"
        )


async def _post(url: str, brief: Brief, schema: str) -> dict[str, Any]:
    import httpx

    asked = {
        "schema": schema,
        "kind": type(brief).__name__,
        "brief": brief.model_dump(mode="json"),
    }
    # No proxy of the environment stands between two processes of one machine, and no certificate.
    async with httpx.AsyncClient(trust_env=False, verify=False, timeout=TIMEOUT_S) as client:
        try:
            answer = await client.post(url, json=asked)
        except httpx.TransportError as error:
            raise TransientProviderError(
                f"The metered server does not answer ({type(error).__name__}).", provider=NAME
            ) from error
    _refuse_status(answer)
    try:
        told = answer.json()
    except ValueError as error:
        raise InvalidAnswer("The metered server sent no JSON.", provider=NAME) from error
    return told if isinstance(told, dict) else {}


def _refuse_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if status == 200:
        return
    said = f"The metered server answered {status}."
    if status == 429:
        wait_s = float(answer.headers.get("Retry-After", "1"))
        raise RateLimited(said, provider=NAME, retry_after_s=wait_s)
    if status == 408 or status >= 500:
        raise TransientProviderError(said, provider=NAME)
    raise PermanentProviderError(said, provider=NAME)


def _usage(told: dict[str, Any]) -> Usage:
    counts = told.get("usage", {})
    return Usage(
        input_tokens=int(counts.get("input_tokens", 0)),
        output_tokens=int(counts.get("output_tokens", 0)),
        cost_usd=Decimal(str(counts.get("cost_usd", "0"))),
    )
