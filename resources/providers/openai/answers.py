"""Makes the bodies of OpenAI's requests for text, and reads the bodies of its answers.

Two dialects: Responses, and chat completions for compatible servers that know nothing else. Bodies
are read as JSON, not as the SDK's objects: `responses.parse` loses the usage of a truncated answer.
What does not belong here: HTTP errors (`errors.py`), pictures (`images.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from posthub_assets.domain.errors import (
    BlockedPrompt,
    EmptyAnswer,
    InvalidAnswer,
    ProviderError,
    RefusedAnswer,
    TruncatedAnswer,
)
from posthub_assets.domain.ports import Usage
from posthub_assets.domain.vendors import Completion, TextPrompt
from resources.providers.openai import errors
from resources.providers.openai.schemas import text_format
from resources.providers.openai.usage import usage_of
from resources.providers.wire import Hidden, mappings

NAME = errors.NAME


def request_body(prompt: TextPrompt) -> dict[str, Any]:
    """Give the body of `POST /v1/responses`; nothing of it is stored at OpenAI."""
    body: dict[str, Any] = {
        "model": prompt.model,
        "input": prompt.user,
        "max_output_tokens": prompt.max_tokens,
        "store": False,
    }
    if prompt.system:
        body["instructions"] = prompt.system
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if prompt.schema is not None:
        body["text"] = {"format": text_format(prompt.schema, prompt.schema_name)}
    return body


def chat_body(prompt: TextPrompt) -> dict[str, Any]:
    """Give the body of `POST /v1/chat/completions`."""
    messages = [{"role": "system", "content": prompt.system}] if prompt.system else []
    body: dict[str, Any] = {
        "model": prompt.model,
        "messages": [*messages, {"role": "user", "content": prompt.user}],
        "max_tokens": prompt.max_tokens,
    }
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if prompt.schema is not None:
        told = text_format(prompt.schema, prompt.schema_name)
        kind = told.pop("type")
        body["response_format"] = {"type": kind, "json_schema": told}
    return body


def read_response(body: Mapping[str, Any], prompt_model: str, hidden: Hidden) -> Completion:
    """Read a response. Raises ProviderError, with usage and model where it was billed."""
    text, refusal = _said(body)
    model, usage = str(body.get("model") or prompt_model), usage_of(body)
    error = _failure(body, hidden) or _silence(text, refusal, hidden)
    if error is not None:
        raise billed(error, usage, model)
    return Completion(text=text, model=model, usage=usage)


def _said(body: Mapping[str, Any]) -> tuple[str, str]:
    """Give the text and the refusal, each empty where there is none."""
    parts = list(_parts(body))
    text = "".join(str(p.get("text") or "") for p in parts if p.get("type") == "output_text")
    refusal = "".join(str(p.get("refusal") or "") for p in parts if p.get("type") == "refusal")
    return text, refusal


def _parts(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for item in mappings(body.get("output")):
        if item.get("type", "message") == "message":
            yield from mappings(item.get("content"))


def _failure(body: Mapping[str, Any], hidden: Hidden) -> ProviderError | None:
    status = body.get("status", "completed")
    if status == "completed":
        return None
    if status == "incomplete":
        details = body.get("incomplete_details")
        return _incomplete(details.get("reason") if isinstance(details, Mapping) else None)
    told = body.get("error")
    return errors.of_failed(NAME, told if isinstance(told, Mapping) else {}, hidden)


def _incomplete(reason: object) -> ProviderError:
    if reason in ("content_filter", "content-filter"):
        return BlockedPrompt("The filter of openai stopped the answer.", provider=NAME)
    if reason in ("max_output_tokens", "length"):
        return TruncatedAnswer("openai stopped at the limit of tokens.", provider=NAME)
    return InvalidAnswer(f"openai ended before its answer was whole ({reason}).", provider=NAME)


def _silence(text: str, refusal: str, hidden: Hidden) -> ProviderError | None:
    if refusal:
        said = hidden.sentence(refusal)
        return RefusedAnswer(f"The model declined to answer: {said}", provider=NAME)
    if not text.strip():
        return EmptyAnswer("The model ended without saying anything.", provider=NAME)
    return None


def read_chat(body: Mapping[str, Any], prompt_model: str, hidden: Hidden) -> Completion:
    """Read a chat completion. Raises what `read_response` raises."""
    choice = next(iter(mappings(body.get("choices"))), {})
    message = choice.get("message")
    message = message if isinstance(message, Mapping) else {}
    text, refusal = str(message.get("content") or ""), str(message.get("refusal") or "")
    model, usage = str(body.get("model") or prompt_model), usage_of(body)
    ended = choice.get("finish_reason")
    error = _incomplete("content_filter" if ended == "content_filter" else "length")
    if ended not in ("length", "content_filter"):
        silence = _silence(text, refusal, hidden)
        if silence is None:
            return Completion(text=text, model=model, usage=usage)
        error = silence
    raise billed(error, usage, model)


def billed(error: ProviderError, usage: Usage, model: str) -> ProviderError:
    """Write on the error what the vendor billed all the same."""
    error.usage = usage
    error.model = model
    return error
