"""Topics of the outbox: which ones people get by e-mail, and which ones webhooks may subscribe to.

What does not belong here: who exactly has a role (the database), when they are told.
"""

from __future__ import annotations

from collections.abc import Sequence

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.people import Role

EVERY_TOPIC = "*"
REMINDER = "reminder.due"
"""Names one person in its payload; it goes to that person and never to a webhook."""
CONFIRM = "user.confirm_email"
"""Likewise: asks a new person to confirm their address."""
WAITING = "content.waiting"
MONTH_READY = "month.ready"
TEST = "webhook.test"
WEBHOOK_DISABLED = "webhook.disabled"

_MARKETERS = frozenset({Role.MARKETER})
_WATCHERS = frozenset({Role.MARKETER, Role.MANAGER})

MAILED: dict[str, frozenset[Role]] = {
    "content.approved": _MARKETERS,
    "content.scheduled": _MARKETERS,
    "content.rejected": _MARKETERS,
    "content.changes_requested": _MARKETERS,
    MONTH_READY: frozenset({Role.MARKETER, Role.SUPERVISOR}),
    "job.failed": _WATCHERS,
    "budget.alert": _WATCHERS,
    "provider_key.unusual_access": _WATCHERS,
    WEBHOOK_DISABLED: _WATCHERS,
}
"""By topic: the roles in the organisation that get an e-mail. Who decided is not told of it."""

REMINDED = frozenset({Role.SUPERVISOR, Role.MARKETER})
"""Who is reminded of what waits."""

WEBHOOK_TOPICS = (
    "content.approved",
    "content.scheduled",
    "content.rejected",
    "content.changes_requested",
    "content.archived",
    "content.in_review",
    "content.draft",
    "content.edited",
    WAITING,
    "month.opened",
    MONTH_READY,
    "job.failed",
    "budget.alert",
    "provider_key.unusual_access",
)
"""What a webhook may ask for by name."""


def check_topics(topics: Sequence[str]) -> list[str]:
    """Give the topics once each, in order. Raises InvalidInput that names an unknown one."""
    known = (EVERY_TOPIC, *WEBHOOK_TOPICS)
    for topic in topics:
        if topic not in known:
            raise InvalidInput(
                f"There is no topic {topic!r}. Choose from: {', '.join(known)}.", field="topics"
            )
    return list(dict.fromkeys(topics))


def is_for_webhooks(topic: str, wanted: Sequence[str]) -> bool:
    """Tell whether an endpoint that subscribed to `wanted` gets a message of this topic."""
    if topic in (REMINDER, CONFIRM, TEST, WEBHOOK_DISABLED):
        return False
    return EVERY_TOPIC in wanted or topic in wanted
