"""What the factory reads: the company, items, documents, the past, and what the gate compares.

Every function takes an open connection, scoped to the organisation of the company. Whatever goes
into a brief is read in a fixed order: the journal's hash covers it, and the same question must not
be bought twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.bodies import Body, Platform
from posthub_assets.domain.briefs import CompanyFacts, PastText, Revision, SourceDocument
from posthub_assets.domain.change_requests import sentences_of
from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.tiers import Tier
from posthub_assets.domain.work import Item, Job
from resources.database.repositories.bodies import Bodies

_COMPANY = text(
    """
    SELECT c.*, m.tier AS month_tier FROM posthub.company c
    LEFT JOIN posthub.company_month m ON m.company_id = c.id AND m.month = :month
        AND m.organization_id = c.organization_id
    WHERE c.id = :id AND c.organization_id = :organization_id AND c.deleted_at IS NULL
    """
)


_LANGUAGE = text(
    "SELECT language FROM posthub.company"
    " WHERE id = :id AND organization_id = :organization_id AND deleted_at IS NULL"
)


async def company_facts(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID, month: date | None
) -> CompanyFacts:
    """Read the brief; the tier is the one that held when the month was opened."""
    values = {"id": company_id, "organization_id": organization_id, "month": month}
    row = (await connection.execute(_COMPANY, values)).first()
    if row is None:
        raise NotFound("The company is not there any more.")
    return CompanyFacts(
        slug=row.slug,
        name=row.name,
        organization=row.organization_name,
        website=row.website,
        language=row.language,
        timezone=row.timezone,
        country=row.country,
        industry=row.industry,
        business_field=row.business_field,
        audience=row.audience,
        tier=Tier(row.month_tier or row.tier),
        platforms=tuple(Platform(one) for one in row.platforms),
        brand_colors=tuple(row.brand.get("colors", ())),
    )


async def language_of(connection: AsyncConnection, job: Job) -> str:
    """Read the language of a job's company. Raises NotFound."""
    values = {"id": job.company_id, "organization_id": job.organization_id}
    language = (await connection.execute(_LANGUAGE, values)).scalar()
    if language is None:
        raise NotFound("The company is not there any more.")
    return str(language)


_ITEM_COLUMNS = """
    i.id AS content_id, v.id AS version_id, v.number AS version, i.kind, i.status, i.place,
    i.month, i.parent_id, v.parent_version_id, i.persona_id, i.round, i.scheduled_at,
    v.author_id IS NOT NULL AS written_by_person, v.number = i.current_version AS is_current
"""
_CURRENT = """
    FROM posthub.content i
    JOIN posthub.content_version v ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
"""
_LIVING = "i.status NOT IN ('rejected', 'archived')"


def _item(row: Row[Any], body: Body) -> Item:
    values = dict(row._mapping)
    values.pop("body", None)
    return Item(
        kind=Kind(values.pop("kind")), body=body, status=Status(values.pop("status")), **values
    )


async def _items(
    connection: AsyncConnection, organization_id: UUID, rows: Iterable[Row[Any]], bodies: Bodies
) -> tuple[Item, ...]:
    """Make items of rows that were read without their bodies."""
    known = list(rows)
    kinds = {row.version_id: Kind(row.kind) for row in known}
    said = await bodies.read(connection, organization_id, kinds)
    return tuple(_item(row, said[row.version_id]) for row in known)


_ONE = text(
    f"SELECT {_ITEM_COLUMNS}, v.body {_CURRENT}"
    " WHERE i.id = :id AND i.organization_id = :organization_id"
)
_AT_VERSION = text(
    f"""SELECT {_ITEM_COLUMNS}, v.body FROM posthub.content i
    JOIN posthub.content_version v ON v.content_id = i.id AND v.organization_id = i.organization_id
    WHERE i.id = :id AND v.id = :version_id AND i.organization_id = :organization_id"""  # noqa: S608
)


async def item(
    connection: AsyncConnection,
    organization_id: UUID,
    content_id: UUID,
    version_id: UUID | None = None,
    *,
    bodies: Bodies,
) -> Item:
    """Read an item at a version, or at its current one. Raises NotFound."""
    values = {"id": content_id, "organization_id": organization_id, "version_id": version_id}
    row = (await connection.execute(_AT_VERSION if version_id else _ONE, values)).first()
    if row is None:
        raise NotFound("The item is not there any more.")
    return _item(row, bodies.parsed(row.version_id, Kind(row.kind), row.body))


async def is_unwritten(
    connection: AsyncConnection, organization_id: UUID, content_id: UUID
) -> bool:
    """Tell whether an item is there and has no version yet: it was ordered, and nothing came."""
    found = await connection.execute(
        text(
            "SELECT current_version = 0 FROM posthub.content"
            " WHERE id = :id AND organization_id = :organization_id"
        ),
        {"id": content_id, "organization_id": organization_id},
    )
    return bool(found.scalar())


_ORDERED = text(
    """
    SELECT params FROM posthub.job
    WHERE organization_id = :organization_id AND content_id = :content_id AND params ? 'order'
    ORDER BY created_at DESC, id DESC LIMIT 1
    """
)


async def with_order(connection: AsyncConnection, job: Job) -> Job:
    """Give the job with what was ordered at first: later work on the item follows it too."""
    values = {"organization_id": job.organization_id, "content_id": job.content_id}
    ordered = (await connection.execute(_ORDERED, values)).scalar()
    return replace(job, params={**ordered, **job.params}) if ordered else job


_OF_COMPANY = text(
    f"""SELECT {_ITEM_COLUMNS} {_CURRENT}
    WHERE i.organization_id = :organization_id AND i.company_id = :company_id AND i.kind = :kind
        AND i.month IS NOT DISTINCT FROM :month AND {_LIVING}
    ORDER BY i.place, i.id"""  # noqa: S608
)


async def living_items(
    connection: AsyncConnection,
    organization_id: UUID,
    company_id: UUID,
    kind: Kind,
    month: date | None,
    *,
    bodies: Bodies,
) -> tuple[Item, ...]:
    """Read the items of a kind in a month (None for DNA and personas), but rejected ones."""
    values = {
        "organization_id": organization_id,
        "company_id": company_id,
        "kind": kind.value,
        "month": month,
    }
    rows = await connection.execute(_OF_COMPANY, values)
    return await _items(connection, organization_id, rows, bodies)


_CAST = text(
    f"""SELECT {_ITEM_COLUMNS} {_CURRENT}
    WHERE i.organization_id = :organization_id AND i.company_id = :company_id
        AND i.kind = 'persona' AND i.month IS NULL AND i.status <> 'rejected'
    ORDER BY i.place, i.id"""
)


async def cast(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID, bodies: Bodies
) -> tuple[Item, ...]:
    """Read the company's personas, those put away too, but not rejected ones."""
    values = {"organization_id": organization_id, "company_id": company_id}
    rows = await connection.execute(_CAST, values)
    return await _items(connection, organization_id, rows, bodies)


_CHILDREN = text(
    f"""SELECT {_ITEM_COLUMNS} {_CURRENT}
    WHERE i.organization_id = :organization_id AND i.parent_id = :parent_id AND i.kind = :kind
        AND {_LIVING} ORDER BY i.place"""
)


async def children(
    connection: AsyncConnection,
    organization_id: UUID,
    parent_id: UUID,
    kind: Kind,
    bodies: Bodies,
) -> tuple[Item, ...]:
    """Read the living children of an item."""
    values = {"organization_id": organization_id, "parent_id": parent_id, "kind": kind.value}
    rows = await connection.execute(_CHILDREN, values)
    return await _items(connection, organization_id, rows, bodies)


_DOCUMENTS = text(
    """
    SELECT id, name, text, media_type FROM posthub.source_document
    WHERE organization_id = :organization_id AND company_id = :company_id
        AND purpose IN ('document', 'website', CASE WHEN :with_research THEN 'research' END)
        AND deleted_at IS NULL AND (CAST(:ids AS uuid[]) IS NULL OR id = ANY(:ids))
    ORDER BY purpose, name
    """
)


async def documents(
    connection: AsyncConnection,
    organization_id: UUID,
    company_id: UUID,
    ids: Sequence[str] | None,
    *,
    with_research: bool = False,
) -> tuple[SourceDocument, ...]:
    """Read the company's own words, uploaded or from its website, in the order of their names.

    `with_research` adds what the web says of the company: that tells who it is, but is not its own
    text, so no post is written from it.
    """
    values = {
        "organization_id": organization_id,
        "company_id": company_id,
        "ids": None if ids is None else [UUID(one) for one in ids],
        "with_research": with_research,
    }
    rows = await connection.execute(_DOCUMENTS, values)
    return tuple(
        SourceDocument(id=str(row.id), name=row.name, text=row.text, media_type=row.media_type)
        for row in rows
    )


_PAST = text(
    """
    SELECT title, text FROM posthub.source_document
    WHERE organization_id = :organization_id AND company_id = :company_id
        AND purpose = 'published_post' AND deleted_at IS NULL
    UNION ALL
    SELECT v.body ->> 'title', v.body ->> 'description'
    FROM posthub.content i JOIN posthub.content_version v
        ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    WHERE i.organization_id = :organization_id AND i.company_id = :company_id
        AND i.kind = 'topic' AND i.status <> 'archived' AND v.body IS NOT NULL
    ORDER BY 1, 2
    """
)


async def past_texts(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID
) -> tuple[PastText, ...]:
    """Read what must not be repeated: published posts, and all our topics, rejected ones too."""
    values = {"organization_id": organization_id, "company_id": company_id}
    rows = await connection.execute(_PAST, values)
    return tuple(PastText(title=row[0] or "", text=row[1] or "") for row in rows)


_PASSAGES = text(
    """
    SELECT i.month = :month AS this_month, p ->> 'document_id' AS document_id,
        (p ->> 'start')::int AS start, (p ->> 'end')::int AS "end"
    FROM posthub.content i
    JOIN posthub.content_version v ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    CROSS JOIN LATERAL jsonb_array_elements(v.body -> 'passages') p
    WHERE i.organization_id = :organization_id AND i.company_id = :company_id
        AND i.kind = 'topic' AND i.status NOT IN ('rejected', 'archived')
    ORDER BY 2, 3, 4
    """
)
Span = tuple[str, int, int]


async def passages_in_use(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID, month: date | None
) -> tuple[list[Span], list[Span]]:
    """Read the passages set aside by living topics: of this month, and of all others."""
    values = {"organization_id": organization_id, "company_id": company_id, "month": month}
    used: list[Span] = []
    quoted: list[Span] = []
    for row in await connection.execute(_PASSAGES, values):
        (used if row.this_month else quoted).append((row.document_id, row.start, row.end))
    return used, quoted


ANEW = "Write it anew: other words, another beginning, the same facts."
"""What a provider is told where nobody said what should change."""

_REVISION = text(
    """
    SELECT d.reason, d.reason_codes, d.spans FROM posthub.decision d
    WHERE d.organization_id = :organization_id AND d.content_id = :content_id
        AND d.version_id = :version_id AND d.action = 'request_changes'
    ORDER BY d.decided_at DESC LIMIT 1
    """
)


async def revision(connection: AsyncConnection, job: Job, subject: Item) -> Revision:
    """Read why an item is written anew, as a provider is told of it.

    A change request about the version, where there was one, and what was said to the job.
    """
    values = {
        "organization_id": job.organization_id,
        "content_id": job.content_id,
        "version_id": subject.version_id,
    }
    row = (await connection.execute(_REVISION, values)).first()
    instructions = str(job.params.get("instructions") or "")
    said = sentences_of(row.reason_codes, row.reason) if row else ()
    marked = (
        [one.get("quote", "") if isinstance(one, dict) else one for one in row.spans if one]
        if row
        else []
    )
    return Revision(
        round=job.round,
        previous=subject.body.model_dump(mode="json"),
        reasons=(*said, *filter(None, [instructions])) or (ANEW,),
        spans=tuple(str(one) for one in marked if one),
    )


_FINGERPRINTS = text(
    """
    SELECT id::text AS id, 'blog_post' AS kind, title, fingerprint, '' AS platform,
        '' AS parent_id
    FROM posthub.source_document
    WHERE organization_id = :organization_id AND company_id = :company_id
        AND purpose = 'published_post' AND deleted_at IS NULL AND fingerprint IS NOT NULL
        AND 'blog_post' = ANY(:kinds)
    UNION ALL
    SELECT i.id::text, i.kind, i.title, v.fingerprint,
        CASE WHEN i.kind = 'social_post' THEN i.place ELSE '' END, coalesce(i.parent_id::text, '')
    FROM posthub.content i
    JOIN posthub.content_version v ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    WHERE i.organization_id = :organization_id AND i.company_id = :company_id
        AND i.kind = ANY(:kinds) AND i.status <> 'rejected'
        AND v.fingerprint IS NOT NULL
    """
)


async def fingerprints(
    connection: AsyncConnection,
    organization_id: UUID,
    company_id: UUID,
    kinds: Sequence[Kind],
) -> list[Row[Any]]:
    """Read (id, kind, title, fingerprint, platform, parent) of these kinds, all there ever was."""
    values = {
        "organization_id": organization_id,
        "company_id": company_id,
        "kinds": [kind.value for kind in kinds],
    }
    return list(await connection.execute(_FINGERPRINTS, values))
