"""A privilege that was refused is in the audit trail: who asked for what, where, and why not.

It is written after the request's own transaction is rolled back, in one of its own. How often
somebody can be refused is bounded by the limit of requests.
What does not belong here: refusing (`services.py`, `reach.py`, repositories).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import StorageError
from resources.database.engine import Database, Scope
from resources.database.repositories import audit

if TYPE_CHECKING:
    from api.services import Acting

log = logging.getLogger("posthub.api")
ACTION = "privilege.refused"
MAX_PATH_CHARS = 300


def _storable(text: str) -> str:
    """Give a text without what JSON in the database cannot hold; a path may hold anything."""
    return "".join(one if one.isprintable() else "?" for one in text)


async def record(database: Database, act: Acting, path: str, why: str) -> None:
    """Write a refusal down, under the organisation it was about; else it is the platform's row.

    The answer stays the refusal also where the database does not take the row.
    """
    roles = act.actor.roles
    owner = act.touched or (next(iter(roles)) if len(roles) == 1 else None)
    scope = Scope.of(owner, act.person.id) if owner else Scope(person=act.person.id)
    try:
        async with database.transaction(scope) as connection:
            await audit.record(
                connection,
                organization_id=owner,
                actor_id=act.person.id,
                action=ACTION,
                subject_kind="operation",
                subject_id=act.permission.operation,
                after={"path": _storable(path[:MAX_PATH_CHARS]), "because": _storable(why)},
                origin=act.origin,
            )
    except StorageError:
        log.warning("a refusal was not written down: %s", act.permission.operation)
