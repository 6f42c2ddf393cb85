"""Pictures by a signed link: for who has no account, such as a portal or a newsletter.

What does not belong here: making such links (`media_assets.py`).
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.problems import answer, document
from api.routers.media_assets import FILE, as_file
from api.services import services_of
from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.media.flags import MediaPart
from resources.database.engine import Scope
from resources.database.repositories import media_assets, media_flags
from resources.file_tokens import TOKEN

router = APIRouter(prefix="/v1/media/files", tags=["media"])


@router.get("/{token}", response_class=Response, responses={200: FILE, 404: {}, 410: {}})
async def open_file_link(request: Request, token: Annotated[str, Path(pattern=TOKEN)]) -> Response:
    """Download a picture by a link that was made for it."""
    services = services_of(request)
    link = services.file_tokens.read(token)
    if link is None:
        raise NotFound("There is no such link.")
    if link.expires_at <= datetime.now(UTC):
        said = f"This link ended at {link.expires_at:%Y-%m-%d %H:%M} UTC. Ask for a new one."
        return answer(request, document("link-expired", 410, said))
    async with services.database.transaction(Scope.of(link.organization_id)) as connection:
        row = await media_assets.get(connection, link.asset_id, None)
        await media_flags.require(connection, row.organization_id, MediaPart.ASSISTANT)
        await media_assets.touch(connection, row.id)
    data = await asyncio.to_thread(services.media.open, row.organization_id, row.sha256)
    left_s = int((link.expires_at - datetime.now(UTC)).total_seconds())
    response = as_file(row, data)
    response.headers["Cache-Control"] = f"private, max-age={max(0, left_s)}"
    # A portal's page shows it; it is a picture, and whoever shows it has the link.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
