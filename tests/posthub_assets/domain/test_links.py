"""How links stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from posthub_assets.domain.content import Status
from posthub_assets.domain.links import ItemState, LinkState, item_state, link_state

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(days=1), NOW - timedelta(days=1)
OPEN, USED, MOVED = ItemState.OPEN, ItemState.USED, ItemState.MOVED_ON


@pytest.mark.parametrize("status", list(Status))
def test_only_what_is_in_review_in_the_links_version_can_be_decided(status):
    expected = OPEN if status is Status.IN_REVIEW else MOVED
    assert item_state(version=1, current=1, status=status, is_used=False) is expected
    assert item_state(version=1, current=2, status=status, is_used=False) is MOVED
    assert item_state(version=1, current=1, status=status, is_used=True) is USED


@pytest.mark.parametrize(
    ("items", "expires_at", "revoked", "expected"),
    [
        ([OPEN], LATER, False, LinkState.OPEN),
        ([USED, OPEN], LATER, False, LinkState.OPEN),
        ([USED, MOVED], LATER, False, LinkState.OPEN),
        ([USED, USED], LATER, False, LinkState.USED),
        ([USED], BEFORE, False, LinkState.USED),
        ([OPEN], BEFORE, False, LinkState.EXPIRED),
        ([OPEN], NOW, False, LinkState.EXPIRED),
        ([USED], LATER, True, LinkState.REVOKED),
        ([OPEN], BEFORE, True, LinkState.REVOKED),
    ],
)
def test_a_link_is_open_until_used_up_expired_or_taken_back(items, expires_at, revoked, expected):
    found = link_state(items, expires_at=expires_at, is_revoked=revoked, now=NOW)
    assert found is expected
