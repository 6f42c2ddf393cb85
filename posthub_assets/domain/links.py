"""Deciding by link: how a link and what it covers stand.

What does not belong here: making and using links (`resources/database/repositories/`), the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from posthub_assets.domain.content import Status

PAGE = "/approve/"
"""Where links lead, followed by the secret."""
DEFAULT_DAYS = 7
MAX_DAYS = 30
MAX_ITEMS = 100
"""Versions that one link covers."""


class LinkState(StrEnum):
    """How a link stands. Only an open one decides anything."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


class ItemState(StrEnum):
    """How one version of a link stands: it waits, was decided by this link, or things moved on."""

    OPEN = "open"
    USED = "used"
    MOVED_ON = "moved_on"


def item_state(*, version: int, current: int, status: Status, is_used: bool) -> ItemState:
    """Tell whether a version can still be decided by its link: once, current, and in review."""
    if is_used:
        return ItemState.USED
    waits = status is Status.IN_REVIEW and version == current
    return ItemState.OPEN if waits else ItemState.MOVED_ON


def link_state(
    items: Sequence[ItemState], *, expires_at: datetime, is_revoked: bool, now: datetime
) -> LinkState:
    """Tell how a link stands: taken back, used up by its decisions, too old, or open."""
    if is_revoked:
        return LinkState.REVOKED
    if all(one is ItemState.USED for one in items):
        return LinkState.USED
    return LinkState.EXPIRED if expires_at <= now else LinkState.OPEN
