"""Usage as rows: sums that agree, a table for people, files for an invoice."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from posthub_assets.domain.usage import (
    HEADINGS,
    UsageRow,
    as_csv,
    as_data,
    by_cost,
    dearest_of_stages,
    details,
    in_words,
    money,
    totals,
)


def row(**changes) -> UsageRow:
    values = {
        "provider": "gemini",
        "model": "gemini-3.8-flash",
        "kind": "BlogPostBrief",
        "prompt": "BLOGPOST_GEN en 1",
        "person": "the factory",
        "key_source": "platform",
        "requests": 3,
        "failed": 1,
        "input_tokens": 1000,
        "output_tokens": 500,
        "cached_tokens": 10,
        "cache_written_tokens": 0,
        "reasoning_tokens": 5,
        "image_tokens": 0,
        "image_input_tokens": 0,
        "searches": 0,
        "cost_usd": Decimal("0.123456789"),
    } | changes
    return UsageRow(**values)


def test_sums_are_exact_and_leave_own_keys_out_of_the_invoice():
    found = totals([row(), row(key_source="organization", cost_usd=Decimal("0.000000001"))])
    assert (found.requests, found.failed, found.tokens) == (6, 2, 3000)
    assert found.cost_usd == Decimal("0.123456790")
    assert found.invoiced_usd == Decimal("0.123456789")


def test_the_dearest_comes_first_and_equals_keep_an_order():
    cheap, dear = row(cost_usd=Decimal(1)), row(cost_usd=Decimal(2))
    other = row(provider="a", cost_usd=Decimal(1))
    assert by_cost([cheap, other, dear]) == [dear, other, cheap]


def test_a_stages_prices_are_those_of_the_model_that_did_its_work():
    cheap, dear = row(provider="local", cost_usd=Decimal(0)), row(cost_usd=Decimal(2))
    other = row(kind="TopicsBrief", cost_usd=Decimal(0))
    for rows in ([cheap, dear, other], [other, dear, cheap]):
        assert dearest_of_stages(rows) == {"blog_posts": dear, "topics": other}


@pytest.mark.parametrize(
    ("amount", "told"),
    [("0", "0.00"), ("0.004", "< 0.01"), ("0.006", "0.01"), ("1234.5", "1,234.50")],
)
def test_money_is_shown_to_the_cent_and_something_is_never_nothing(amount, told):
    assert money(Decimal(amount)) == told


def test_people_read_stages_and_own_keys():
    (line,) = in_words([row(key_source="organization")])
    assert len(line) == len(HEADINGS)
    assert line[:4] == ("blog_posts", "0.12", "3 (1 failed)", "gemini (own key)")
    assert line[-1] == "10 cached, 5 thinking"


def test_details_name_every_sort_of_token_that_came_and_no_other():
    every = row(cache_written_tokens=1, image_input_tokens=2, image_tokens=1120, searches=2)
    assert details(every) == (
        "10 cached, 1 put in a cache, 5 thinking, 2 of pictures read, 1,120 of pictures made, "
        "2 searches"
    )
    assert details(row(cached_tokens=0, reasoning_tokens=0, searches=1)) == "1 search"


def test_the_files_hold_every_column_exactly():
    rows = [row(), row(person="=cmd()", cost_usd=Decimal("7.000000001"))]
    read = list(csv.DictReader(io.StringIO(as_csv(rows).decode("utf-8-sig"))))
    assert sum(Decimal(one["cost_usd"]) for one in read) == totals(rows).cost_usd
    assert read[0]["person"] == "'=cmd()", "a spreadsheet must not run it"
    assert as_data(rows)[0]["cost_usd"] == "7.000000001"
