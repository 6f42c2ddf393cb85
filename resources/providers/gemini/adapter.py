"""The `gemini` provider: text, pictures and batches of Google's Gemini API, on an API key.

What does not belong here: what bodies look like (`answers.py`, `batches.py`), what errors mean
(`errors.py`), Vertex AI.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.errors import TransientProviderError
from posthub_assets.domain.vendors import (
    BatchState,
    Completion,
    ImagePrompt,
    Painting,
    TextPrompt,
)
from resources.providers import wire
from resources.providers.gemini import answers, batches, errors
from resources.providers.openai.batches import hidden_of
from resources.providers.wire import Bounds, Hidden, Opening, Timeouts

if TYPE_CHECKING:
    import httpx2
    from google.genai import Client
    from google.genai.types import GenerateContentResponse

URL = "https://generativelanguage.googleapis.com"
API_VERSION = "v1"
LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Opened:
    """The SDK's client, which a finaliser closes when nobody holds it, and the HTTP beneath it."""

    sdk: Client
    http: httpx2.AsyncClient


@dataclass(frozen=True, slots=True)
class Gemini:
    """A `TextModel`, `ImageModel` and `BatchModel` behind one key. Calls are made once."""

    api_key: str = field(repr=False)
    base_url: str | None = None
    """Without the API's version; None for Google's own."""
    timeouts: Timeouts = field(default_factory=Timeouts)
    bounds: Bounds = field(default_factory=Bounds)
    name: str = errors.NAME
    _opening: Opening[Opened] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the client, which is opened at the first call."""
        object.__setattr__(self, "_opening", Opening(partial(_open, self)))

    async def complete(self, prompt: TextPrompt) -> Completion:
        """Ask once. Raises ProviderError, with `usage` where it was billed."""
        hidden = Hidden(self.api_key, (prompt.system, prompt.user))
        async with self._call(hidden, self.bounds.text_bytes):
            client = (await self._opening.get()).sdk
            answer = await client.aio.models.generate_content(
                model=prompt.model,
                contents=prompt.user,
                config=answers.called_once(answers.text_config(prompt)),
            )
            return answers.read_text(_json(answer), prompt.model)

    async def paint(self, prompt: ImagePrompt) -> Painting:
        """Make a picture, or change the source. Raises ProviderError, with `usage` if billed."""
        hidden = Hidden(self.api_key, (prompt.text, prompt.negative))
        async with self._call(hidden, self.bounds.image_bytes):
            client = (await self._opening.get()).sdk
            answer = await client.aio.models.generate_content(
                model=prompt.model,
                contents=answers.image_contents(prompt),
                config=answers.called_once(answers.image_config(prompt)),
            )
            return await asyncio.to_thread(
                lambda: answers.read_picture(_json(answer), prompt.model, hidden)
            )

    async def submit(self, prompts: Mapping[str, TextPrompt], *, label: str) -> str:
        """Hand in a batch of one model; give its name. Raises ProviderError."""
        async with self._call(hidden_of(self.api_key, prompts), self.bounds.text_bytes):
            client = (await self._opening.get()).sdk
            rows = await asyncio.to_thread(batches.inlined, prompts)
            model = next(iter(prompts.values())).model
            job = await client.aio.batches.create(
                model=model, src=rows, config={"display_name": label}
            )
            if not job.name:
                raise TransientProviderError("gemini sent no name.", provider=self.name)
            return job.name

    async def look(self, reference: str) -> BatchState:
        """Ask how a batch stands, with its answers when it is over. Raises ProviderError."""
        hidden = Hidden(self.api_key)
        async with self._call(hidden, self.bounds.batch_bytes):
            client = (await self._opening.get()).sdk
            job = await client.aio.batches.get(name=reference)
            status = batches.status_of(job)
            if status not in batches.OVER:
                return BatchState(is_over=False, status=status, check_again=LOOK_AGAIN)
            rows = await asyncio.to_thread(batches.read_rows, job, hidden)
            return BatchState(is_over=True, status=status, answers=rows)

    async def cancel(self, reference: str) -> None:
        """Stop a batch. Raises ProviderError."""
        async with self._call(Hidden(self.api_key), self.bounds.text_bytes):
            client = (await self._opening.get()).sdk
            await client.aio.batches.cancel(name=reference)

    async def check(self) -> None:
        """List one model, which costs nothing. Raises KeyRejected and other ProviderErrors."""
        async with self._call(Hidden(self.api_key), self.bounds.text_bytes):
            client = (await self._opening.get()).sdk
            await client.aio.models.list(config={"page_size": 1})

    async def close(self) -> None:
        """Close the client; the next call opens a new one."""
        opened = self._opening.take()
        if opened is not None:
            await opened.http.aclose()
            opened.sdk.close()

    def _call(self, hidden: Hidden, answer_bytes: int) -> AbstractAsyncContextManager[None]:
        return wire.one_call(
            errors.kinds,
            lambda error: errors.translate(error, hidden),
            answer_bytes=answer_bytes,
            whole_s=self.timeouts.whole_s,
        )


def _open(settings: Gemini) -> Opened:
    """Import the SDK and make its client; what it would read of the environment is given.

    It makes no attempts of its own unless it is given `retry_options`.
    """
    import httpx2
    from google import genai
    from google.genai import types

    from resources.providers.bounded import open_http

    http = open_http(settings.timeouts)
    options = types.HttpOptions(
        base_url=settings.base_url or URL,
        api_version=API_VERSION,
        httpx_async_client=http,
        # Never used; the SDK would make one of its own, which reads certificates again.
        httpx_client=httpx2.Client(
            transport=httpx2.MockTransport(lambda _: httpx2.Response(501)), trust_env=False
        ),
    )
    client = genai.Client(vertexai=False, api_key=settings.api_key, http_options=options)
    return Opened(client, http)


def _json(answer: GenerateContentResponse) -> Mapping[str, Any]:
    """Give the body of an answer. Raises ValueError, TransientProviderError."""
    told = answer.sdk_http_response
    body = json.loads(told.body or "" if told is not None else "")
    if not isinstance(body, Mapping):
        raise TransientProviderError("gemini sent no JSON object.", provider=errors.NAME)
    return body
