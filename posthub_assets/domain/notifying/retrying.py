"""When a message that did not arrive is sent again: the schedule of Standard Webhooks.

Source: the specification, "Deliverability and reliability" (read November 2026). E-mails keep to
the same schedule. What does not belong here: sending.
"""

from __future__ import annotations

DELAYS_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each attempt, after the one before it: ten attempts over 75 h 35 min."""

MAX_JITTER = 0.1
MAX_RETRY_AFTER_S = 86_400.0


def retry_delay_s(attempts: int, *, luck: float = 0.0, retry_after_s: float = 0.0) -> float | None:
    """Give the seconds until the next attempt after `attempts` failed ones; None gives up.

    `luck` between 0 and 1 spreads attempts by up to a tenth, so that failures of one moment do not
    come back at one moment. `retry_after_s` is what the receiver asked for; a day at most.
    """
    if attempts >= len(DELAYS_S):
        return None
    planned = DELAYS_S[max(attempts, 0)] * (1 + MAX_JITTER * luck)
    return max(planned, min(retry_after_s, MAX_RETRY_AFTER_S))
