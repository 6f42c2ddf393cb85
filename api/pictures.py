"""Pictures in answers: a small one to look at, and the headers of what never changes.

What does not belong here: which pictures, and who may see them (the routers).
"""

from __future__ import annotations

from fastapi import Response

from api.services import Services

HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


async def preview_of(services: Services, data: bytes, sha256: str) -> Response:
    """Give a small JPEG of a picture that we wrote; made anew each time, in some 20 ms."""
    _, blobs = await services.darkroom.run("preview", {}, [data])
    headers = {**HEADERS, "ETag": f'"{sha256}-preview"', "Content-Disposition": "inline"}
    return Response(blobs[0], media_type="image/jpeg", headers=headers)
