"""Reporting errors to Sentry, where `SENTRY_DSN` is set: what broke and where, and nothing else.

What is sent is chosen by name: the error's type, the first line of its text, the code around it,
the process and the request's id. No request, no body, no header, no cookie, no person, no local
variable; secrets and personal data that stand in a text are hidden as in log lines and prompts.
Where hiding fails, the report is not sent.
What does not belong here: log lines (`logs.py`).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from resources import logs

if TYPE_CHECKING:
    from resources.settings import Settings

log = logging.getLogger("posthub.error_reports")

MISSING = (
    "SENTRY_DSN is set, but the package sentry-sdk is not installed, so errors are reported"
    " nowhere. Install it into PostHub's environment: python -m pip install 'sentry-sdk>=2.75,<3'."
    " Or unset SENTRY_DSN."
)
MAX_TEXT_CHARS = 300
"""The first line of a message: what follows it often holds values (rows, parameters, input)."""
SENT = ("event_id", "timestamp", "level", "platform", "logger", "release", "environment", "sdk")
FRAME = (
    "filename",
    "abs_path",
    "function",
    "module",
    "lineno",
    "in_app",
    "pre_context",
    "context_line",
    "post_context",
)
FLUSH_S = 2.0

Event = dict[str, Any]


def install(settings: Settings, process: str) -> bool:
    """Report this process's errors from now on; say whether they are. Twice does nothing more.

    `process` is `api`, `notifier` or `factory`. What is logged as an error is reported, and what
    ends the process.
    """
    if settings.sentry_dsn is None:
        return False
    try:
        import sentry_sdk
        from sentry_sdk.integrations.atexit import AtexitIntegration
        from sentry_sdk.integrations.dedupe import DedupeIntegration
        from sentry_sdk.integrations.excepthook import ExcepthookIntegration
        from sentry_sdk.integrations.logging import LoggingIntegration
    except ImportError:
        log.warning(MISSING)
        return False
    if sentry_sdk.get_client().is_active():
        return True
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        before_send=scrubbed,
        # Chosen one by one: the others would look into requests, statements and prompts.
        default_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ExcepthookIntegration(),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda pending, timeout: None),
        ],
        auto_enabling_integrations=False,
        include_local_variables=False,
        send_default_pii=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        shutdown_timeout=FLUSH_S,
    )
    sentry_sdk.set_tag("process", process)
    return True


def scrubbed(event: Event, hint: dict[str, Any]) -> Event:
    """Give what of a report is sent. An error in here means that nothing is."""
    kept: Event = {name: event[name] for name in SENT if name in event}
    entry = event.get("logentry") or {}
    said = entry.get("formatted") or entry.get("message")
    if said:
        kept["logentry"] = {"message": _clean(said)}
    found = (event.get("exception") or {}).get("values")
    if found:
        kept["exception"] = {"values": [_exception(one) for one in found]}
    tags = {"process": (event.get("tags") or {}).get("process"), "request_id": _request_id(hint)}
    kept["tags"] = {name: value for name, value in tags.items() if value}
    return kept


def _exception(given: Event) -> Event:
    frames = (given.get("stacktrace") or {}).get("frames") or []
    shown = [{name: one[name] for name in FRAME if name in one} for one in frames]
    return {
        "type": given.get("type"),
        "module": given.get("module"),
        "value": _clean(str(given.get("value") or "")),
        "mechanism": {"type": (given.get("mechanism") or {}).get("type", "generic")},
        "stacktrace": {"frames": shown},
    }


def _clean(text: str) -> str:
    """Give the first line of a text without secrets and personal data."""
    from posthub_assets.domain.privacy import redact

    first = text.strip().partition("\n")[0]
    return redact([logs.without_secrets(first)]).texts[0][:MAX_TEXT_CHARS]


def _request_id(hint: dict[str, Any]) -> str | None:
    """Give the id of the request that is answered; a log line made after it names it itself."""
    named: str | None = getattr(hint.get("log_record"), "request_id", None)
    return named or logs.request_id.get()
