"""Writing the next version of an item: the only place that inserts into `content_version`.

The index of words is written along with it, so it never lags.
The caller owns the transaction. What does not belong here: statuses and decisions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import bindparam

from posthub_assets.domain.bodies import Body
from posthub_assets.domain.content import Kind, canonical_bytes, content_hash
from posthub_assets.domain.errors import InvalidInput, NotFound
from posthub_assets.domain.quality.context import fingerprint_of, main_text
from posthub_assets.domain.text.words import count_words
from resources.database.repositories import search
from resources.ids import new_id

_LOCK = text(
    "SELECT current_version FROM posthub.content"
    " WHERE id = :id AND organization_id = :organization_id FOR UPDATE"
)
_INSERT = text(
    """
    INSERT INTO posthub.content_version (id, organization_id, content_id, number, body, sha256,
        word_count, parent_version_id, generation_id, author_id, provider, fingerprint)
    VALUES (:id, :organization_id, :content_id, :number, :body, :sha256, :word_count,
        :parent_version_id, :generation_id, :author_id, :provider, :fingerprint)
    """
).bindparams(bindparam("body", type_=JSONB))
_ADVANCE = text(
    "UPDATE posthub.content SET current_version = :number, title = :title, updated_at = now()"
    " WHERE id = :content_id"
)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version that was just written."""

    id: UUID
    number: int
    sha256: str


async def add_version(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    content_id: UUID,
    kind: Kind,
    language: str,
    body: Body,
    parent_version_id: UUID | None = None,
    generation_id: UUID | None = None,
    author_id: UUID | None = None,
    provider: str = "",
    fingerprint: bytes | None = None,
    is_first: bool = False,
) -> VersionRow:
    """Write the next version under a lock of the item, and make it the current one.

    `is_first`: the caller has inserted the item in this transaction, with version 1 as the current
    one and its title; there is nothing to lock and nothing to advance.
    Raises InvalidInput for text that PostgreSQL cannot hold (the NUL character), NotFound where the
    item's company was deleted since it was read.
    """
    plain = body.model_dump(mode="json")
    sha256 = _storable_hash(plain)
    values = {"id": content_id, "organization_id": organization_id}
    current = 0 if is_first else (await connection.execute(_LOCK, values)).scalar()
    if current is None:
        raise NotFound("There is no such item.")
    row = VersionRow(id=new_id(), number=current + 1, sha256=sha256)
    await connection.execute(
        _INSERT,
        {
            "id": row.id,
            "organization_id": organization_id,
            "content_id": content_id,
            "number": row.number,
            "body": plain,
            "sha256": row.sha256,
            "word_count": count_words(main_text(body)),
            "parent_version_id": parent_version_id,
            "generation_id": generation_id,
            "author_id": author_id,
            "provider": provider,
            "fingerprint": fingerprint or fingerprint_of(body, language),
        },
    )
    await search.write_entry(
        connection,
        organization_id=organization_id,
        content_id=content_id,
        version_id=row.id,
        language=language,
        body=plain,
    )
    if not is_first:
        await connection.execute(
            _ADVANCE, {"number": row.number, "title": title_of(body), "content_id": content_id}
        )
    return row


def _storable_hash(plain: dict[str, Any]) -> str:
    """Hash a body. Raises InvalidInput for characters that PostgreSQL cannot hold."""
    try:
        # JSON escapes a NUL as \\u0000; a backslash before it would be a text that only says so.
        if re.search(rb"(?<!\\)(?:\\\\)*\\u0000", canonical_bytes(plain)):
            raise InvalidInput("The text holds a NUL character; remove it.", field="body")
        return content_hash(plain)
    except UnicodeEncodeError:
        raise InvalidInput(
            "The text holds half a character; paste it again.", field="body"
        ) from None


def title_of(body: Body) -> str:
    """Give the line under which lists show an item, at most 200 characters."""
    for name in ("title", "name", "company", "headline"):
        value = getattr(body, name, "")
        if value:
            return str(value)[:200]
    return main_text(body).strip().partition("\n")[0][:200]
