"""The tools of a run as the settings describe them."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from resources.settings import load_settings
from resources.website_reader import CarefulReader, NoReader
from resources.workshop import _limiter, _limits, _website

ROOT = Path(__file__).resolve().parents[2]


def test_the_settings_limits_reach_the_gateway():
    book = _limits(
        load_settings(
            {
                "POSTHUB_HOME": "home",
                "DEFAULT_MONTHLY_COST_LIMIT": "12.50",
                "DEFAULT_MONTHLY_TOKEN_LIMIT": "5",
                "DEFAULT_DAILY_REQUEST_LIMIT": "7",
            }
        )
    )
    assert book.defaults.month.cost_usd == Decimal("12.50")
    assert (book.defaults.month.tokens, book.defaults.month.requests) == (5, None)
    assert book.defaults.day.requests == 7


def test_vendors_have_their_rates_and_pictures_a_line_of_their_own():
    rates = _limiter(load_settings({"POSTHUB_HOME": "home"}), {}, None).rates
    assert {name: rate.per_minute for name, rate in rates.items() if "stripe" not in name} == {
        "gemini": 60,
        "openai": 60,
        "perplexity": 50,
        "gemini-images": 10,
        "openai-images": 10,
        "perplexity-images": 10,
        "replicate-images": 10,
    }


@pytest.mark.parametrize(
    ("wanted", "key", "reader"),
    [
        ("auto", "", NoReader),
        ("auto", "AIza", CarefulReader),
        ("on", "", CarefulReader),
        ("off", "AIza", NoReader),
    ],
)
def test_websites_are_read_only_where_something_may_leave_the_house(wanted, key, reader):
    settings = load_settings(
        {"POSTHUB_HOME": "home", "POSTHUB_FETCH_WEBSITES": wanted, "GEMINI_API_KEY": key}
    )
    assert isinstance(_website(settings, has_vendors=True), reader)


def test_importing_the_gateway_brings_no_vendors_sdk():
    sdks = ("google.genai", "openai", "stripe", "httpx", "httpx2", "genai_prices", "trafilatura")
    code = (
        "import sys, resources.gateway, resources.gateway.vendors, resources.workshop;"
        f"print(*[one for one in {sdks!r} if one in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""
