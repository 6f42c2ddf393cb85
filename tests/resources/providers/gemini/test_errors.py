"""Google's errors: the shapes that its documents and its users' reports show."""

from __future__ import annotations

from typing import Any

import pytest

from posthub_assets.domain.errors import (
    BlockedPrompt,
    InvalidAnswer,
    KeyRejected,
    PermanentProviderError,
    QuotaExhausted,
    RateLimited,
    TransientProviderError,
)
from resources.providers.gemini.answers import read_text
from resources.providers.gemini.errors import of_body, of_row
from resources.providers.wire import Hidden

HIDDEN = Hidden("AIza-12345")
PLAN = "You exceeded your current quota, please check your plan and billing details."


def quota(name: str, delay: str | None = None) -> list[dict[str, Any]]:
    details: list[dict[str, Any]] = [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": name}]}
    ]
    if delay:
        kind = "type.googleapis.com/google.rpc.RetryInfo"
        details.append({"@type": kind, "retryDelay": delay})
    return details


def reason(name: str) -> list[dict[str, Any]]:
    return [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": name}]


@pytest.mark.parametrize(
    ("status", "message", "details", "expected"),
    [
        (429, PLAN, quota("GenerateRequestsPerMinutePerProjectPerModel", "26s"), RateLimited),
        (429, PLAN, quota("GenerateRequestsPerDayPerProjectPerModel", "26s"), QuotaExhausted),
        (429, "Resource has been exhausted (e.g. check quota).", [], RateLimited),
        (429, f"{PLAN} * Quota exceeded for metric: x, limit: 0", [], QuotaExhausted),
        (429, "Your prepayment credits are depleted.", [], QuotaExhausted),
        (403, "Billing is off.", reason("BILLING_DISABLED"), QuotaExhausted),
        (
            400,
            "API key not valid. Please pass a valid one.",
            reason("API_KEY_INVALID"),
            KeyRejected,
        ),
        (400, "API key expired. Please renew the API key.", [], KeyRejected),
        (403, "Your API key was reported as leaked.", [], KeyRejected),
        (401, "Request had invalid authentication credentials.", [], KeyRejected),
        (400, "Unable to submit request.", [], PermanentProviderError),
        (404, "models/x is not found for API version v1.", [], PermanentProviderError),
        (499, "The operation was cancelled.", [], TransientProviderError),
        (503, "The model is overloaded.", [], TransientProviderError),
        (504, "Deadline exceeded.", [], TransientProviderError),
    ],
)
def test_every_error_has_its_class(status, message, details, expected):
    told = {"code": status, "message": message, "details": details}
    assert type(of_body(status, told, {}, HIDDEN)) is expected


def test_googles_pause_is_read():
    told = {"message": PLAN, "details": quota("PerMinute", "34.07s")}
    error = of_body(429, told, {"retry-after": "1"}, HIDDEN)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 34.07


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (3, PermanentProviderError),
        (4, TransientProviderError),
        (8, TransientProviderError),
        (13, TransientProviderError),
        (400, PermanentProviderError),
        (None, TransientProviderError),
    ],
)
def test_a_batchs_row_names_its_error_by_a_number(code, expected):
    assert type(of_row({"code": code, "message": "No."}, HIDDEN)) is expected


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        ("RECITATION", BlockedPrompt),
        ("PROHIBITED_CONTENT", BlockedPrompt),
        ("SPII", BlockedPrompt),
        ("OTHER", InvalidAnswer),
        ("A_REASON_OF_NEXT_YEAR", InvalidAnswer),
    ],
)
def test_an_answer_that_ended_badly_is_no_answer(ended, expected):
    candidate = {"finishReason": ended, "content": {"parts": [{"text": "Half a sen"}]}}
    body = {"candidates": [candidate], "usageMetadata": {"promptTokenCount": 4}}
    with pytest.raises(expected) as caught:
        read_text(body, "asked")
    assert type(caught.value) is expected
    assert caught.value.usage.input_tokens == 4
    assert caught.value.model == "asked"


def test_thoughts_are_no_part_of_the_answer():
    parts = [{"text": "Hm.", "thought": True}, {"text": "Yes"}, {"text": "."}]
    body = {"candidates": [{"finishReason": "STOP", "content": {"parts": parts}}]}
    assert read_text(body, "asked").text == "Yes."


@pytest.mark.anyio
async def test_the_environment_has_no_say_in_where_a_key_goes(opened, server, monkeypatch):
    for name, value in {
        "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:9",
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_GENAI_API_VERSION": "v9",
        "GOOGLE_API_KEY": "another",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    await opened("gemini").check()
    assert server.calls("gemini")
