"""E-mails from what was claimed for one person: plain text and simple HTML, in four languages.

What does not belong here: sending, who gets one. The words are in `templates/words.*.jinja`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr
from functools import cache
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.notifying.topics import CONFIRM, REMINDER
from resources.database.repositories.notifications import Mail
from resources.database.repositories.reminders import StillWaiting
from resources.notifying.links import MailLink

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = ("en", "cs", "fa", "uk")
RIGHT_TO_LEFT = ("fa",)
MAX_WAITING = 50
"""Items that one e-mail lists; the number of all is said."""
MAX_SUBJECT_CHARS = 150


@dataclass(frozen=True, slots=True)
class MailWriter:
    """Writes e-mails. `public_url` is what links begin with."""

    mail_from: str
    public_url: str

    def write(
        self,
        rows: Sequence[Mail],
        waiting: Sequence[StillWaiting],
        links: Sequence[MailLink] = (),
        confirmation: str | None = None,
    ) -> EmailMessage | None:
        """Make one e-mail of a person's rows and of what still waits; None where nothing is left.

        With links the person decides without signing in; `confirmation` is the address by which
        they confirm their e-mail. All rows are of one person who has an
        e-mail address. The language is the company's.
        """
        events = [_event(row) for row in rows if row.topic not in (REMINDER, CONFIRM)]
        if not events and not waiting and not confirmation:
            return None
        first = rows[0]
        spoken = waiting[0].language if waiting else first.language
        language = spoken if spoken in LANGUAGES else "en"
        values: dict[str, Any] = {
            "language": language,
            "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
            "name": first.name,
            "events": events,
            "waiting": waiting[:MAX_WAITING],
            "waiting_count": len(waiting),
            "links": links,
            "confirmation": confirmation,
            "url": self.public_url,
        }
        return self._message(first, values)

    def _message(self, first: Mail, values: dict[str, Any]) -> EmailMessage:
        message = EmailMessage()
        subject = " ".join(_render("subject.txt.jinja", values).split())
        message["Subject"] = subject[:MAX_SUBJECT_CHARS]
        message["From"] = self.mail_from
        message["To"] = formataddr((" ".join(first.name.split()), first.email or ""))
        # The same row has the same id at every attempt, so that a mailbox can tell a repetition.
        message["Message-ID"] = f"<{first.id}@posthub>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_render("mail.txt.jinja", values))
        message.add_alternative(_render("mail.html.jinja", values), subtype="html")
        return message


def _event(row: Mail) -> dict[str, Any]:
    return {
        **{name: row.payload.get(name, "") for name in ("month", "percent", "kind", "url")},
        "provider": row.payload.get("provider") or "",
        "because": row.payload.get("because", ""),
        "topic": row.topic,
        "company": row.company,
        "title": row.title,
        "error": row.error,
    }


def _render(name: str, values: dict[str, Any]) -> str:
    return _environment(escapes=".html." in name).get_template(name).render(values)


@cache
def _environment(*, escapes: bool) -> Environment:
    """The words are compiled for each of the two: a macro escapes as the file that holds it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("resources.notifying", "templates"),
        autoescape=escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
