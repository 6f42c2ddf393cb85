"""The process that tells: `python -m resources.notifying`; SIGTERM ends it."""

from __future__ import annotations

import asyncio
import logging
import sys

from posthub_assets.domain.errors import PostHubError
from resources import error_reports
from resources.notifying.loop import notify
from resources.settings import load_settings

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        settings = load_settings()
        error_reports.install(settings, "notifier")
        asyncio.run(notify(settings))
    except PostHubError as error:
        logging.getLogger("posthub.notifying").error("%s", error)
        sys.exit(1)
