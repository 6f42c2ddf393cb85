"""Companies: the brief as rows, and the marketing events that belong to it.

Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: what makes a brief valid (`resources/company_file.py`), documents
(`documents.py`), months (`months.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import Conflict, NotFound
from posthub_assets.domain.flow import JobRequest, Priority
from resources.company_file import CompanyFile, EventEntry
from resources.database.repositories import audit, jobs
from resources.database.repositories.audit import NOWHERE, Origin
from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company. `partition_key` is its name in the graph: the slug, where that was free."""

    id: UUID
    organization_id: UUID
    slug: str
    partition_key: str
    name: str
    organization_name: str
    website: str
    language: str
    timezone: str
    country: str
    industry: str
    business_field: str
    audience: str
    tier: str
    platforms: tuple[str, ...]
    brand_colors: tuple[str, ...]
    is_active: bool
    created_at: datetime
    updated_at: datetime


_SELECT = """
    SELECT id, organization_id, slug, partition_key, name, organization_name, website, language,
        timezone, country, industry, business_field, audience, tier, platforms,
        coalesce(brand -> 'colors', '[]') AS brand_colors, is_active, created_at, updated_at
    FROM posthub.company WHERE deleted_at IS NULL
"""
_ONE = text(f"{_SELECT} AND id = :id")
_BY_SLUG = text(f"{_SELECT} AND organization_id = :organization_id AND slug = :slug")
_BY_KEY = text(f"{_SELECT} AND partition_key = :key")
# Organisations are named for the index's sake; the policy would hide the others anyway.
_LIST = text(
    f"""{_SELECT}
    AND (CAST(:organizations AS uuid[]) IS NULL OR organization_id = ANY(:organizations))
    AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id LIMIT :limit"""
)
_FREE_KEY = text("SELECT posthub.free_partition_key(:slug, :suffix)")
_INSERT = text(
    """
    INSERT INTO posthub.company (id, organization_id, slug, partition_key, name, organization_name,
        website, language, timezone, country, industry, business_field, audience, tier, platforms,
        brand)
    VALUES (:id, :organization_id, :slug, :partition_key, :name, :organization_name, :website,
        :language, :timezone, :country, :industry, :business_field, :audience, :tier, :platforms,
        :brand)
    """
).bindparams(bindparam("platforms", type_=JSONB), bindparam("brand", type_=JSONB))
_UPDATE = text(
    """
    UPDATE posthub.company SET name = :name, organization_name = :organization_name,
        website = :website, language = :language, timezone = :timezone, country = :country,
        industry = :industry, business_field = :business_field, audience = :audience, tier = :tier,
        platforms = :platforms, updated_at = now(),
        -- A palette that was applied stands while its colours do.
        brand = CASE WHEN brand -> 'colors' = CAST(:brand AS jsonb) -> 'colors' THEN brand
            ELSE CAST(:brand AS jsonb) END
    WHERE id = :id AND organization_id = :organization_id
    """
).bindparams(bindparam("platforms", type_=JSONB), bindparam("brand", type_=JSONB))


async def get(connection: AsyncConnection, company_id: UUID) -> CompanyRow:
    """Read a company. Raises NotFound, also for another organisation's."""
    row = (await connection.execute(_ONE, {"id": company_id})).first()
    if row is None:
        raise NotFound("There is no such company.")
    return _company(row)


async def find_by_slug(
    connection: AsyncConnection, organization_id: UUID, slug: str
) -> CompanyRow | None:
    """Read the company of a slug in an organisation, or None."""
    values = {"organization_id": organization_id, "slug": slug}
    row = (await connection.execute(_BY_SLUG, values)).first()
    return _company(row) if row else None


async def find_by_partition_key(connection: AsyncConnection, key: str) -> CompanyRow | None:
    """Read the company of a partition key, which is unique over all organisations, or None."""
    row = (await connection.execute(_BY_KEY, {"key": key})).first()
    return _company(row) if row else None


async def page(
    connection: AsyncConnection,
    *,
    organizations: Sequence[UUID] | None,
    after: UUID | None,
    limit: int,
) -> list[CompanyRow]:
    """Read companies in the order they were made, `after` an id; of these organisations, or all."""
    values = {
        "organizations": None if organizations is None else list(organizations),
        "after": after,
        "limit": limit,
    }
    return [_company(row) for row in await connection.execute(_LIST, values)]


def _company(row: Any) -> CompanyRow:
    values = dict(row._mapping)
    values["platforms"] = tuple(values["platforms"])
    values["brand_colors"] = tuple(values["brand_colors"])
    return CompanyRow(**values)


async def create(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    brief: CompanyFile,
    actor_id: UUID | None = None,
    origin: Origin = NOWHERE,
) -> CompanyRow:
    """Make a company with its events, and ask for its sources at once.

    Raises Conflict where the organisation has a company of that slug.
    """
    id_ = new_id()
    values = {"id": id_, "organization_id": organization_id, **_columns(brief)}
    suffix = id_.hex[-8:]
    wanted = {"slug": brief.slug, "suffix": suffix}
    free = (await connection.execute(_FREE_KEY, wanted)).scalar_one()
    # Somebody else may take the free key meanwhile; with the suffix it is ours alone.
    for key in (free, f"{brief.slug}-{suffix}"):
        try:
            async with connection.begin_nested():
                await connection.execute(_INSERT, {**values, "partition_key": key})
            break
        except IntegrityError as error:
            if await find_by_slug(connection, organization_id, brief.slug):
                raise Conflict(f"There is a company with the slug {brief.slug} already.") from error
            if "uq_company_organization_id_slug" in str(error):
                raise Conflict(f"The slug {brief.slug} was used by a deleted company.") from error
    await add_events(connection, organization_id, id_, brief.marketing_events)
    await ask_for_sources(connection, organization_id, id_, actor_id, again=False)
    company = await get(connection, id_)
    await audit.record(
        connection,
        organization_id=organization_id,
        actor_id=actor_id,
        action="company.create",
        subject_kind="company",
        subject_id=id_,
        after={
            "slug": brief.slug,
            "tier": brief.tier.value,
            "partition_key": company.partition_key,
        },
        origin=origin,
    )
    return company


def _columns(brief: CompanyFile) -> dict[str, Any]:
    return {
        "slug": brief.slug,
        "name": brief.name,
        "organization_name": brief.organization,
        "website": brief.website,
        "language": brief.language,
        "timezone": brief.timezone,
        "country": brief.country,
        "industry": brief.industry,
        "business_field": brief.business_field,
        "audience": brief.audience,
        "tier": brief.tier.value,
        "platforms": [platform.value for platform in brief.platforms],
        "brand": {"colors": list(brief.brand_colors)},
    }


async def update(
    connection: AsyncConnection,
    company: CompanyRow,
    brief: CompanyFile,
    *,
    actor_id: UUID | None = None,
    origin: Origin = NOWHERE,
) -> tuple[str, ...]:
    """Write the brief over the one that is there; give the names of the fields that changed.

    The slug stays. What changed is read anew by the graph. Nothing changed: nothing is written.
    """
    new, old = _columns(brief), _known(company)
    changed = tuple(sorted(name for name in old if old[name] != new[name]))
    if not changed:
        return ()
    values = {**new, "id": company.id, "organization_id": company.organization_id}
    await connection.execute(_UPDATE, values)
    await ask_for_sources(connection, company.organization_id, company.id, actor_id)
    await audit.record(
        connection,
        organization_id=company.organization_id,
        actor_id=actor_id,
        action="company.update",
        subject_kind="company",
        subject_id=company.id,
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
        origin=origin,
    )
    return changed


def _known(company: CompanyRow) -> dict[str, Any]:
    names = ("name", "organization_name", "website", "language", "timezone", "country", "industry")
    known = {
        name: getattr(company, name) for name in (*names, "business_field", "audience", "tier")
    }
    return {
        **known,
        "platforms": list(company.platforms),
        "brand": {"colors": list(company.brand_colors)},
    }


_SET_ACTIVE = text(
    "UPDATE posthub.company SET is_active = :is_active, updated_at = now()"
    " WHERE id = :id AND organization_id = :organization_id"
)


async def set_active(
    connection: AsyncConnection, company: CompanyRow, is_active: bool, actor_id: UUID | None = None
) -> None:
    """Let the schedule open the company's months, or not."""
    values = {"id": company.id, "organization_id": company.organization_id}
    await connection.execute(_SET_ACTIVE, {**values, "is_active": is_active})
    await audit.record(
        connection,
        organization_id=company.organization_id,
        actor_id=actor_id,
        action="company.update",
        subject_kind="company",
        subject_id=company.id,
        before={"is_active": company.is_active},
        after={"is_active": is_active},
    )


async def ask_for_sources(
    connection: AsyncConnection,
    organization_id: UUID,
    company_id: UUID,
    actor_id: UUID | None,
    *,
    again: bool = True,
) -> list[UUID]:
    """Ask the graph to read the company's sources; `again` where it did so before.

    Asking again waits a moment, so that twenty uploads are read once.
    """
    request = JobRequest(
        verb="create", asset="company_sources", priority=Priority.PERSON_WAITS, again=again
    )
    return await jobs.ask_for(
        connection,
        organization_id=organization_id,
        company_id=company_id,
        requests=[request],
        requested_by=actor_id,
    )


_ADD_EVENT = text(
    """
    INSERT INTO posthub.marketing_event (id, organization_id, company_id, on_date, title)
    VALUES (:id, :organization_id, :company_id, :on_date, :title)
    ON CONFLICT (organization_id, company_id, on_date, title) DO NOTHING RETURNING id
    """
)
_EVENTS = text(
    """
    SELECT id, on_date, title FROM posthub.marketing_event
    WHERE organization_id = :organization_id AND company_id = :company_id
    ORDER BY on_date, title
    """
)


@dataclass(frozen=True, slots=True)
class EventRow:
    """A day that gets its own topic."""

    id: UUID
    on_date: date
    title: str


async def add_events(
    connection: AsyncConnection,
    organization_id: UUID,
    company_id: UUID,
    events: Sequence[EventEntry],
) -> int:
    """Write the events that are not there yet; give how many were new."""
    new = 0
    for event in events:
        values = {
            "id": new_id(),
            "organization_id": organization_id,
            "company_id": company_id,
            "on_date": event.date,
            "title": event.title,
        }
        new += len((await connection.execute(_ADD_EVENT, values)).all())
    return new


async def events(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID
) -> list[EventRow]:
    """Read a company's marketing events in the order of their dates."""
    values = {"organization_id": organization_id, "company_id": company_id}
    rows = await connection.execute(_EVENTS, values)
    return [EventRow(**row._mapping) for row in rows]
