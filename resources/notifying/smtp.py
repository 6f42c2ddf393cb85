"""One e-mail, handed in at the mail server.

The standard library's client works in a thread. What does not belong here: what an e-mail says.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage

from posthub_assets.domain.errors import PostHubError
from resources.notify_settings import SmtpServer

TIMEOUT_S = 20.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class MailNotSent(PostHubError):
    """An e-mail was not taken. With `is_permanent` another attempt gives the same answer."""

    code = "mail-not-sent"

    def __init__(self, message: str, *, is_permanent: bool = False) -> None:
        super().__init__(message)
        self.is_permanent = is_permanent


@dataclass(frozen=True, slots=True)
class Mailer:
    """Hands e-mails in at one server."""

    server: SmtpServer
    timeout_s: float = TIMEOUT_S

    async def send(self, message: EmailMessage) -> None:
        """Hand an e-mail in. Raises MailNotSent."""
        await asyncio.to_thread(self._hand_in, message)

    def _hand_in(self, message: EmailMessage) -> None:
        try:
            with self._connect() as client:
                client.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise MailNotSent(
                f"The mail server refuses the recipient ({codes[0]}).",
                is_permanent=all(code >= 500 for code in codes),
            ) from error
        except smtplib.SMTPResponseException as error:
            raise MailNotSent(f"The mail server answered {error.smtp_code}.") from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailNotSent(f"The mail server was not reached ({error}).") from error

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        context = ssl.create_default_context()
        if server.is_tls:
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self.timeout_s, context=context
            )
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=self.timeout_s)
        try:
            client.ehlo()
            if not server.is_tls and client.has_extn("starttls"):
                client.starttls(context=context)
                client.ehlo()
            elif not server.is_tls and server.user and server.host not in LOOPBACK:
                raise MailNotSent("The mail server offers no TLS; the password stays here.")
            if server.user:
                client.login(server.user, server.password or "")
        except BaseException:
            client.close()
            raise
        return client
