"""Edits by a person: a new version, which is checked and decided about anew.

The caller owns the transaction. What does not belong here: versions by machine (`results.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.bodies import BODIES, Body, ImageBody, PaletteBody, parse_body
from posthub_assets.domain.content import (
    APPROVED_STATUSES,
    Kind,
    Status,
    Step,
    content_hash,
    next_status,
)
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.flow import work_after_edit
from posthub_assets.domain.people import Actor
from resources.database.repositories import audit, jobs
from resources.database.repositories.audit import NOWHERE, Origin
from resources.database.repositories.items import HeldItem, hold, refuse_stale, set_status
from resources.database.repositories.versions import add_version

MAX_BODY_CHARS = 400_000
"""Of all texts in a body together; a long blog post has 20,000."""
MAX_PROBLEMS_NAMED = 5


@dataclass(frozen=True, slots=True)
class EditResult:
    """The version that is current now. `changed` is False where the edit said the same."""

    content_id: UUID
    version: int
    sha256: str
    status: Status
    changed: bool
    job_ids: tuple[UUID, ...]


async def edit(
    connection: AsyncConnection,
    *,
    actor: Actor,
    content_id: UUID,
    version: int,
    body: dict[str, Any],
    origin: Origin = NOWHERE,
) -> EditResult:
    """Write a new version over the one that was read; it is a draft until its checks pass.

    Any edit after a yes needs a new yes. A body that says the same changes nothing.
    Raises NotFound, StaleVersion, IllegalTransition, InvalidInput that names the field.
    """
    item = await hold(connection, actor=actor, content_id=content_id)
    refuse_stale(item, version)
    status = next_status(item.status, Step.EDIT)
    parsed = read_body(item.kind, body)
    await refuse_foreign_media(connection, item.organization_id, parsed)
    if _hash(parsed) == item.sha256:
        return EditResult(item.id, item.version, item.sha256, item.status, False, ())
    written = await add_version(
        connection,
        organization_id=item.organization_id,
        content_id=item.id,
        kind=item.kind,
        language=item.language,
        body=parsed,
        parent_version_id=item.parent_version_id,
        author_id=actor.user_id,
    )
    await set_status(connection, item, status)
    was_approved = item.status in APPROVED_STATUSES
    new = replace(item.for_flow(), version_id=str(written.id))
    job_ids = await jobs.ask_for(
        connection,
        organization_id=item.organization_id,
        company_id=item.company_id,
        requests=work_after_edit(new, was_approved=was_approved),
        requested_by=actor.user_id,
    )
    await _leave_trace(connection, item, actor, written.number, origin)
    return EditResult(
        item.id, written.number, written.sha256, status, changed=True, job_ids=tuple(job_ids)
    )


def _hash(body: Body) -> str:
    try:
        return content_hash(body.model_dump(mode="json"))
    except UnicodeEncodeError:
        raise InvalidInput(
            "The text holds half a character; paste it again.", field="body"
        ) from None


def read_body(kind: Kind, body: dict[str, Any]) -> Body:
    """Read what a person wrote. Raises InvalidInput that names the field."""
    if kind not in BODIES:
        raise InvalidInput(
            f"An item of the kind {kind.value} is not written by hand.", field="body"
        )
    _refuse_texts(body)
    try:
        return parse_body(kind, body)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)
        ]
        named = "; ".join(problems[:MAX_PROBLEMS_NAMED])
        first = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InvalidInput(
            f"The body does not fit a {kind.value}: {named}.", field=f"body.{first}"
        ) from None


def _refuse_texts(body: dict[str, Any]) -> None:
    """Refuse what PostgreSQL cannot hold, and more text than any item has."""
    total, stack = 0, [("body", body)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, str):
            total += len(value)
            if "\x00" in value:
                raise InvalidInput(f"{path} holds a NUL character; remove it.", field=path)
        elif isinstance(value, dict):
            stack += [(f"{path}.{key}", child) for key, child in value.items()]
        elif isinstance(value, list):
            stack += [(f"{path}[{number}]", child) for number, child in enumerate(value)]
    if total > MAX_BODY_CHARS:
        raise InvalidInput(
            f"The body has {total:,} characters; the limit is {MAX_BODY_CHARS:,}.", field="body"
        )


_OWN_MEDIA = text(
    "SELECT sha256 FROM posthub.media WHERE organization_id = :organization_id"
    " AND sha256 = ANY(:sha256s) AND erased_at IS NULL"
)


async def refuse_foreign_media(
    connection: AsyncConnection, organization_id: UUID, body: Body
) -> None:
    """Raise InvalidInput where a body names pictures that the organisation does not have."""
    if isinstance(body, ImageBody):
        named, field = [body.media_sha256], "media_sha256"
    elif isinstance(body, PaletteBody) and body.media_sha256s:
        named, field = list(body.media_sha256s), "media_sha256s"
    else:
        return
    values = {"organization_id": organization_id, "sha256s": named}
    own = set((await connection.execute(_OWN_MEDIA, values)).scalars())
    if not own.issuperset(named):
        raise InvalidInput(f"There is no picture with this {field}.", field=f"body.{field}")


async def _leave_trace(
    connection: AsyncConnection, item: HeldItem, actor: Actor, version: int, origin: Origin
) -> None:
    await audit.record(
        connection,
        organization_id=item.organization_id,
        actor_id=actor.user_id,
        action="content.edit",
        subject_kind="content",
        subject_id=item.id,
        before={"status": item.status.value, "version": item.version},
        after={"status": Status.DRAFT.value, "version": version},
        origin=origin,
    )
    payload = {"content_id": str(item.id), "company_id": str(item.company_id), "version": version}
    await audit.tell(
        connection,
        organization_id=item.organization_id,
        topic="content.edited",
        payload={**payload, "kind": item.kind.value},
    )
