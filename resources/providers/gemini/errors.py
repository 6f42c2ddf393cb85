"""Translates Gemini's errors into ours, once.

Statuses: https://ai.google.dev/gemini-api/docs/troubleshooting. A 429 carries a pause in
`google.rpc.RetryInfo` and the quota's name in `QuotaFailure`: one of a day is exhausted, one of a
minute is a pause. Its text speaks of "plan and billing" in either case, so the text decides nothing
but for the sentences in `SPENT`, which accounts without money get; they are documented nowhere.
What does not belong here: reading a good answer (`answers.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from posthub_assets.domain.errors import (
    PermanentProviderError,
    ProviderError,
    RateLimited,
    TransientProviderError,
)
from resources.providers import wire
from resources.providers.wire import AnswerTooLarge, Hidden, mappings

NAME = "gemini"
BAD_KEY = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED", "API_KEY_SERVICE_BLOCKED"})
NO_MONEY = frozenset({"BILLING_DISABLED", "QUOTA_EXHAUSTED"})
SPENT = re.compile(r"credits are depleted|spending cap|billing (account )?is (not|disabled)", re.I)
LIMIT_OF_NOTHING = re.compile(r"limit:\s*0\b")
"""A model that the account's plan does not have at all."""

GRPC_STATUSES = {1: 499, 3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 9: 400, 10: 409, 13: 500, 14: 503}
"""A batch's row names an error by its gRPC code (google/rpc/code.proto), not by a status."""


@cache
def kinds() -> tuple[type[Exception], ...]:
    """Give the errors that a call may end with; the SDK is there when one does."""
    import httpx2
    from google.genai.errors import APIError

    return (
        APIError,
        httpx2.HTTPError,
        httpx2.StreamError,
        AnswerTooLarge,
        OSError,
        ValueError,
    )


def translate(error: Exception, hidden: Hidden) -> ProviderError:
    """Give our error for one of the SDK's; the SDK's is cleaned of the key and the prompt."""
    import httpx2
    from google.genai.errors import APIError

    hidden.scrub(error)
    if wire.too_large_in(error):
        return wire.too_large(NAME)
    if isinstance(error, APIError):
        headers = getattr(error.response, "headers", None) or {}
        return of_body(error.code, _inner(error.details), headers, hidden)
    if isinstance(error, (httpx2.HTTPError, OSError, json.JSONDecodeError)):
        return wire.unreachable(NAME, error)
    return PermanentProviderError(
        f"The client of {NAME} does not take the request ({type(error).__name__}).", provider=NAME
    )


def _inner(details: Any) -> Mapping[str, Any]:
    if not isinstance(details, Mapping):
        return {}
    inner = details.get("error", details)
    return inner if isinstance(inner, Mapping) else {}


def of_body(
    status: int, told: Mapping[str, Any], headers: Mapping[str, str], hidden: Hidden
) -> ProviderError:
    """Give the error for a status and the `error` object of its body."""
    details = list(mappings(told.get("details")))
    reasons = {str(one.get("reason")) for one in details}
    message = str(told.get("message") or "")
    said = hidden.sentence(message) or f"no reason given ({told.get('status') or status})"
    if reasons & BAD_KEY or (status == 400 and "API key" in message):
        status = 401
    return wire.of_status(
        NAME,
        status,
        said,
        headers,
        is_out_of_quota=bool(reasons & NO_MONEY) or _is_spent(status, message, details),
        retry_after_s=_pause_s(details),
    )


def _is_spent(status: int, message: str, details: list[Mapping[str, Any]]) -> bool:
    if status not in (403, 429):
        return False
    quotas = [
        str(violation.get("quotaId") or "")
        for one in details
        for violation in mappings(one.get("violations"))
    ]
    if any("PerDay" in quota for quota in quotas):
        return True
    return bool(SPENT.search(message) or LIMIT_OF_NOTHING.search(message))


def _pause_s(details: list[Mapping[str, Any]]) -> float | None:
    """Read `retryDelay`, such as `34s` or `34.07s`, in seconds."""
    for one in details:
        match = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(one.get("retryDelay") or ""))
        if match:
            return min(float(match[1]), wire.LONGEST_PAUSE_S)
    return None


def of_row(error: Mapping[str, Any], hidden: Hidden) -> ProviderError:
    """Give the error of a batch's row."""
    code = error.get("code")
    status = GRPC_STATUSES.get(code, code) if isinstance(code, int) else 500
    told = of_body(status, error, {}, hidden)
    if isinstance(told, RateLimited):
        return TransientProviderError(str(told), provider=NAME)
    return told
