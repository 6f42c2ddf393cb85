"""The bytes of pictures, by the hash that an approval signs."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy import text

from api.openapi import files
from api.services import acting, services_of, signed_in
from posthub_assets.domain.errors import NotFound

router = APIRouter(prefix="/v1/media", tags=["contents"], dependencies=[Depends(signed_in)])

_FIND = text(
    """
    SELECT organization_id, media_type FROM posthub.media
    WHERE sha256 = :sha256 AND erased_at IS NULL
        AND (CAST(:organizations AS uuid[]) IS NULL OR organization_id = ANY(:organizations))
    LIMIT 1
    """
)
SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
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
    """Read a picture of mine."""
    async with acting(request) as act:
        mine = act.organizations
        values = {"sha256": sha256, "organizations": None if mine is None else list(mine)}
        found = (await act.connection.execute(_FIND, values)).first()
    if found is None:
        raise NotFound("There is no such file.")
    store = services_of(request).media
    data = await asyncio.to_thread(store.open, found.organization_id, sha256)
    media_type = found.media_type if found.media_type in SHOWN else "application/octet-stream"
    return Response(data, media_type=media_type, headers={**HEADERS, "ETag": f'"{sha256}"'})
