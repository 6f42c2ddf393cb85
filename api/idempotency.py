"""`Idempotency-Key`: a request that is sent again gets the first answer, byte for byte.

The answer is kept in the transaction that does the work, so both are there or neither is. Only
then is the key looked at: most requests come once, and looking beforehand would be a trip to the
database for each of them. Where the key turns out to be taken, or the work is refused, what was
done is taken back and the kept answer given. Refusals are not kept: they changed nothing, and may
be right the next time.
What does not belong here: the table (`repositories/idempotency.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Collection

from fastapi import Request, Response
from pydantic import BaseModel

from api.services import Acting
from posthub_assets.domain.errors import Conflict, InvalidInput, PostHubError
from resources.database.engine import set_scope
from resources.database.hot import rollback
from resources.database.repositories import idempotency
from resources.database.repositories.idempotency import KeptAnswer

HEADER = "idempotency-key"
REPLAYED = "Idempotency-Replayed"
MAX_KEY_CHARS = 200
JSON = "application/json"
UNDER_WAY = (
    "The first request with this Idempotency-Key is at it. Ask for the job to see how far it is."
)
"""Kept while work is done in a request: however long that takes, and if its process dies, another
request with the key begins nothing anew."""


class KeyReused(InvalidInput):
    """The key belongs to another request."""

    code = "idempotency-key-reused"


def key_of(request: Request) -> str | None:
    """Give the request's key, or None. Raises InvalidInput for one that is empty or too long."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not key.strip() or len(key) > MAX_KEY_CHARS or not key.isprintable():
        raise InvalidInput(
            f"An Idempotency-Key has 1 to {MAX_KEY_CHARS} printable characters.",
            field="Idempotency-Key",
        )
    return key


async def hash_of(request: Request) -> str:
    """Give a hash of what the request asks for: method, path, query, body."""
    digest = hashlib.sha256()
    for part in (request.method, request.url.path, request.url.query):
        digest.update(part.encode(errors="replace") + b"\x00")
    digest.update(await request.body())
    return digest.hexdigest()


def rendered(content: BaseModel, status_code: int) -> Response:
    """Give the response of a model."""
    return Response(content.model_dump_json(), status_code, media_type=JSON)


async def kept(request: Request, act: Acting, key: str) -> Response | None:
    """Claim the key for work of several transactions; None where it is to be done, else the answer.

    Raises KeyReused for another request's key, Conflict while the first is under way.
    """
    asked = await hash_of(request)
    known = await idempotency.claim(act.connection, act.person.id, key, asked)
    return _replay(known, asked) if known else None


def _replay(known: KeptAnswer, asked: str) -> Response:
    if known.request_hash != asked:
        raise KeyReused(
            "This Idempotency-Key was used for another request. Make a new key for each request.",
            field="Idempotency-Key",
        )
    if known.status_code is None:
        raise Conflict("The first request with this Idempotency-Key is still under way.")
    headers = {REPLAYED: "true"}
    return Response(known.response, known.status_code, headers=headers, media_type=known.media_type)


async def keep(act: Acting, key: str, response: Response) -> None:
    """Keep an answer under the key."""
    await idempotency.keep(
        act.connection,
        act.person.id,
        key,
        status_code=response.status_code,
        response=bytes(response.body),
        media_type=response.media_type or JSON,
    )


async def once(
    request: Request,
    act: Acting,
    status_code: int,
    work: Callable[[], Awaitable[BaseModel]],
    *,
    withheld: Collection[str] = (),
    asked: str | None = None,
) -> Response:
    """Do the work and render its result, or give the answer that was kept for the key.

    Fields that are `withheld` are shown once: the kept answer holds them as null. `asked` is a hash
    of what the request asks for, where its body was read piece by piece.
    """
    key = key_of(request)
    if key is None:
        return rendered(await work(), status_code)
    asked = asked or await hash_of(request)
    try:
        made = await work()
    except PostHubError:
        known = await _take_back(act, key)
        if known is None:
            raise
        return _replay(known, asked)
    response = rendered(made, status_code)
    shown = _without(made, withheld, response)
    if await idempotency.keep_first(
        act.connection,
        act.person.id,
        key,
        request_hash=asked,
        status_code=status_code,
        response=bytes(shown.body),
        media_type=JSON,
    ):
        return response
    known = await _take_back(act, key)
    if known is None:
        raise Conflict("Another request used this Idempotency-Key just now. Send it again.")
    return _replay(known, asked)


async def _take_back(act: Acting, key: str) -> KeptAnswer | None:
    """Undo the work of this request, and give what is kept under its key."""
    await rollback(act.connection)
    await set_scope(act.connection, act.person.scope())
    return await idempotency.read(act.connection, act.person.id, key)


def _without(made: BaseModel, withheld: Collection[str], response: Response) -> Response:
    if not withheld:
        return response
    shown = {**made.model_dump(mode="json"), **dict.fromkeys(withheld)}
    return Response(json.dumps(shown), response.status_code, media_type=JSON)
