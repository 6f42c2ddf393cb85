"""`posthub notify`: telling people and webhooks, beside or without `posthub up`.

What does not belong here: the work (`resources/notifying/`).
"""

from __future__ import annotations

import asyncio

from posthub_assets.commands.speaking import say
from resources.notifying.loop import notify
from resources.settings import load_settings


def run_notifier(*, once: bool) -> None:
    """Work until SIGTERM or Ctrl-C, or do once what is due and say what it was."""
    done = asyncio.run(notify(load_settings(), once=once))
    said = ", ".join(f"{name} {count}" for name, count in done.items() if count)
    say(said or "Nothing was due.")
