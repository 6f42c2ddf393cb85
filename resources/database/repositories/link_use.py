"""What somebody with a link may do: find it by its secret, read what it covers, decide.

A link acts in the right of who made it: it ends with their membership, and four eyes are kept.
The caller owns the transaction.
What does not belong here: making links (`approval_links.py`), the page (`api/`).
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.content import Action
from posthub_assets.domain.errors import Conflict, NotFound
from posthub_assets.domain.links import ItemState
from posthub_assets.domain.people import Actor
from resources.database.engine import Scope, set_scope
from resources.database.repositories import approval_links, identity
from resources.database.repositories.approval_links import LinkRow
from resources.database.repositories.audit import Origin
from resources.database.repositories.decisions import DecisionResult, decide, refuse_approval
from resources.database.repositories.items import hold
from resources.database.repositories.sessions import token_hash

_FIND = text("SELECT id, organization_id FROM posthub.approval_link_of(:hash)")
# Of two who use a link at once the second waits here, and finds what the first did.
_LOCK = text(
    "SELECT 1 FROM posthub.approval_link"
    " WHERE id = :id AND revoked_at IS NULL AND expires_at > now() FOR UPDATE"
)
_PICTURE = text(
    """
    SELECT m.sha256, m.media_type FROM posthub.content_version v
    JOIN posthub.media m ON m.organization_id = v.organization_id
        AND m.sha256 = v.body ->> 'media_sha256' AND m.erased_at IS NULL
    WHERE v.organization_id = :organization_id AND v.content_id = :content_id
        AND v.number = :version
    """
)


async def enter(connection: AsyncConnection, secret: str) -> LinkRow:
    """Find the link of a secret and open its organisation to the transaction. Raises NotFound."""
    found = (await connection.execute(_FIND, {"hash": token_hash(secret)})).first()
    if found is None:
        raise NotFound("There is no such link.")
    await set_scope(connection, Scope.of(found.organization_id))
    return await approval_links.get(connection, found.id)


async def rights(connection: AsyncConnection, link: LinkRow) -> list[Actor]:
    """Give in whose right a link acts: who made it, and the member it is for.

    Empty where one of them has left the organisation; then the link is good for nothing.
    """
    found: list[Actor] = []
    for user_id in (link.made_by, link.user_id):
        if user_id is None:
            continue
        person = await identity.person(connection, user_id)
        role = person.actor.role_in(link.organization_id) if person and person.is_active else None
        if role is None:
            return []
        found.append(Actor(user_id, roles={link.organization_id: role}))
    return found


async def decide_by(
    connection: AsyncConnection,
    link: LinkRow,
    number: int,
    *,
    action: Action,
    reason: str,
    origin: Origin,
) -> DecisionResult:
    """Decide about the version at place `number` (from 1) of a link that was entered: once.

    Raises Conflict where the link is over or the version was decided by it, StaleVersion and
    IllegalTransition where things moved on, OwnVersion where four eyes would be two, InvalidInput.
    """
    if (await connection.execute(_LOCK, {"id": link.id})).first() is None:
        raise Conflict("This link is not valid any more.")
    actors = await rights(connection, link)
    item = (await approval_links.get(connection, link.id)).items[number - 1]
    if not actors or item.state is ItemState.USED:
        raise Conflict("This link is not valid any more, or this was decided by it.")
    if action is Action.APPROVE:
        for actor in actors:
            held = await hold(connection, actor=actor, content_id=item.content_id)
            refuse_approval(held, actor)
    return await decide(
        connection,
        actor=actors[0],
        content_id=item.content_id,
        action=action,
        version=item.version,
        reason=reason,
        ip=origin.ip,
        user_agent=origin.user_agent,
        request_id=origin.request_id,
        link_id=link.id,
    )


async def picture(
    connection: AsyncConnection, organization_id: UUID, content_id: UUID, version: int
) -> tuple[str, str]:
    """Give the hash and the media type of a version's picture. Raises NotFound."""
    values = {"organization_id": organization_id, "content_id": content_id, "version": version}
    row = (await connection.execute(_PICTURE, values)).first()
    if row is None:
        raise NotFound("There is no picture here.")
    return row.sha256, row.media_type
