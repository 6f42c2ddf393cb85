"""Routes by id that leave words to their own routes.

`GET /v1/media/images/estimate` is no picture with an odd id: that route takes POST only, and the
answer says so (405).
What does not belong here: hashes (`routers/media.py`).
"""

from __future__ import annotations

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope


def apart_from(*words: str) -> type[APIRoute]:
    """Give a class of routes whose first parameter is none of the words."""

    class ApartRoute(APIRoute):
        def matches(self, scope: Scope) -> tuple[Match, Scope]:
            """Match what the path matches, where the id is no word."""
            match, found = super().matches(scope)
            given = list(found.get("path_params", {}).values())
            return (Match.NONE, {}) if given and given[0] in words else (match, found)

    return ApartRoute
