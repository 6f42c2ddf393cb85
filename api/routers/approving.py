"""The page that a link opens: read, then approve, ask for changes, or reject, without an account.

Only a POST decides: programs that follow links in messages change nothing.
What does not belong here: what stands on the pages (`api/pages/`), the rules (`resources/`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.metrics import count_decision
from api.pages.approving import LinkPages, Shown, Tried, without_link
from api.pages.forms import form_of, is_from_elsewhere
from api.pages.words import preferred, words_in
from api.routers.media import SHOWN
from api.services import origin_of, services_of
from posthub_assets.domain.content import Action, Kind
from posthub_assets.domain.errors import (
    Conflict,
    NotFound,
    OwnVersion,
    StorageError,
)
from posthub_assets.domain.links import PAGE, ItemState, LinkState
from resources.database.engine import Scope
from resources.database.repositories import approval_links, contents, link_use
from resources.database.repositories.approval_links import LinkRow
from resources.database.repositories.contents import ContentRow
from resources.database.repositories.decisions import MAX_REASON_CHARS, DecisionResult
from resources.form_tokens import FormTokens
from resources.notifying.loop import public_url

router = APIRouter(prefix=PAGE.rstrip("/"), include_in_schema=False)
READING = ["GET", "HEAD"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A link within the transaction that found it; `state` also knows whether its maker left."""

    connection: AsyncConnection
    link: LinkRow
    state: LinkState
    pages: LinkPages

    def place(self, number: str) -> int:
        """Give the place of a version, from 1. Raises NotFound."""
        if not number.isascii() or not number.isdigit() or len(number) > 3:
            raise NotFound("There is no such page.")
        if not 1 <= int(number) <= len(self.link.items):
            raise NotFound("There is no such page.")
        return int(number)


@asynccontextmanager
async def _opened(request: Request, secret: str) -> AsyncIterator[Opened]:
    """Find a link. Raises NotFound."""
    services = services_of(request)
    async with services.database.transaction(Scope()) as connection:
        link = await link_use.enter(connection, secret)
        held = bool(await link_use.rights(connection, link))
        state = link.state if held else LinkState.REVOKED
        base = urlsplit(public_url(services.settings)).path + PAGE + secret
        yield Opened(connection, link, state, LinkPages(link, base))


@router.api_route("/{secret}", methods=READING)
async def open_link(request: Request, secret: str) -> HTMLResponse:
    """Show the one version of a link, or the list of several. Nothing changes."""
    return await _read(request, secret, None)


@router.api_route("/{secret}/{number}", methods=READING)
async def open_item(request: Request, secret: str, number: str) -> HTMLResponse:
    """Show one version of a link. Nothing changes."""
    return await _read(request, secret, number)


@router.api_route("/{secret}/{number}/picture", methods=READING)
async def open_picture(request: Request, secret: str, number: str) -> Response:
    """Give the picture of a version that waits."""
    try:
        async with _opened(request, secret) as opened:
            place = opened.place(number)
            item = opened.link.items[place - 1]
            if opened.state is not LinkState.OPEN or item.state is not ItemState.OPEN:
                raise NotFound("There is no picture here.")
            organization_id = opened.link.organization_id
            found = await link_use.picture(
                opened.connection, organization_id, item.content_id, item.version
            )
        sha256, media_type = found
        if media_type not in SHOWN:
            raise NotFound("There is no picture here.")
        store = services_of(request).media
        data = await asyncio.to_thread(store.open, organization_id, sha256)
    except NotFound:
        return _unknown(request)
    except StorageError:
        return _away(request)
    policy = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(data, media_type=media_type, headers=policy)


async def _read(request: Request, secret: str, number: str | None) -> HTMLResponse:
    try:
        async with _opened(request, secret) as opened:
            return await _page(request, opened, number)
    except NotFound:
        return _unknown(request)
    except StorageError:
        return _away(request)


async def _page(
    request: Request,
    opened: Opened,
    number: str | None,
    *,
    tried: Tried | None = None,
    moved_status: int = 200,
) -> HTMLResponse:
    """Give the page of a link, or of one of its versions, as it stands now."""
    if opened.state is not LinkState.OPEN:
        return opened.pages.over(opened.state)
    if number is None and len(opened.link.items) > 1:
        return opened.pages.list()
    place = opened.place(number or "1")
    if opened.link.items[place - 1].state is not ItemState.OPEN:
        return opened.pages.moved_on(place, moved_status)
    return await _item(opened, await _shown(request, opened, place), tried)


async def _item(opened: Opened, shown: Shown, tried: Tried | None) -> HTMLResponse:
    """Write the page of a version; the Markdown of a long text may take seconds."""
    return await asyncio.to_thread(opened.pages.item, shown, tried, 422 if tried else 200)


async def _shown(request: Request, opened: Opened, place: int) -> Shown:
    item = opened.link.items[place - 1]
    row = await contents.row(opened.connection, item.content_id)
    version = await contents.version(opened.connection, row, item.version)
    token = _tokens(request).issue(opened.link.id, item.content_id, item.version, version.sha256)
    post = await _post_of(opened.connection, row) if row.kind == Kind.IMAGE else ""
    return Shown(place, row, version, token, post)


async def _post_of(connection: AsyncConnection, picture: ContentRow) -> str:
    """Give the text of the post that a picture goes with; empty where there is none."""
    if picture.parent_id is None:
        return ""
    detail = await contents.get(connection, picture.parent_id)
    body = (detail.version.body if detail.version else None) or {}
    return str(body.get("text", ""))


@router.post("/{secret}/{number}")
async def decide(request: Request, secret: str, number: str) -> HTMLResponse:
    """Decide about one version of a link, once."""
    form = await form_of(request)
    try:
        return await _decide(request, secret, number, form)
    except NotFound:
        return _unknown(request)
    except StorageError:
        return _away(request)
    except OwnVersion:
        async with _opened(request, secret) as opened:
            return opened.pages.refused("own", 403)
    except Conflict:
        async with _opened(request, secret) as opened:
            place = opened.place(number)
            if opened.state is not LinkState.OPEN:
                return opened.pages.over(opened.state)
            return opened.pages.moved_on(place, 409)


async def _decide(request: Request, secret: str, number: str, form: dict[str, str]) -> HTMLResponse:
    async with _opened(request, secret) as opened:
        place = opened.place(number)
        item = opened.link.items[place - 1]
        if opened.state is not LinkState.OPEN or item.state is not ItemState.OPEN:
            return await _page(request, opened, number, moved_status=409)
        shown = await _shown(request, opened, place)
        if is_from_elsewhere(request) or not _is_ours(request, opened, shown, form):
            return opened.pages.refused("old", 403)
        action, reason = Action(form["action"]), _reason(form)
        wrong = _wrong(opened, action, reason)
        if wrong:
            return await _item(opened, shown, Tried(action.value, reason, wrong))
        result = await link_use.decide_by(
            opened.connection,
            opened.link,
            place,
            action=action,
            reason=reason,
            origin=origin_of(request),
        )
        after = await approval_links.get(opened.connection, opened.link.id)
    return _decided(result, LinkPages(after, opened.pages.base))


def _decided(result: DecisionResult, of: LinkPages) -> HTMLResponse:
    count_decision(result.action.value)
    return of.thanks(result)


def _is_ours(request: Request, opened: Opened, shown: Shown, form: dict[str, str]) -> bool:
    """Tell whether a form is that of the page of exactly this version of this link."""
    item = opened.link.items[shown.number - 1]
    bound = (opened.link.id, item.content_id, item.version, shown.version.sha256)
    known = form.get("action") in [one.value for one in Action]
    return _tokens(request).is_good(form.get("token", ""), *bound) and known


def _wrong(opened: Opened, action: Action, reason: str) -> str:
    """Say in the page's language what is wrong with a reason; empty where nothing is."""
    words = opened.pages.words
    if action is Action.REQUEST_CHANGES and not reason:
        return words.say("reason_missing")
    if len(reason) > MAX_REASON_CHARS:
        return words.say("reason_long", most=MAX_REASON_CHARS, count=len(reason))
    return ""


def _reason(form: dict[str, str]) -> str:
    """Give the reason with the line ends of ours; an approval has none."""
    if form["action"] == Action.APPROVE:
        return ""
    return form.get("reason", "").replace("\r\n", "\n").replace("\x00", "").strip()


def _tokens(request: Request) -> FormTokens:
    return FormTokens(services_of(request).tokens.secret)


def _unknown(request: Request) -> HTMLResponse:
    words = words_in(preferred(request.headers.get("accept-language", "")))
    return without_link("unknown", words, 404)


def _away(request: Request) -> HTMLResponse:
    words = words_in(preferred(request.headers.get("accept-language", "")))
    return without_link("away", words, 503)
