"""When a person is reminded of an item that waits. A reminder is all that time ever does.

What does not belong here: finding what waits, quiet hours.
"""

from __future__ import annotations

from datetime import timedelta

STEPS_H = (6, 12, 24, 48, 72)
"""Hours after which somebody is reminded; after the last, no more."""


def due_step_h(waited: timedelta, told_h: int = 0) -> int | None:
    """Give the step that is due, or None. Steps that were missed are not made up for.

    `told_h` is the step that the person was told of last, 0 for none.
    """
    passed = [step for step in STEPS_H if waited >= timedelta(hours=step)]
    return passed[-1] if passed and passed[-1] > told_h else None
