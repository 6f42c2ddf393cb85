"""Forms that come back from our pages: their fields, and whether another site sent them.

What does not belong here: what a form asks for (`api/routers/`), its token (`form_tokens.py`).
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from api.services import services_of
from resources.notifying.loop import public_url

MAX_FIELDS = 10


async def form_of(request: Request) -> dict[str, str]:
    """Read the fields of a form; what is no form has none."""
    try:
        body = (await request.body()).decode()
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        return {}


def is_from_elsewhere(request: Request) -> bool:
    """Tell whether a browser says that another site sent the form.

    With `Referrer-Policy: no-referrer` a browser's Origin is `null` for our own page too, so that
    says nothing; current ones say it with Sec-Fetch-Site.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    public = urlsplit(public_url(services_of(request).settings))
    ours = (f"{request.url.scheme}://{request.url.netloc}", f"{public.scheme}://{public.netloc}")
    return origin != "null" and origin not in ours
