"""The bytes of pictures, by the hash that an approval signs."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from api.openapi import files
from api.services import acting, services_of, signed_in
from posthub_assets.domain.errors import NotFound
from resources.database.repositories import media_files

HEX = re.compile("[0-9a-fA-F]+")


class HashRoute(APIRoute):
    """A route that is not meant by a word: `/v1/media/uploads` has routes of its own."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match what may be a hash, or a part of one."""
        last = scope["path"].rpartition("/")[2]
        return super().matches(scope) if HEX.fullmatch(last) else (Match.NONE, {})


router = APIRouter(
    prefix="/v1/media",
    tags=["contents"],
    dependencies=[Depends(signed_in)],
    route_class=HashRoute,
)

SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"})
HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@router.get(
    "/{sha256}",
    response_class=Response,
    responses={200: files("The picture.", *sorted(SHOWN), "application/octet-stream")},
)
async def get_media(
    request: Request, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
) -> Response:
    """Read a picture of mine. One of a deleted company is not there."""
    async with acting(request) as act:
        found = await media_files.find(act.connection, sha256, act.organizations)
    if found is None:
        raise NotFound("There is no such file.")
    store = services_of(request).media
    data = await asyncio.to_thread(store.open, found.organization_id, sha256)
    media_type = found.media_type if found.media_type in SHOWN else "application/octet-stream"
    return Response(data, media_type=media_type, headers={**HEADERS, "ETag": f'"{sha256}"'})
