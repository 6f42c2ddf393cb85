"""Confirming an e-mail address: the page that the link opens, and asking for another link.

Only a POST confirms: programs that follow links in messages change nothing.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from api.pages.approving import without_link
from api.pages.forms import form_of, is_from_elsewhere
from api.pages.words import preferred, words_in
from api.pages.writing import page
from api.services import acting, origin_of, services_of, signed_in
from posthub_assets.domain.errors import Conflict, NotFound, StorageError
from resources.database.engine import Scope
from resources.database.repositories import confirmations
from resources.database.repositories.confirmations import PAGE, Confirmation
from resources.form_tokens import FormTokens
from resources.notifying.loop import public_url

router = APIRouter()


@router.post(
    "/v1/me/confirmation", status_code=202, tags=["auth"], dependencies=[Depends(signed_in)]
)
async def ask_for_confirmation(request: Request) -> None:
    """Send me the link again by which I confirm my e-mail address; once an hour at most."""
    async with acting(request) as act:
        mine = next(iter(act.actor.roles), None)
        if mine is None:
            raise Conflict("You belong to no organisation, so there is nobody to write for.")
        await act.write_in(mine)
        await confirmations.ask_again(act.connection, mine, act.person.id)


@router.api_route(PAGE + "{secret}", methods=["GET", "HEAD"], include_in_schema=False)
async def open_confirmation(request: Request, secret: str) -> HTMLResponse:
    """Ask whether the address is theirs. Nothing changes."""
    return await _answer(request, secret, None)


@router.post(PAGE + "{secret}", include_in_schema=False)
async def confirm(request: Request, secret: str) -> HTMLResponse:
    """Confirm the address."""
    return await _answer(request, secret, await form_of(request))


async def _answer(request: Request, secret: str, form: dict[str, str] | None) -> HTMLResponse:
    try:
        return await _page(request, secret, form)
    except (NotFound, StorageError) as error:
        key, status = ("unknown", 404) if isinstance(error, NotFound) else ("away", 503)
        words = words_in(preferred(request.headers.get("accept-language", "")))
        return without_link(key, words, status)


async def _page(request: Request, secret: str, form: dict[str, str] | None) -> HTMLResponse:
    """Show how it stands; with a form of ours, confirm first."""
    services = services_of(request)
    async with services.database.transaction(Scope()) as connection:
        found = await confirmations.find(connection, secret)
        words = words_in(found.language)
        if found.is_confirmed:
            return without_link("confirmed", words, 200)
        if found.is_expired:
            return without_link("confirm_expired", words, 410)
        if form is None:
            return _question(request, secret, found)
        token = form.get("token", "")
        is_ours = _tokens(request).is_good(token, "confirm", found.user_id, found.email)
        if is_from_elsewhere(request) or not is_ours:
            return without_link("old", words, 403)
        await confirmations.confirm(connection, found, secret, origin_of(request))
    return without_link("confirmed", words, 200)


def _question(request: Request, secret: str, found: Confirmation) -> HTMLResponse:
    token = _tokens(request).issue("confirm", found.user_id, found.email)
    href = urlsplit(public_url(services_of(request).settings)).path + PAGE + secret
    words = words_in(found.language)
    return page("confirm", words, email=found.email, token=token, href=href)


def _tokens(request: Request) -> FormTokens:
    return FormTokens(services_of(request).tokens.secret)
