"""How much a person may still ask of the media assistant in this hour.

The caller owns the transaction and writes the requests in it: who comes next waits for its end, so
of a hundred at once exactly as many are taken as the limit says. Work of the graph and another try
of a job ask for nothing new, so they do not count.
What does not belong here: the requests (`media_requests.py`), budgets in money (`budgets.py`).
"""

from __future__ import annotations

from math import ceil
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import InvalidInput, RateLimited
from posthub_assets.domain.media.library import RequestKind

PLATFORM, ORGANIZATION = "platform", "organization"
WORDS = {
    RequestKind.AUTO_FORMAT: "pictures to be formatted",
    RequestKind.IMAGE: "requests for AI images",
    RequestKind.PALETTE: "palettes",
}

_OWN_KEY = text(
    """
    SELECT EXISTS (SELECT 1 FROM posthub.provider_key k
        WHERE k.organization_id = :organization_id
            AND (CAST(:provider AS text) IS NULL OR k.provider = :provider)
            AND (k.expires_on IS NULL OR k.expires_on >= current_date))
    """
)
_LEFT = text(
    "SELECT taken, free_in_s FROM posthub.media_requests_left(:user_id, :kind,"
    " CAST(:wanted AS int), CAST(:quota AS int))"
)


async def key_source(
    connection: AsyncConnection, organization_id: UUID, provider: str | None = None
) -> str:
    """Say whose key a request is on: `organization` where it has one of its own, else `platform`.

    `provider` None means of any provider: who brings a key is not counted for what costs none.
    """
    values = {"organization_id": organization_id, "provider": provider}
    has_own = (await connection.execute(_OWN_KEY, values)).scalar()
    return ORGANIZATION if has_own else PLATFORM


async def take(
    connection: AsyncConnection,
    user_id: UUID,
    kind: RequestKind,
    count: int = 1,
    *,
    per_hour: int,
    source: str = PLATFORM,
) -> None:
    """Let a person ask for `count` more of a kind; `per_hour` 0 means no limit.

    To be followed by `media_requests.ask`, `count` times, in the same transaction; `source` is
    what `key_source` gave, and goes into those requests. Raises RateLimited, with the seconds
    until they have room, and InvalidInput for more at once than an hour has.
    """
    if source == ORGANIZATION or not per_hour:
        return
    if count > per_hour:
        raise InvalidInput(
            f"These are {count} {WORDS[kind]} at once, and {per_hour} an hour is the limit. "
            f"Send at most {per_hour}, or let your organisation bring a key of its own."
        )
    values = {"user_id": user_id, "kind": kind.value, "wanted": count, "quota": per_hour}
    left = (await connection.execute(_LEFT, values)).one()
    if left.free_in_s is None:
        return
    wait_s = max(1, ceil(left.free_in_s))
    raise RateLimited(
        f"The limit is {per_hour} {WORDS[kind]} per person and hour, and you have asked for "
        f"{left.taken}. {_next(count)} in {_duration(wait_s)}.",
        retry_after_s=wait_s,
    )


def _next(count: int) -> str:
    return "The next one is free" if count == 1 else f"{count} more are free"


def _duration(wait_s: int) -> str:
    if wait_s < 120:
        return f"{wait_s} second{'' if wait_s == 1 else 's'}"
    return f"{ceil(wait_s / 60)} minutes"
