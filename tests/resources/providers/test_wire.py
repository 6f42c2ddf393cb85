"""What all vendors have in common: pauses, secrets, statuses."""

from __future__ import annotations

import asyncio
import traceback
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthub_assets.domain.errors import (
    KeyRejected,
    PermanentProviderError,
    QuotaExhausted,
    RateLimited,
    TransientProviderError,
)
from resources.providers.wire import Hidden, Opening, of_status, retry_after

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
PROMPT = "Our merger with Lighthouse Limited is announced on the third of March."


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "999999999"}, 86_400.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Fri, 27 Nov 2026 12:01:30 GMT"}, 90.0),
        ({"retry-after": "Fri, 27 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({}, None),
    ],
)
def test_a_pause_is_read_as_a_number_or_a_date(headers, expected):
    assert retry_after(headers, NOW) == expected


def test_a_pause_without_a_clock_is_read_by_ours():
    soon = datetime.now(UTC) + timedelta(seconds=60)
    told = retry_after({"retry-after": soon.strftime("%a, %d %b %Y %H:%M:%S GMT")})
    assert told == pytest.approx(60, abs=2)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, PermanentProviderError),
        (401, KeyRejected),
        (402, QuotaExhausted),
        (403, KeyRejected),
        (404, PermanentProviderError),
        (302, PermanentProviderError),
        (408, TransientProviderError),
        (409, TransientProviderError),
        (429, RateLimited),
        (500, TransientProviderError),
        (503, TransientProviderError),
        (529, TransientProviderError),
    ],
)
def test_every_status_has_its_error(status, expected):
    assert type(of_status("vendor", status, "said", {})) is expected


def test_the_key_and_the_prompt_are_taken_out_of_a_sentence():
    hidden = Hidden("sk-12345", (PROMPT,))
    said = hidden.sentence(f"Bad key sk-12345 for '{PROMPT}' and\n '{PROMPT[10:50]}', sorry")
    assert said == "Bad key [...] for '[...]' and '[...]', sorry"
    assert "sk-12345" not in repr(hidden)


def test_a_sentence_is_bounded():
    assert len(Hidden("").sentence("word " * 1000)) == 500
    assert Hidden("").sentence(None) == ""


@given(st.text(min_size=24, max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_no_long_passage_of_a_prompt_is_left(prompt, before, after):
    cleaned = Hidden("", (prompt,)).clean(before + prompt + after)
    assert prompt not in cleaned


def test_words_that_every_prompt_holds_are_left():
    assert Hidden("", (PROMPT,)).clean("Our quota is spent.") == "Our quota is spent."


def test_a_prompt_that_is_quoted_again_and_again_is_searched_within_bounds():
    prompt = "".join(f"{number} merger " for number in range(50_000))
    assert "merger" not in Hidden("", (prompt,)).clean(prompt)
    assert len(Hidden("").clean("x" * 100_000)) == 20_000


def test_a_client_is_opened_once_for_each_event_loop():
    opening = Opening(object)

    async def both() -> tuple[object, object]:
        one, other = await asyncio.gather(opening.get(), opening.get())
        return one, other

    first, second = asyncio.run(both()), asyncio.run(both())
    assert first[0] is first[1]
    assert second[0] is second[1]
    assert first[0] is not second[0]


def test_a_client_that_was_taken_is_opened_again():
    opening = Opening(object)

    async def twice() -> tuple[object, object | None, object]:
        return await opening.get(), opening.take(), await opening.get()

    first, taken, second = asyncio.run(twice())
    assert first is taken
    assert second is not first
    assert Opening(object).take() is None


def test_why_a_key_may_not_do_this_is_told():
    error = of_status("openai", 403, "Project has no access to model x.", {})
    assert "no access to model x" in str(error)


def test_all_errors_of_a_chain_are_cleaned():
    try:
        try:
            raise ValueError("the key sk-12345 is wrong")
        except ValueError as error:
            raise RuntimeError(f"for {PROMPT}") from error
    except RuntimeError as error:
        Hidden("sk-12345", (PROMPT,)).scrub(error)
        told = traceback.format_exception_only(error) + traceback.format_exception_only(
            error.__cause__
        )
    assert "sk-12345" not in str(told)
    assert PROMPT not in str(told)
