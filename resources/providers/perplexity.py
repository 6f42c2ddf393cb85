"""The `perplexity` provider: questions answered from the web, by Perplexity's Agent API.

`POST /v1/responses`; the format is that of the SDK `perplexityai` (`types/response_create_*.py`,
`types/responses_usage.py`, `types/output_item.py`): OpenAI's Responses with items of
`search_results`, and a bill in `usage.cost`. Not documented, so read with care: how an answer that
was cut off is marked (OpenAI's `status: incomplete` is understood), and whether `input_tokens` has
the cached ones in it (taken to be so, as the total is the sum of input and output).
What does not belong here: prompts, prices (the bill is in the answer), limits, attempts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.errors import (
    BlockedPrompt,
    EmptyAnswer,
    ProviderError,
    RefusedAnswer,
    TransientProviderError,
    TruncatedAnswer,
)
from posthub_assets.domain.ports import Usage
from posthub_assets.domain.vendors import Citation, ResearchAnswer, ResearchPrompt
from resources.providers import wire
from resources.providers.openai.answers import billed
from resources.providers.openai.errors import code_of, of_body, of_failed
from resources.providers.wire import AnswerTooLarge, Hidden, Opening, Timeouts, mappings

if TYPE_CHECKING:
    import httpx

NAME = "perplexity"
URL = "https://api.perplexity.ai"
PATH = "/v1/responses"
TIMEOUTS = Timeouts(read_s=30.0, whole_s=120.0)
ANSWER_BYTES = 8 * 1024 * 1024
QUOTE_CHARACTERS = 1000
CHECKED_WITH = "perplexity/sonar"
"""The model that a key is tried with: this path is the one that is said to need a key."""


@dataclass(frozen=True, slots=True)
class Perplexity:
    """A `ResearchModel` behind one key. Calls are made once."""

    api_key: str = field(repr=False)
    base_url: str | None = None
    """Without `/v1`; None for Perplexity's own."""
    timeouts: Timeouts = TIMEOUTS
    answer_bytes: int = ANSWER_BYTES
    name: str = NAME
    _opening: Opening[httpx.AsyncClient] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the client, which is opened at the first call."""
        object.__setattr__(self, "_opening", Opening(partial(_open, self)))

    async def research(self, prompt: ResearchPrompt) -> ResearchAnswer:
        """Ask once. Raises ProviderError, with `usage` where it was billed."""
        hidden = Hidden(self.api_key, (prompt.system, prompt.user))
        asked: dict[str, Any] = {
            "model": prompt.model,
            "input": prompt.user,
            "max_output_tokens": prompt.max_tokens,
            "tools": [{"type": "web_search"}],
        }
        if prompt.system:
            asked["instructions"] = prompt.system
        async with self._call(hidden):
            body = await self._post(asked, hidden)
        return read_answer(body, prompt.model, hidden)

    async def check(self) -> None:
        """Ask for a word without a search. Raises KeyRejected and other ProviderErrors.

        It costs a few tokens; a list of models that needs the key is not documented.
        """
        asked = {"model": CHECKED_WITH, "input": "Say yes.", "max_output_tokens": 16}
        hidden = Hidden(self.api_key)
        async with self._call(hidden):
            await self._post(asked, hidden)

    async def close(self) -> None:
        """Close the client; the next call opens a new one."""
        client = self._opening.take()
        if client is not None:
            await client.aclose()

    async def _post(self, asked: Mapping[str, Any], hidden: Hidden) -> Mapping[str, Any]:
        client = await self._opening.get()
        async with client.stream("POST", PATH, json=asked) as answer:
            content = bytearray()
            async for chunk in answer.aiter_raw():
                content += chunk
                if len(content) > self.answer_bytes:
                    raise AnswerTooLarge("the answer is larger than its bound")
        if answer.status_code != 200:
            raise _of_status(answer.status_code, bytes(content), answer.headers, hidden)
        body = json.loads(content, parse_float=Decimal)
        if not isinstance(body, Mapping):
            raise TransientProviderError("perplexity sent no JSON object.", provider=NAME)
        return body

    def _call(self, hidden: Hidden) -> AbstractAsyncContextManager[None]:
        return wire.one_call(
            _kinds,
            lambda error: _translate(error, hidden),
            answer_bytes=self.answer_bytes,
            whole_s=self.timeouts.whole_s,
        )


def usage_of(body: Mapping[str, Any]) -> Usage:
    """Read the `usage` of an answer. `cost_usd` is the bill, exactly as it is written there.

    The body is to be parsed with `parse_float=Decimal`, or the bill is as exact as a float is.
    """
    told = body.get("usage")
    if not isinstance(told, Mapping):
        return Usage()
    tools, cost = told.get("tool_calls_details"), told.get("cost")
    read = told.get("input_tokens_details")
    bill = cost.get("total_cost") if isinstance(cost, Mapping) else None
    is_billed = isinstance(bill, int | float | Decimal) and not isinstance(bill, bool)
    return Usage(
        input_tokens=wire.count(told, "input_tokens"),
        output_tokens=wire.count(told, "output_tokens"),
        cached_tokens=wire.count(read, "cache_read_input_tokens", "cached_tokens"),
        cache_written_tokens=wire.count(read, "cache_creation_input_tokens"),
        reasoning_tokens=wire.count(told.get("output_tokens_details"), "reasoning_tokens"),
        searches=sum(
            wire.count(details, "invocation")
            for name, details in (tools.items() if isinstance(tools, Mapping) else ())
            if "search" in name
        ),
        cost_usd=Decimal(str(bill)) if is_billed else Decimal(0),
        is_billed=is_billed,
    )


def read_answer(body: Mapping[str, Any], prompt_model: str, hidden: Hidden) -> ResearchAnswer:
    """Read an answer. Raises ProviderError, with usage and model."""
    usage, model = usage_of(body), str(body.get("model") or prompt_model)
    parts = list(_parts(body))
    text = "".join(str(p.get("text") or "") for p in parts if p.get("type") == "output_text")
    refusal = "".join(str(p.get("refusal") or "") for p in parts if p.get("type") == "refusal")
    error = _failure(body, text, hidden.sentence(refusal), hidden)
    if error is not None:
        raise billed(error, usage, model)
    return ResearchAnswer(text=text, citations=_citations(body), model=model, usage=usage)


def _failure(
    body: Mapping[str, Any], text: str, refusal: str, hidden: Hidden
) -> ProviderError | None:
    status, told = body.get("status", "completed"), body.get("error")
    details = body.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, Mapping) else None
    if status == "incomplete" and reason == "content_filter":
        return BlockedPrompt("The filter of perplexity stopped the answer.", provider=NAME)
    if status == "incomplete":
        return TruncatedAnswer("perplexity stopped at the limit of tokens.", provider=NAME)
    if status != "completed":
        return of_failed(NAME, told if isinstance(told, Mapping) else {}, hidden)
    if refusal:
        return RefusedAnswer(f"The model declined to answer: {refusal}", provider=NAME)
    if not text.strip():
        return EmptyAnswer("The model ended without saying anything.", provider=NAME)
    return None


def _parts(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for item in mappings(body.get("output")):
        if item.get("type") == "message":
            yield from mappings(item.get("content"))


def _citations(body: Mapping[str, Any]) -> tuple[Citation, ...]:
    """Give each page once: those that were found, then those that only the text names."""
    pages: list[Mapping[str, Any]] = []
    for item in mappings(body.get("output")):
        pages += [*mappings(item.get("results")), *mappings(item.get("contents"))]
    for part in _parts(body):
        pages += mappings(part.get("annotations"))
    cited: dict[str, Citation] = {}
    for page in pages:
        url = str(page.get("url") or "")
        if url and url not in cited:
            quote = str(page.get("snippet") or "")[:QUOTE_CHARACTERS]
            cited[url] = Citation(url=url, title=str(page.get("title") or ""), quote=quote)
    return tuple(cited.values())


@cache
def _kinds() -> tuple[type[Exception], ...]:
    import httpx

    return (httpx.HTTPError, httpx.StreamError, AnswerTooLarge, OSError, ValueError)


def _translate(error: Exception, hidden: Hidden) -> ProviderError:
    hidden.scrub(error)
    return wire.too_large(NAME) if wire.too_large_in(error) else wire.unreachable(NAME, error)


def _of_status(
    status: int, content: bytes, headers: Mapping[str, str], hidden: Hidden
) -> ProviderError:
    """Give the error of a status.

    An account without money is said to get a 401 with words about its quota, so the words count.
    """
    try:
        body = json.loads(content)
    except ValueError:
        body = {}
    told = body.get("error") if isinstance(body, Mapping) else None
    told = told if isinstance(told, Mapping) else {"message": told}
    words = f"{code_of(told)} {told.get('message')}".lower()
    if status in (401, 403) and ("quota" in words or "credit" in words):
        status = 402
    return of_body(NAME, status, told, headers, hidden)


def _open(settings: Perplexity) -> httpx.AsyncClient:
    import httpx

    times = settings.timeouts
    return httpx.AsyncClient(
        base_url=settings.base_url or URL,
        headers={"Authorization": f"Bearer {settings.api_key}", "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(times.read_s, connect=times.connect_s, pool=times.whole_s),
        trust_env=False,
        follow_redirects=False,
    )
