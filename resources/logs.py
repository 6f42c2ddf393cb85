"""Log lines: text for people, or JSON for machines, with the request's id and without secrets.

What does not belong here: what is logged.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being answered."""

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HIDDEN = "[hidden]"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

_SECRETS = re.compile(
    r"""
    (?<![\w-])(?:
        sk-[\w-]{16,} | AIza[\w-]{30,} | pplx-[\w-]{16,} | r8_\w{16,}   # vendors' keys
      | (?:sk|rk)_(?:live|test)_\w{10,} | whsec_[\w+/=-]{10,}           # payments, webhooks
      | ph_[\w-]{20,}                                                   # our machines' tokens
      | eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}                              # JSON web tokens
    )
    | (?<=://)[^\s/:@]+:[^\s/@]+(?=@)                                   # a password in a URL
    | (?i:(?<=bearer\s))[\w.~+/=-]{8,}
    """,
    re.VERBOSE,
)


_TRACES = ("sk", "rk_", "AIza", "pplx-", "r8_", "whsec_", "ph_", "eyJ", "://", "earer ", "EARER ")
"""Where a text holds none of these it holds no secret; looking for them costs next to nothing."""


def without_secrets(text: str) -> str:
    """Give a text in which everything that looks like a secret is hidden."""
    if any(trace in text for trace in _TRACES):
        return _SECRETS.sub(HIDDEN, text)
    return text


class TextLines(logging.Formatter):
    """One line for people."""

    def __init__(self) -> None:
        super().__init__(TEXT)

    def format(self, record: logging.LogRecord) -> str:
        """Give the line, without secrets; the traceback follows."""
        return without_secrets(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, request_id, and what `extra` named."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line, without secrets."""
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if current := request_id.get():
            said["request_id"] = current
        said |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return without_secrets(json.dumps(said, ensure_ascii=False, default=str))


def install(*, as_json: bool) -> None:
    """Let the process's loggers write lines to standard error, also those of the server."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # Its line would be a second one for each request, with the query in it.
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses
