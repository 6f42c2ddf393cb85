"""Requests are counted: by person where one is signed in, by link where one is opened, else by
address.

A wrong token or link counts against the address, so that guessing is bounded. Health and metrics
are free.
What does not belong here: the count itself (`resources/request_limits.py`).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from uuid import UUID

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.envelope import FILE_LINKS
from api.pages.approving import without_link
from api.pages.words import preferred, words_in
from api.problems import answer, document, problem
from posthub_assets.domain.errors import NotSignedIn, StorageError
from posthub_assets.domain.links import PAGE as LINKS
from resources.database.repositories.api_tokens import PREFIX
from resources.database.repositories.confirmations import PAGE as CONFIRMATIONS
from resources.database.repositories.sessions import token_hash
from resources.http_settings import HttpSettings
from resources.request_limits import Allowance, RequestLimits
from resources.tokens import AccessTokens

FREE = frozenset({"/healthz", "/readyz", "/metrics"})
LINKED = (LINKS, FILE_LINKS)
"""Whoever opens a link is counted by it: a page may show many pictures."""
PAGES = (LINKS, CONFIRMATIONS)
"""Here people look at the answers, not programs."""
WRONG = {"signed-in": 401, "supervisor": 401, "link": 404}
"""By policy: the answer that says that a token, or a link, is nobody's."""


@dataclass
class Gate:
    """Who may make how many requests. Made once, when the application starts."""

    settings: HttpSettings
    tokens: AccessTokens
    limits: RequestLimits
    known: dict[UUID, bool] = field(default_factory=dict)
    """People who asked before, and whether they are supervisors and no more."""

    def remember(self, user_id: UUID, *, is_supervisor: bool) -> None:
        """Learn from a request which limit holds for a person's next one."""
        self.known[user_id] = is_supervisor

    def subject(self, scope: Scope) -> tuple[str, str, int]:
        """Give who is counted, under which policy's name, and how many they have an hour."""
        scheme, _, token = _header(scope, b"authorization").partition(" ")
        if scheme.lower() == "bearer" and token.strip().startswith(PREFIX):
            if not self.limits.is_spent(address_of(scope)):
                kept = f"token {token_hash(token.strip())}"
                return kept, "signed-in", self.settings.rate_signed_in
        elif scheme.lower() == "bearer" and token:
            try:
                user_id = self.tokens.read(token.strip())
            except NotSignedIn:
                pass
            else:
                return f"user {user_id}", *self._policy(user_id)
        elif (under := _link_under(scope["path"])) and not self.limits.is_spent(address_of(scope)):
            # A link over a month is a hundred pages: its holder is counted as a supervisor.
            secret = scope["path"].removeprefix(under).partition("/")[0]
            return f"link {token_hash(secret)}", "link", self.settings.rate_supervisor
        return address_of(scope), "anonymous", self.settings.rate_anonymous

    def _policy(self, user_id: UUID) -> tuple[str, int]:
        """Give the policy of a person; the first request of a stranger gets the wider one."""
        allowed = {
            "supervisor": self.settings.rate_supervisor,
            "signed-in": self.settings.rate_signed_in,
        }
        if user_id not in self.known:
            return max(allowed.items(), key=lambda one: one[1])
        name = "supervisor" if self.known[user_id] else "signed-in"
        return name, allowed[name]


def _link_under(path: str) -> str | None:
    return next((one for one in LINKED if path.startswith(one)), None)


class Limits:
    """Middleware that refuses one request too many with 429, and tells what is left."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a request, and pass it on where it is granted."""
        if scope["type"] != "http" or scope["path"] in FREE:
            await self.app(scope, receive, send)
            return
        gate: Gate = scope["app"].state.gate
        subject, policy, quota = gate.subject(scope)
        try:
            allowance = await gate.limits.take(subject, quota)
        except StorageError as error:
            await answer(Request(scope), problem(error), {"Retry-After": "5"})(scope, receive, send)
            return
        scope["state"]["rate_headers"] = _headers(policy, allowance)
        if not allowance.is_granted:
            await _refuse(scope, receive, send, policy, allowance)
            return
        status = 0

        async def heard(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        await self.app(scope, receive, heard)
        if status == WRONG.get(policy):
            # Of the right form, and nobody's: guessing counts against the address.
            with suppress(StorageError):  # the answer is out; a count that is lost harms nobody
                await gate.limits.take(address_of(scope), gate.settings.rate_anonymous)


def address_of(scope: Scope) -> str:
    """Give the subject of an anonymous request; a network of IPv6 is one household."""
    host = scope["client"][0] if scope.get("client") else "nowhere"
    if ":" in host:
        host = ":".join(host.split(":")[:4])
    return f"address {host}"


def _header(scope: Scope, wanted: bytes) -> str:
    for name, value in scope["headers"]:
        if name == wanted:
            return bytes(value).decode("latin-1")
    return ""


def _headers(policy: str, allowance: Allowance) -> list[tuple[bytes, bytes]]:
    """Give the fields of the IETF draft `ratelimit-headers`."""
    kept = f'"{policy}";q={allowance.quota};w=3600'
    left = f'"{policy}";r={allowance.left};t={allowance.resets_in_s}'
    return [(b"ratelimit-policy", kept.encode()), (b"ratelimit", left.encode())]


async def _refuse(
    scope: Scope, receive: Receive, send: Send, policy: str, allowance: Allowance
) -> None:
    detail = (
        f"There were {allowance.quota} requests this hour, which is the limit ({policy}). "
        f"Come back in {allowance.resets_in_s} seconds."
    )
    headers = {"Retry-After": str(allowance.resets_in_s)}
    response = answer(Request(scope), document("rate-limited", 429, detail), headers)
    if scope["path"].startswith(PAGES):
        words = words_in(preferred(_header(scope, b"accept-language")))
        minutes = ceil(allowance.resets_in_s / 60)
        response = without_link("busy", words, 429, minutes=minutes)
        response.headers.update(headers)
    await response(scope, receive, send)
