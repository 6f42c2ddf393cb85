"""A company's folder, once read, put into the database.

One transaction, which the caller owns: a folder is imported as a whole or not at all. Importing the
same folder again writes nothing. What is gone from the folder stays in the database.
What does not belong here: reading the folder (`resources/company_folder.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from resources.company_folder import CompanyFolder, Refused
from resources.database.repositories import companies, documents, identity
from resources.database.repositories.documents import DOCUMENT, PUBLISHED_POST, NewDocument


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import came to. Names are those of files; `changed_fields` are of company.yaml."""

    organization_id: UUID
    company_id: UUID
    partition_key: str
    is_new: bool
    changed_fields: tuple[str, ...]
    created: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    new_events: int
    refused: tuple[Refused, ...]

    @property
    def changed_nothing(self) -> bool:
        """True where everything was there already, as it is."""
        return not (
            self.is_new or self.changed_fields or self.created or self.updated or self.new_events
        )


async def import_company(
    connection: AsyncConnection, folder: CompanyFolder, *, actor_id: UUID | None = None
) -> ImportReport:
    """Put a folder into the database; ask for the company's sources where anything changed.

    `connection` is in a transaction with `Scope(readable=None)`. The organisation is found by its
    name, or made. Raises StorageError, Conflict.
    """
    brief = folder.company
    organization_id, _ = await identity.ensure_organization(connection, brief.organization)
    company = await companies.find_by_slug(connection, organization_id, brief.slug)
    is_new = company is None
    changed: tuple[str, ...] = ()
    if company is None:
        company = await companies.create(
            connection, organization_id=organization_id, brief=brief, actor_id=actor_id
        )
        new_events = len(brief.marketing_events)
    else:
        changed = await companies.update(connection, company, brief, actor_id=actor_id)
        new_events = await companies.add_events(
            connection, organization_id, company.id, brief.marketing_events
        )
    counts = await documents.store(
        connection,
        organization_id=organization_id,
        company_id=company.id,
        language=brief.language,
        documents=_documents(folder),
    )
    if not is_new and (counts.created or counts.updated):
        await companies.ask_for_sources(connection, organization_id, company.id, actor_id)
    return ImportReport(
        organization_id=organization_id,
        company_id=company.id,
        partition_key=company.partition_key,
        is_new=is_new,
        changed_fields=changed,
        created=tuple(counts.created),
        updated=tuple(counts.updated),
        unchanged=tuple(counts.unchanged),
        new_events=new_events,
        refused=folder.refused,
    )


def _documents(folder: CompanyFolder) -> Iterator[NewDocument]:
    for document in folder.documents:
        yield NewDocument(
            DOCUMENT, document.name, document.text, document.media_type, document.sha256
        )
    for post in folder.published_posts:
        yield NewDocument(
            PUBLISHED_POST,
            post.name,
            post.text,
            post.media_type,
            post.sha256,
            post.title[:500],
            post.published_on,
        )
