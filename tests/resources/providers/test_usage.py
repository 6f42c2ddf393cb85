"""Usage of every body that the vendors are known to send."""

from __future__ import annotations

import json

import pytest

from posthub_assets.domain.ports import Usage
from resources.providers.gemini import usage as gemini
from resources.providers.openai import usage as openai


@pytest.fixture
def bodies(shared_data):
    return json.loads((shared_data / "provider_responses" / "usage_bodies.json").read_text())


@pytest.mark.shared_data
def test_every_real_body_is_read_and_its_parts_fit_its_totals(bodies):
    assert len(bodies) == 353
    for one in bodies:
        body, expected = one["body"], one["extracted"][0]["usage"]
        usage = (gemini if "usageMetadata" in body else openai).usage_of(body)
        assert usage.input_tokens == expected.get("input_tokens", 0), body
        assert usage.output_tokens == expected.get("output_tokens", 0), body
        assert usage.cached_tokens + usage.image_input_tokens <= usage.input_tokens * 2
        assert usage.cached_tokens <= usage.input_tokens
        assert usage.image_input_tokens <= usage.input_tokens
        assert usage.reasoning_tokens + usage.image_tokens <= usage.output_tokens
        assert not usage.is_billed


@pytest.mark.shared_data
def test_every_real_total_is_input_and_output(bodies):
    seen = 0
    for one in bodies:
        told = one["body"].get("usageMetadata") or one["body"].get("usage")
        usage = (gemini if "usageMetadata" in one["body"] else openai).usage_of(one["body"])
        total = told.get("totalTokenCount") or told.get("total_tokens")
        if total is not None:
            seen += 1
            assert usage.input_tokens + usage.output_tokens == total, one["body"]
    assert seen > 300


@pytest.mark.shared_data
def test_the_kinds_of_googles_tokens_are_those_that_its_prices_are_for(bodies):
    for one in bodies:
        if "usageMetadata" not in one["body"]:
            continue
        usage, expected = gemini.usage_of(one["body"]), one["extracted"][0]["usage"]
        assert usage.cached_tokens == expected.get("cache_read_tokens", 0)
        assert usage.reasoning_tokens == expected.get("output_reasoning_tokens", 0)
        assert usage.image_tokens == expected.get("output_image_tokens", 0)
        assert usage.image_input_tokens == expected.get("input_image_tokens", 0)


@pytest.mark.parametrize("told", [None, {}, [], "none", {"promptTokenCount": None}])
def test_a_body_without_counts_has_used_nothing(told):
    assert gemini.usage_of({"usageMetadata": told}) == Usage()
    assert openai.usage_of({"usage": told}) == Usage()
    assert gemini.usage_of({}) == openai.usage_of({}) == Usage()


def test_null_details_are_no_details():
    told = {"input_tokens": 5, "input_tokens_details": None, "output_tokens": None}
    assert openai.usage_of({"usage": told}) == Usage(input_tokens=5)
    told = {"promptTokenCount": 5, "promptTokensDetails": None, "candidatesTokensDetails": [None]}
    assert gemini.usage_of({"usageMetadata": told}) == Usage(input_tokens=5)


def test_a_picture_without_details_is_all_image_tokens():
    told = {
        "input_tokens": 60,
        "input_tokens_details": {"image_tokens": 50, "text_tokens": 10},
        "output_tokens": 1056,
    }
    usage = openai.usage_of({"data": [{"b64_json": ""}], "usage": told})
    assert usage == Usage(60, 1056, image_tokens=1056, image_input_tokens=50)


def test_chat_completions_are_read_like_responses():
    told = {
        "prompt_tokens": 100,
        "completion_tokens": 40,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 30},
    }
    expected = Usage(100, 40, cached_tokens=64, reasoning_tokens=30)
    assert openai.usage_of({"usage": told}) == expected
