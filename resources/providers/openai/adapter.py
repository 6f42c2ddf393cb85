"""The `openai` provider: text, pictures and batches of OpenAI, or of a server that speaks like it.

What does not belong here: what bodies look like (`answers.py`, `images.py`, `batches.py`), what
errors mean (`errors.py`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from posthub_assets.domain.errors import PermanentProviderError, TransientProviderError
from posthub_assets.domain.vendors import (
    BatchState,
    Completion,
    ImagePrompt,
    Painting,
    TextPrompt,
)
from resources.providers import wire
from resources.providers.openai import answers, batches, errors, images
from resources.providers.wire import Bounds, Hidden, Opening, Timeouts

if TYPE_CHECKING:
    from openai import AsyncOpenAI

URL = "https://api.openai.com/v1"
LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class OpenAI:
    """A `TextModel`, `ImageModel` and `BatchModel` behind one key. Calls are made once.

    `speaks="chat"` is for compatible servers that know no `/responses`: text only, by
    `/chat/completions`.
    """

    api_key: str = field(repr=False)
    base_url: str | None = None
    """With its version, such as `https://api.openai.com/v1`; None for OpenAI's own."""
    speaks: Literal["responses", "chat"] = "responses"
    timeouts: Timeouts = field(default_factory=Timeouts)
    bounds: Bounds = field(default_factory=Bounds)
    name: str = errors.NAME
    _opening: Opening[AsyncOpenAI] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the client, which is opened at the first call."""
        object.__setattr__(self, "_opening", Opening(partial(_open, self)))

    async def complete(self, prompt: TextPrompt) -> Completion:
        """Ask once. Raises ProviderError, with `usage` where it was billed."""
        hidden = Hidden(self.api_key, (prompt.system, prompt.user))
        async with self._call(hidden, self.bounds.text_bytes):
            client = await self._opening.get()
            if self.speaks == "chat":
                chat = client.chat.completions.with_raw_response
                told = _json(await chat.create(**answers.chat_body(prompt)))
                return answers.read_chat(told, prompt.model, hidden)
            asked = answers.request_body(prompt)
            told = _json(await client.responses.with_raw_response.create(**asked))
            return answers.read_response(told, prompt.model, hidden)

    async def paint(self, prompt: ImagePrompt) -> Painting:
        """Make a picture, or change the source. Raises ProviderError, with `usage` if billed."""
        hidden = Hidden(self.api_key, (prompt.text, prompt.negative))
        asked: dict[str, Any] = images.image_body(prompt)
        async with self._call(hidden, self.bounds.image_bytes):
            raw = (await self._opening.get()).images.with_raw_response
            if prompt.source is None:
                answer = await raw.generate(**asked)
            else:
                name = f"source.{prompt.source_media_type.rpartition('/')[2]}"
                source = (name, prompt.source, prompt.source_media_type)
                answer = await raw.edit(image=source, **asked)
            return await asyncio.to_thread(lambda: images.read_picture(_json(answer), prompt.model))

    async def submit(self, prompts: Mapping[str, TextPrompt], *, label: str) -> str:
        """Hand in a batch of one model; give its id. Raises ProviderError."""
        if not prompts:
            raise PermanentProviderError("A batch needs a question.", provider=self.name)
        hidden = batches.hidden_of(self.api_key, prompts)
        content = await asyncio.to_thread(batches.rows_file, prompts)
        async with self._call(hidden, self.bounds.text_bytes):
            client = await self._opening.get()
            file = _json(
                await client.files.with_raw_response.create(
                    file=(f"{label}.jsonl", content, "application/jsonl"), purpose="batch"
                )
            )
            batch = _json(
                await client.batches.with_raw_response.create(
                    completion_window="24h",
                    endpoint=batches.ENDPOINT,
                    input_file_id=_id(file),
                    metadata={"label": label[: batches.METADATA_CHARACTERS]},
                )
            )
            return _id(batch)

    async def look(self, reference: str) -> BatchState:
        """Ask how a batch stands; fetch both its files when it is over. Raises ProviderError."""
        hidden = Hidden(self.api_key)
        async with self._call(hidden, self.bounds.batch_bytes):
            client = await self._opening.get()
            batch = _json(await client.batches.with_raw_response.retrieve(reference))
            status = str(batch.get("status") or "")
            if status not in batches.OVER:
                return BatchState(is_over=False, status=status, check_again=LOOK_AGAIN)
            rows: dict[str, Completion | Exception] = {}
            for file_id in (batch.get("error_file_id"), batch.get("output_file_id")):
                if file_id:
                    answer = await client.files.with_raw_response.content(str(file_id))
                    rows |= await asyncio.to_thread(batches.read_rows, answer.content, hidden)
            return BatchState(is_over=True, status=status, answers=rows)

    async def cancel(self, reference: str) -> None:
        """Stop a batch. Raises ProviderError."""
        async with self._call(Hidden(self.api_key), self.bounds.text_bytes):
            client = await self._opening.get()
            await client.batches.with_raw_response.cancel(reference)

    async def check(self) -> None:
        """List the models, which costs nothing. Raises KeyRejected and other ProviderErrors."""
        async with self._call(Hidden(self.api_key), self.bounds.text_bytes):
            client = await self._opening.get()
            _json(await client.models.with_raw_response.list())

    async def close(self) -> None:
        """Close the client; the next call opens a new one."""
        client = self._opening.take()
        if client is not None:
            await client.close()

    def _call(self, hidden: Hidden, answer_bytes: int) -> AbstractAsyncContextManager[None]:
        return wire.one_call(
            errors.kinds,
            lambda error: errors.translate(error, hidden, base_url=self.base_url),
            answer_bytes=answer_bytes,
            whole_s=self.timeouts.whole_s,
        )


def _open(settings: OpenAI) -> AsyncOpenAI:
    """Import the SDK and make its client, which the environment has no say in."""
    from openai import AsyncOpenAI

    from resources.providers.bounded import open_http

    client = AsyncOpenAI(
        api_key=settings.api_key,
        base_url=settings.base_url or URL,
        max_retries=0,
        timeout=settings.timeouts.read_s,
        http_client=open_http(settings.timeouts),
    )
    client.organization = client.project = None  # OPENAI_ORG_ID, OPENAI_PROJECT_ID
    return client


def _json(answer: Any) -> Mapping[str, Any]:
    """Give the body of a raw answer. Raises ValueError, TransientProviderError."""
    body = json.loads(answer.content)
    if not isinstance(body, Mapping):
        raise TransientProviderError("openai sent no JSON object.", provider=errors.NAME)
    return body


def _id(body: Mapping[str, Any]) -> str:
    if not body.get("id"):
        raise TransientProviderError("openai sent no id.", provider=errors.NAME)
    return str(body["id"])
