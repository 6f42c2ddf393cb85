"""Translates OpenAI's errors into ours, once.

Codes: https://developers.openai.com/api/docs/guides/error-codes, and the codes of failed responses
in the SDK's `types/responses/response_error.py`. Compatible servers use the same shape:
`{"error": {"message", "type", "code", "param"}}`.
What does not belong here: reading a good answer (`answers.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from posthub_assets.domain.errors import (
    BlockedPrompt,
    PermanentProviderError,
    ProviderError,
    RateLimited,
    TransientProviderError,
)
from resources.providers import wire
from resources.providers.wire import AnswerTooLarge, Hidden

NAME = "openai"
OUT_OF_QUOTA = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "insufficient_balance",
        "insufficient_credits",
    }
)
BLOCKED = frozenset(
    {
        "content_filter",
        "content_policy_violation",
        "moderation_blocked",
        "image_content_policy_violation",
        "invalid_prompt",
        "misalignment",
    }
)
KEY = frozenset({"invalid_api_key", "account_deactivated"})


@cache
def kinds() -> tuple[type[Exception], ...]:
    """Give the errors that a call may end with; the SDK is there when one does."""
    import httpx2
    import openai

    return (
        openai.OpenAIError,
        httpx2.HTTPError,
        httpx2.StreamError,
        AnswerTooLarge,
        OSError,
        ValueError,
    )


def translate(error: Exception, hidden: Hidden, *, base_url: str | None) -> ProviderError:
    """Give our error for one of the SDK's; the SDK's is cleaned of the key and the prompt."""
    import httpx2
    import openai

    hidden.scrub(error)
    if wire.too_large_in(error):
        return wire.too_large(NAME)
    if isinstance(error, openai.APIStatusError):
        return _of_answer(error, hidden, base_url)
    broken = (openai.APIConnectionError, openai.APIResponseValidationError, httpx2.HTTPError)
    if isinstance(error, (*broken, OSError, json.JSONDecodeError)):
        return wire.unreachable(NAME, error)
    return PermanentProviderError(
        f"The client of {NAME} does not take the request ({type(error).__name__}).", provider=NAME
    )


def _of_answer(error: Any, hidden: Hidden, base_url: str | None) -> ProviderError:
    told = error.body if isinstance(error.body, Mapping) else {}
    code = code_of(told)
    if error.status_code == 404 and code != "model_not_found" and base_url is not None:
        return PermanentProviderError(
            f"The server at {error.request.url.host} does not know {error.request.url.path}. It "
            "may speak chat completions only: open the adapter with `speaks='chat'`, or set "
            f"another base URL. It said: {hidden.sentence(told.get('message'))}",
            provider=NAME,
        )
    return of_body(NAME, error.status_code, told, error.response.headers, hidden)


def code_of(told: Mapping[str, Any]) -> str:
    """Give the code of an error's body, or its type where it has no code we know."""
    code, kind = str(told.get("code") or ""), str(told.get("type") or "")
    return kind if kind in OUT_OF_QUOTA and code not in OUT_OF_QUOTA else code or kind


def of_body(
    provider: str,
    status: int,
    told: Mapping[str, Any],
    headers: Mapping[str, str],
    hidden: Hidden,
) -> ProviderError:
    """Give the error for a status and the `error` object of its body."""
    code = code_of(told)
    said = hidden.sentence(told.get("message")) or f"no reason given ({code or status})"
    if code in BLOCKED:
        return BlockedPrompt(f"The filter of {provider} stopped this: {said}", provider=provider)
    if code in KEY:
        status = 401
    return wire.of_status(provider, status, said, headers, is_out_of_quota=code in OUT_OF_QUOTA)


def of_failed(provider: str, told: Mapping[str, Any], hidden: Hidden) -> ProviderError:
    """Give the error for a response of status `failed`, or a batch's row that failed."""
    code = code_of(told)
    said = hidden.sentence(told.get("message")) or code or "no reason given"
    if code == "rate_limit_exceeded":
        return RateLimited(f"{provider} asks us to slow down: {said}", provider=provider)
    if code in BLOCKED | OUT_OF_QUOTA | KEY:
        return of_body(provider, 400, told, {}, hidden)
    if code in {"server_error", "batch_expired", "batch_cancelled", "vector_store_timeout", ""}:
        return TransientProviderError(f"{provider} failed at this: {said}", provider=provider)
    return PermanentProviderError(f"{provider} refused the request: {said}", provider=provider)
