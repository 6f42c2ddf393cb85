"""A company's documents and published posts, as text.

Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: reading files (`resources/documents.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.text.words import count_words
from resources.ids import new_id

DOCUMENT = "document"
PUBLISHED_POST = "published_post"
WEBSITE = "website"
RESEARCH = "research"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A text to be stored. `sha256` is that of the file's bytes; it tells whether it changed."""

    purpose: str
    name: str
    text: str
    media_type: str
    sha256: str
    title: str = ""
    published_on: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A stored document, without its text."""

    id: UUID
    purpose: str
    name: str
    title: str
    media_type: str
    sha256: str
    words: int
    published_on: date | None
    created_at: datetime


@dataclass(slots=True)
class Counts:
    """What became of a set of documents: names by outcome."""

    created: list[str]
    updated: list[str]
    unchanged: list[str]


_KNOWN = text(
    """
    SELECT purpose, name, sha256, title, published_on, deleted_at IS NOT NULL AS deleted
    FROM posthub.source_document
    WHERE organization_id = :organization_id AND company_id = :company_id
    """
)
_UPSERT = text(
    """
    INSERT INTO posthub.source_document (id, organization_id, company_id, purpose, name, title,
        text, media_type, sha256, words, fingerprint, published_on, url)
    VALUES (:id, :organization_id, :company_id, :purpose, :name, :title, :text, :media_type,
        :sha256, :words, :fingerprint, :published_on, :url)
    ON CONFLICT (organization_id, company_id, purpose, name) DO UPDATE SET
        title = excluded.title, text = excluded.text, media_type = excluded.media_type,
        sha256 = excluded.sha256, words = excluded.words, fingerprint = excluded.fingerprint,
        published_on = excluded.published_on, url = excluded.url, deleted_at = NULL
    """
)
_LIST = text(
    """
    SELECT id, purpose, name, title, media_type, sha256, words, published_on, created_at
    FROM posthub.source_document
    WHERE organization_id = :organization_id AND company_id = :company_id AND deleted_at IS NULL
    ORDER BY purpose, name
    """
)


async def store(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    company_id: UUID,
    language: str,
    documents: Iterable[NewDocument],
) -> Counts:
    """Write documents by purpose and name: new ones, changed ones, and none that are as they were.

    A published post gets its fingerprint, in the company's `language`, so that nothing repeats it.
    """
    values = {"organization_id": organization_id, "company_id": company_id}
    known = {
        (row.purpose, row.name): (row.sha256, row.title, row.published_on)
        for row in await connection.execute(_KNOWN, values)
        if not row.deleted
    }
    counts = Counts([], [], [])
    rows: list[dict[str, Any]] = []
    for document in documents:
        before = known.get((document.purpose, document.name))
        if before == (document.sha256, document.title, document.published_on):
            counts.unchanged.append(document.name)
            continue
        (counts.created if before is None else counts.updated).append(document.name)
        rows.append({**values, **_row(document, language)})
    if rows:
        await connection.execute(_UPSERT, rows)
    return counts


def _row(document: NewDocument, language: str) -> dict[str, Any]:
    from posthub_assets.domain.quality.fingerprints import fingerprint

    is_post = document.purpose == PUBLISHED_POST
    return {
        "id": new_id(),
        "purpose": document.purpose,
        "name": document.name,
        "title": document.title[:500],
        "text": document.text,
        "media_type": document.media_type,
        "sha256": document.sha256,
        "words": count_words(document.text),
        "fingerprint": fingerprint(document.text, language) if is_post else None,
        "published_on": document.published_on,
        "url": document.url,
    }


_DROP = text(
    """
    UPDATE posthub.source_document SET deleted_at = now()
    WHERE organization_id = :organization_id AND company_id = :company_id AND purpose = :purpose
        AND deleted_at IS NULL AND NOT (name = ANY(:names))
    RETURNING id
    """
)


async def drop_others(
    connection: AsyncConnection,
    organization_id: UUID,
    company_id: UUID,
    purpose: str,
    names: Sequence[str],
) -> int:
    """Put away the documents of a purpose that are not among `names`; give how many."""
    values = {
        "organization_id": organization_id,
        "company_id": company_id,
        "purpose": purpose,
        "names": list(names),
    }
    return len(list(await connection.execute(_DROP, values)))


async def listed(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID
) -> Sequence[DocumentRow]:
    """Read what is stored, without the texts."""
    values = {"organization_id": organization_id, "company_id": company_id}
    return [DocumentRow(**row._mapping) for row in await connection.execute(_LIST, values)]
