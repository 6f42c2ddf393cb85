"""The table of permissions in itself, and the page that is written from it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from posthub_assets.domain.people import TokenScope
from posthub_assets.domain.permissions.page import page
from posthub_assets.domain.permissions.rows import About, Who, section
from posthub_assets.domain.permissions.table import PERMISSIONS, SECTIONS, permission_of

ROOT = Path(__file__).resolve().parents[4]


def test_the_page_is_the_table():
    written = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert written == page(SECTIONS), "Run `posthub docs permissions`."


def test_no_operation_has_two_rows():
    rows = Counter(row.operation for one in SECTIONS for row in one.rows)
    assert [name for name, number in rows.items() if number > 1] == []


def test_an_operation_without_a_row_is_nobodys():
    with pytest.raises(LookupError, match="GET /v1/new has no row"):
        permission_of("GET", "/v1/new")


def test_reading_needs_another_scope_than_writing():
    for row in PERMISSIONS.values():
        if row.token is not None:
            assert (row.token is TokenScope.READ) == (row.method == "GET"), row.operation


def test_keys_to_the_house_and_the_platform_are_not_for_machines():
    for row in PERMISSIONS.values():
        if row.who is Who.ADMIN or row.about is About.PERSON:
            assert row.token is None, row.operation


def test_a_page_says_for_each_role_what_it_may():
    made = section(
        "Things",
        "/v1/things",
        About.ORGANIZATION,
        ("GET ", Who.SIGNED_IN, TokenScope.READ, "list things"),
        ("PUT /{id}", Who.MANAGER, None, "change things", "on Mondays"),
        ("POST /door", Who.ANYBODY, None, "knock"),
    )
    told = page([made])
    assert "| `GET /v1/things` |  | own | own | own | own | read | list things |" in told
    changed = "| `PUT /v1/things/{id}` |  |  |  | yes | yes | - | change things; on Mondays |"
    assert changed in told
    assert "| `POST /v1/things/door` | yes | yes | yes | yes | yes | - | knock |" in told
