"""OpenAI's codes, as its documents list them."""

from __future__ import annotations

import gzip

import pytest

from posthub_assets.domain.errors import (
    BlockedPrompt,
    KeyRejected,
    PermanentProviderError,
    QuotaExhausted,
    RateLimited,
    TransientProviderError,
)
from resources.providers.loopback.protocol import Reply
from resources.providers.openai.errors import of_body, of_failed
from resources.providers.wire import Hidden

HIDDEN = Hidden("sk-12345")


@pytest.mark.parametrize(
    ("status", "told", "expected"),
    [
        (429, {"code": "insufficient_quota", "type": "insufficient_quota"}, QuotaExhausted),
        (429, {"code": None, "type": "insufficient_quota"}, QuotaExhausted),
        (400, {"code": "billing_hard_limit_reached"}, QuotaExhausted),
        (429, {"code": "billing_not_active"}, QuotaExhausted),
        (429, {"code": "rate_limit_exceeded", "type": "tokens"}, RateLimited),
        (401, {"code": "invalid_api_key"}, KeyRejected),
        (400, {"code": "moderation_blocked", "type": "image_generation_user_error"}, BlockedPrompt),
        (400, {"code": "content_policy_violation"}, BlockedPrompt),
        (400, {"code": "invalid_prompt"}, BlockedPrompt),
        (400, {"code": "context_length_exceeded"}, PermanentProviderError),
        (404, {"code": "model_not_found"}, PermanentProviderError),
        (500, {"type": "server_error"}, TransientProviderError),
    ],
)
def test_every_code_has_its_error(status, told, expected):
    assert type(of_body("openai", status, told, {}, HIDDEN)) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("server_error", TransientProviderError),
        ("batch_expired", TransientProviderError),
        ("rate_limit_exceeded", RateLimited),
        ("insufficient_quota", QuotaExhausted),
        ("invalid_prompt", BlockedPrompt),
        ("invalid_image", PermanentProviderError),
        (None, TransientProviderError),
    ],
)
def test_a_response_that_failed_has_its_error(code, expected):
    assert type(of_failed("openai", {"code": code, "message": "No."}, HIDDEN)) is expected


def test_a_rejected_key_is_told_without_the_vendors_words():
    told = {"message": "Incorrect API key provided: sk-1****45", "code": "invalid_api_key"}
    assert "sk-1" not in str(of_body("openai", 401, told, {}, HIDDEN))


@pytest.mark.anyio
async def test_a_server_without_responses_is_told_to_be_one(opened, replayer):
    from posthub_assets.domain.vendors import TextPrompt

    replayer.replies.append(Reply(b'{"detail": "Not Found"}', 404))
    model = opened("openai", base_url=f"{replayer.url}/v1")
    with pytest.raises(PermanentProviderError, match="speaks='chat'"):
        await model.complete(TextPrompt("llama", "", "Hello there", 10))


@pytest.mark.anyio
async def test_the_environment_has_no_say_in_where_a_key_goes(opened, replayer, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/elsewhere")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    replayer.replies.append(Reply(b'{"object": "list", "data": []}'))
    await opened("openai", base_url=f"{replayer.url}/v1").check()
    assert "openai-organization" not in replayer.requests[-1].headers


@pytest.mark.anyio
async def test_a_redirect_is_not_followed_with_the_key(opened, replayer):
    replayer.replies.append(Reply(b"{}", 307, {"location": f"{replayer.url}/elsewhere"}))
    with pytest.raises(PermanentProviderError):
        await opened("openai", base_url=f"{replayer.url}/v1").check()
    assert len(replayer.requests) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("vendor", ["gemini", "openai"])
async def test_an_answer_that_is_compressed_unasked_is_not_unpacked(opened, replayer, vendor):
    """A few bytes may unpack to any number; the bound counts what is held in memory."""
    packed = gzip.compress(b'{"object": "list", "data": []}')
    replayer.replies.append(Reply(packed, headers={"content-encoding": "gzip"}))
    with pytest.raises(TransientProviderError):
        await opened(vendor, base_url=replayer.url).check()
    assert replayer.requests[-1].headers["accept-encoding"] == "identity"
