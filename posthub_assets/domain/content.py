"""Content items: kinds, statuses, the table of allowed transitions, and the hash that is signed.

What does not belong here: the bodies by kind (`bodies.py`) and where items are stored.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Any

from posthub_assets.domain.errors import IllegalTransition


class Kind(StrEnum):
    """Everything a person can approve."""

    COMPANY_DNA = "company_dna"
    PERSONA = "persona"
    TOPIC = "topic"
    BLOG_POST = "blog_post"
    SOCIAL_POST = "social_post"
    IMAGE = "image"
    PALETTE = "palette"
    ARTICLE = "article"
    PHOTO_CALENDAR = "photo_calendar"
    VIDEO = "video"


class Status(StrEnum):
    """Where an item stands. `delivered` and `rejected` are ends; `archived` can be restored."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    CHANGES_REQUESTED = "changes_requested"
    ARCHIVED = "archived"


class Action(StrEnum):
    """What a person may decide about an item in review."""

    APPROVE = "approve"
    REJECT = "reject"
    REQUEST_CHANGES = "request_changes"


class Step(StrEnum):
    """What moves an item from one status to another."""

    PASS_CHECKS = "pass_checks"
    FAIL_CHECKS = "fail_checks"
    APPROVE = "approve"
    REJECT = "reject"
    REQUEST_CHANGES = "request_changes"
    EDIT = "edit"
    REMAKE = "remake"
    SCHEDULE = "schedule"
    DELIVER = "deliver"
    ARCHIVE = "archive"
    RESTORE = "restore"


S = Status
_UNDECIDED = (S.DRAFT, S.IN_REVIEW, S.CHANGES_REQUESTED)
_ALL_BUT_DELIVERED = tuple(s for s in Status if s not in (S.DELIVERED, S.ARCHIVED))

TRANSITIONS: dict[Step, dict[Status, Status]] = {
    Step.PASS_CHECKS: {S.DRAFT: S.IN_REVIEW},
    Step.FAIL_CHECKS: {S.DRAFT: S.DRAFT},
    Step.APPROVE: {S.IN_REVIEW: S.APPROVED},
    Step.REJECT: {S.IN_REVIEW: S.REJECTED},
    Step.REQUEST_CHANGES: {S.IN_REVIEW: S.CHANGES_REQUESTED},
    # Any edit after a yes needs a new yes; a draft that failed its gate is mended by an edit too.
    Step.EDIT: {s: S.DRAFT for s in (*_UNDECIDED, S.APPROVED, S.SCHEDULED)},
    # A new generation never touches what a person approved.
    Step.REMAKE: {s: S.DRAFT for s in _UNDECIDED},
    Step.SCHEDULE: {S.APPROVED: S.SCHEDULED, S.SCHEDULED: S.SCHEDULED},
    Step.DELIVER: {S.APPROVED: S.DELIVERED, S.SCHEDULED: S.DELIVERED},
    Step.ARCHIVE: {s: S.ARCHIVED for s in _ALL_BUT_DELIVERED},
    Step.RESTORE: {S.ARCHIVED: S.IN_REVIEW},
}

APPROVED_STATUSES: frozenset[Status] = frozenset({S.APPROVED, S.SCHEDULED, S.DELIVERED})
"""Statuses that carry a person's yes."""

OUT_OF_QUOTA: frozenset[Status] = frozenset({S.REJECTED, S.ARCHIVED})
"""Statuses that free an item's place in the month's quota."""

MAX_ROUNDS = 3
"""Rounds of changes that a machine gets; after that a person writes."""


def next_status(status: Status, step: Step) -> Status:
    """Give the status after `step`.

    Raises IllegalTransition, naming both, where the table has no such edge.
    """
    try:
        return TRANSITIONS[step][status]
    except KeyError:
        raise IllegalTransition(
            f"An item that is {status.value} cannot take the step {step.value}."
        ) from None


def canonical_bytes(body: dict[str, Any]) -> bytes:
    """Give the bytes that an approval signs: JSON, keys sorted, no spaces, UTF-8 unescaped.

    The form follows RFC 8785 for the values we store (strings, integers, booleans, null, lists,
    objects); floats are refused, because their printed form is not the same everywhere.
    """
    _refuse_floats(body, path="body")
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def content_hash(body: dict[str, Any]) -> str:
    """Give the SHA-256 of the canonical bytes, 64 lowercase hex digits."""
    return hashlib.sha256(canonical_bytes(body)).hexdigest()


def _refuse_floats(value: Any, path: str) -> None:
    if isinstance(value, float):
        raise TypeError(f"{path} is a float; bodies hold integers and strings only")
    if isinstance(value, dict):
        for key, child in value.items():
            _refuse_floats(child, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            _refuse_floats(child, f"{path}[{index}]")
