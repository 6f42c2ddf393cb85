"""The API as its clients see it: signed in, page by page, patient with a server that restarts, and
sparing with the requests that an hour has.

The same client speaks to a running server and, through ASGI, to an application in this process.
What does not belong here: what is asked and decided (`supervising.py`).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from posthub_assets.domain import errors
from posthub_assets.domain.errors import PostHubError, StorageError
from resources.settings import Settings

TIMEOUT_S = 60.0
PATIENCE_S = 60.0
"""How long a server that does not answer is asked again: the supervisor restarts what died."""
PAUSE_S = 1.0
PAGE = 200
MAX_BULK = 100
"""Decisions in one request; the API's limit."""

_LEFT = re.compile(r";r=(\d+);t=(\d+)")
_QUOTA = re.compile(r";q=(\d+)")

Json = dict[str, Any]

_ERRORS: dict[int, type[PostHubError]] = {
    httpx.codes.UNAUTHORIZED: errors.NotSignedIn,
    httpx.codes.FORBIDDEN: errors.Forbidden,
    httpx.codes.NOT_FOUND: errors.NotFound,
    httpx.codes.CONFLICT: errors.Conflict,
    httpx.codes.SERVICE_UNAVAILABLE: StorageError,
}


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in. `hint` says where the password came from, for when it is wrong."""

    email: str
    password: str = field(repr=False)
    hint: str = ""


@dataclass(slots=True)
class ApiClient:
    """A person at the API. Raises the errors of the domain, as the server named them."""

    http: httpx.AsyncClient
    login: Login
    patience_s: float = PATIENCE_S
    _next_at: float = 0.0
    """When the next request may go, by the monotonic clock."""

    async def sign_in(self) -> None:
        """Get an access token. Raises NotSignedIn."""
        body = {"email": self.login.email, "password": self.login.password}
        answer = await self._patiently("POST", "/v1/auth/login", json=body)
        self._next_at = 0.0  # what is left for this address says nothing of what the person has
        try:
            token = _content(answer)["access_token"]
        except errors.NotSignedIn as error:
            words = f"{self.login.email} cannot sign in. {error} {self.login.hint}"
            raise errors.NotSignedIn(words.strip()) from error
        self.http.headers["Authorization"] = f"Bearer {token}"

    async def get(self, path: str, **query: Any) -> Json:
        """Read. Query values that are None are left out."""
        return await self._ask("GET", path, params=_given(query))

    async def post(self, path: str, body: Json) -> Json:
        """Create or decide; sent again with the same key, it happens once."""
        return await self._ask("POST", path, json=body, headers={"Idempotency-Key": str(uuid4())})

    async def put(self, path: str, body: Json) -> Json:
        """Replace."""
        return await self._ask("PUT", path, json=body)

    async def rows(self, path: str, **query: Any) -> list[Json]:
        """Read a list to its end."""
        rows: list[Json] = []
        cursor: str | None = None
        while True:
            page = await self.get(path, **query, limit=PAGE, cursor=cursor)
            rows += page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return rows

    async def _ask(self, method: str, path: str, **request: Any) -> Json:
        answer = await self._patiently(method, path, **request)
        if answer.status_code == httpx.codes.UNAUTHORIZED:  # the token is valid for an hour
            await self.sign_in()
            answer = await self._patiently(method, path, **request)
        return _content(answer)

    async def _patiently(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request; again while the server is away or says that its database is."""
        deadline = time.monotonic() + self.patience_s
        while True:
            await asyncio.sleep(max(0.0, self._next_at - time.monotonic()))
            try:
                answer = await self.http.request(method, path, **request)
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    raise StorageError(
                        f"The API at {self.http.base_url} does not answer. Look at the logs; "
                        "nothing is lost, and the same command goes on from here."
                    ) from error
            else:
                self._next_at = time.monotonic() + pause_s(answer.headers)
                away = answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
                if not away or time.monotonic() > deadline:
                    return answer
            await asyncio.sleep(PAUSE_S)


def pause_s(headers: Mapping[str, str]) -> float:
    """Give how long to wait before the next request, so that the hour's requests suffice.

    Nothing while more than half are left; then what is left is spread over what is left of the
    hour. So a month that takes long is watched more slowly, and never refused.
    """
    left, quota = (
        _LEFT.search(headers.get("ratelimit", "")),
        _QUOTA.search(headers.get("ratelimit-policy", "")),
    )
    if left is None or quota is None or int(left[1]) * 2 > int(quota[1]):
        return 0.0
    return (int(left[2]) + 1) / (int(left[1]) + 1)  # the server rounds the seconds


def _given(query: Json) -> Json:
    return {name: value for name, value in query.items() if value is not None}


def _content(answer: httpx.Response) -> Json:
    if answer.is_success:
        content: Json = answer.json()
        return content
    raise _error(answer)


def _error(answer: httpx.Response) -> PostHubError:
    """Give the error that a problem document stands for."""
    try:
        problem: Json = answer.json()
    except ValueError:
        problem = {}
    detail = str(problem.get("detail") or f"The API answered {answer.status_code}.")
    if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        named = problem.get("errors") or [{}]
        return errors.InvalidInput(detail, field=named[0].get("field"))
    return _ERRORS.get(answer.status_code, PostHubError)(detail)


@asynccontextmanager
async def remote_api(url: str, login: Login) -> AsyncIterator[ApiClient]:
    """Sign in at a running server."""
    # trust_env=False: a proxy of the environment has no business with 127.0.0.1.
    async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, trust_env=False) as http:
        client = ApiClient(http, login)
        await client.sign_in()
        yield client


@asynccontextmanager
async def local_api(settings: Settings, login: Login) -> AsyncIterator[ApiClient]:
    """Sign in at an application in this process: for a quick look that starts no server."""
    from api.app import create_app

    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://posthub") as http:
            client = ApiClient(http, login, patience_s=0.0)
            await client.sign_in()
            yield client
