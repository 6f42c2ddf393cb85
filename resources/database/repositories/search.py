"""The index of words: written with each version, asked for items. One entry for each item.

The caller owns the transaction. What does not belong here: what words are
(`posthub_assets/domain/searching/`), lists without a question (`contents.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.searching.lexemes import any_of, entry_of, query_of
from posthub_assets.domain.searching.questions import Question
from posthub_assets.domain.searching.texts import searched
from resources.database.repositories.contents import COLUMNS, ContentFilter, ContentRow

MOST_ORGANIZATIONS = 50
"""That one question goes through: each has its own words in the index."""

_WRITE = text(
    """
    INSERT INTO posthub.search_entry (organization_id, content_id, version_id, company_id, kind,
        language, month, title_words, words)
    SELECT i.organization_id, i.id, :version_id, i.company_id, i.kind, i.language, i.month,
        CAST(:title_words AS tsvector), CAST(:words AS tsvector)
    FROM posthub.content i WHERE i.id = :content_id AND i.organization_id = :organization_id
    ON CONFLICT (organization_id, content_id) DO UPDATE SET version_id = EXCLUDED.version_id,
        title_words = EXCLUDED.title_words, words = EXCLUDED.words
    """
)
_ALL_ORGANIZATIONS = text(
    "SELECT id FROM posthub.organization WHERE deleted_at IS NULL ORDER BY id LIMIT :limit"
)
# What is found is read under the policies, as in every list.
_FIND = text(
    f"""
    SELECT {COLUMNS}, v.body, f.place AS found_at, f.total
    FROM posthub.search_contents(CAST(:organizations AS uuid[]), CAST(:words AS tsquery),
        CAST(:any AS tsquery), CAST(:company_id AS uuid), CAST(:month AS date), CAST(:kind AS text),
        CAST(:status AS text), CAST(:language AS text), CAST(:after_place AS integer),
        CAST(:after_id AS uuid), CAST(:limit AS integer)) f
    JOIN posthub.content i ON i.id = f.content_id
    JOIN posthub.content_version v ON v.organization_id = i.organization_id
        AND v.content_id = i.id AND v.number = i.current_version
    ORDER BY f.place DESC, f.content_id DESC
    """  # noqa: S608 - fixed texts
)


@dataclass(frozen=True, slots=True)
class FoundRow:
    """An item that was found, with its body. `place`: 2 all words in the title, 1 any, 0 none."""

    item: ContentRow
    body: dict[str, Any] | None
    place: int
    total: int

    @property
    def id(self) -> UUID:
        """The item's id, as the key of a cursor."""
        return self.item.id


async def write_entry(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    content_id: UUID,
    version_id: UUID,
    language: str,
    body: Mapping[str, Any],
) -> None:
    """Write what is found of an item: the words of its new current version."""
    plain = searched(body)
    entry = entry_of(organization_id, language, plain.title, plain.text)
    await connection.execute(
        _WRITE,
        {
            "organization_id": organization_id,
            "content_id": content_id,
            "version_id": version_id,
            "title_words": entry.title,
            "words": entry.all,
        },
    )


async def find(
    connection: AsyncConnection,
    question: Question,
    wanted: ContentFilter,
    *,
    language: str | None = None,
    after: tuple[int, UUID] | None = None,
    limit: int = 50,
) -> Sequence[FoundRow]:
    """Find items, those with all words in the title first, then any, then none; each the newest
    first. `after`: place and id of the last one read.

    Raises InvalidInput where there are more than 50 organisations to go through.
    """
    organizations = await _organizations(connection, wanted)
    values = {
        "organizations": organizations,
        "words": query_of(question, organizations),
        "any": any_of(question, organizations),
        "company_id": wanted.company_id,
        "month": wanted.month,
        "kind": wanted.kind.value if wanted.kind else None,
        "status": wanted.status.value if wanted.status else None,
        "language": language,
        "after_place": after[0] if after else None,
        "after_id": after[1] if after else None,
        "limit": limit,
    }
    if not organizations:
        return []
    found = []
    for row in await connection.execute(_FIND, values):
        plain = dict(row._mapping)
        body, place, total = plain.pop("body"), plain.pop("found_at"), plain.pop("total")
        found.append(FoundRow(ContentRow(**plain), body, place, total))
    return found


async def _organizations(connection: AsyncConnection, wanted: ContentFilter) -> list[UUID]:
    organizations = wanted.organizations
    if organizations is None:
        rows = await connection.execute(_ALL_ORGANIZATIONS, {"limit": MOST_ORGANIZATIONS + 1})
        organizations = tuple(rows.scalars())
    if len(organizations) > MOST_ORGANIZATIONS:
        raise InvalidInput(
            f"You see more than {MOST_ORGANIZATIONS} organisations. Name the organization_id or "
            "the company to search in.",
            field="organization_id",
        )
    return list(organizations)
