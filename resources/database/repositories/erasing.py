"""Taking the words of a company out of every table; of a person, out of theirs.

What is append-only loses its words through functions that the owner runs (migration 0018). A table
that comes later and holds words of a company gets a line in `WORDS`; a test plants a marker in
every column and looks for it in every table.
The caller owns the transaction and its scope, in which the organisation is writable.
What does not belong here: receipts (`erasures.py`), files (`resources/erasing.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound
from resources.database.repositories.identity import clean_email

_ERASING = text("SELECT set_config('posthub.erasing', 'on', true)")
# Waits for whoever writes about the company; who comes later waits for this, and finds it erased.
_LOCK = text(
    """
    SELECT partition_key, erased_at FROM posthub.company
    WHERE id = :company_id AND organization_id = :organization_id FOR UPDATE
    """
)
_MEDIA = text(
    """
    WITH used AS (
        SELECT i.company_id, v.body ->> 'media_sha256' AS sha256
        FROM posthub.content i JOIN posthub.content_version v ON v.content_id = i.id
        WHERE i.organization_id = :organization_id AND i.kind = 'image' AND v.body IS NOT NULL
        UNION SELECT company_id, media_sha256 FROM posthub.generation
        WHERE organization_id = :organization_id AND media_sha256 IS NOT NULL
        UNION SELECT company_id, sha256 FROM posthub.media_asset
        WHERE organization_id = :organization_id
        UNION SELECT i.company_id, d.media_sha256
        FROM posthub.delivery d JOIN posthub.content i ON i.id = d.content_id
        WHERE d.organization_id = :organization_id AND d.media_sha256 IS NOT NULL)
    SELECT DISTINCT u.sha256 FROM used u
    WHERE u.company_id = :company_id AND u.sha256 IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM used o JOIN posthub.company c ON c.id = o.company_id
        WHERE o.sha256 = u.sha256 AND o.company_id <> :company_id AND c.erased_at IS NULL)
    ORDER BY 1
    """
)
_RUNS = text(
    "SELECT DISTINCT run_id FROM posthub.job WHERE company_id = :company_id"
    " AND organization_id = :organization_id AND run_id IS NOT NULL ORDER BY 1"
)
_RECORD = text("SELECT what, erased FROM posthub.erase_company_record(:company_id)")
_ERASE_MEDIA = text(
    """
    UPDATE posthub.media SET metadata = '{}', erased_at = now()
    WHERE organization_id = :organization_id AND sha256 = ANY(:media) AND erased_at IS NULL
    """
)

# In this order: a message is told apart by its payload until that is gone.
WORDS = (
    ("job", """
        UPDATE posthub.job SET error = NULL, params = '{}', step = '', external_ref = NULL,
            leased_by = NULL, lease_until = NULL,
            finished_at = coalesce(finished_at, now()),
            status = CASE WHEN status IN ('pending', 'running') THEN 'cancelled' ELSE status END
        WHERE company_id = :company_id AND organization_id = :organization_id"""),
    ("generation", """
        UPDATE posthub.generation SET request = NULL, response = NULL, error = NULL,
            redacted = NULL, pruned_at = coalesce(pruned_at, now()), reuse_until = now(),
            error_code = CASE WHEN status = 'queued' THEN 'erased' ELSE error_code END,
            status = CASE WHEN status = 'queued' THEN 'failed' ELSE status END
        WHERE company_id = :company_id AND organization_id = :organization_id"""),
    ("source_document", """
        DELETE FROM posthub.source_document
        WHERE company_id = :company_id AND organization_id = :organization_id"""),
    ("marketing_event", """
        DELETE FROM posthub.marketing_event
        WHERE company_id = :company_id AND organization_id = :organization_id"""),
    ("comment", """
        UPDATE posthub.comment SET text = '', span = NULL WHERE content_id IN (
            SELECT id FROM posthub.content
            WHERE company_id = :company_id AND organization_id = :organization_id)"""),
    ("delivery", """
        UPDATE posthub.delivery SET error = NULL, external_ref = NULL
        WHERE content_id IN (
            SELECT id FROM posthub.content
            WHERE company_id = :company_id AND organization_id = :organization_id)
            AND (error IS NOT NULL OR external_ref IS NOT NULL)"""),
    ("decision_origin", """
        DELETE FROM posthub.decision_origin WHERE decision_id IN (
            SELECT id FROM posthub.decision WHERE content_id IN (
            SELECT id FROM posthub.content
            WHERE company_id = :company_id AND organization_id = :organization_id))"""),
    ("outbox", """
        UPDATE posthub.outbox SET payload = '{}', last_error = NULL,
            delivered_at = coalesce(delivered_at, now())
        WHERE organization_id = :organization_id
            AND (payload ->> 'company_id' = CAST(:company_id AS text) OR payload ->> 'content_id'
                 IN (SELECT id::text FROM posthub.content
                     WHERE company_id = :company_id AND organization_id = :organization_id))"""),
    ("approval_link", """
        UPDATE posthub.approval_link SET recipient = '', revoked_at = coalesce(revoked_at, now())
        WHERE company_id = :company_id AND organization_id = :organization_id"""),
    ("show", """
        UPDATE posthub.show SET title = '', venue = '', address = '', dates = '[]',
            currency = '', performers = '[]', call_to_action = '', updated_at = now(),
            deleted_at = coalesce(deleted_at, now())
        WHERE company_id = :company_id AND organization_id = :organization_id"""),
    ("media_request", """
        UPDATE posthub.media_request SET wish = '{}'
        WHERE company_id = :company_id AND organization_id = :organization_id"""),
    ("media_favourite", """
        DELETE FROM posthub.media_favourite WHERE asset_id IN (
            SELECT id FROM posthub.media_asset
            WHERE company_id = :company_id AND organization_id = :organization_id)"""),
    ("media_asset", """
        UPDATE posthub.media_asset SET filename = '', alt_text = '', notes = '[]', prompt = '',
            deleted_at = coalesce(deleted_at, now())
        WHERE company_id = :company_id AND organization_id = :organization_id"""),
    ("content", """
        UPDATE posthub.content SET title = '', place = id::text, scheduled_at = NULL,
            review_since = NULL,
            status = CASE WHEN status = 'delivered' THEN status ELSE 'archived' END
        WHERE company_id = :company_id AND organization_id = :organization_id"""),
    # Who registers has an organisation of the company's name: then that is the company's word too.
    ("organization", """
        UPDATE posthub.organization o SET name = 'Erased organisation' FROM posthub.company c
        WHERE o.id = :organization_id AND c.id = :company_id AND c.organization_id = o.id
            AND lower(o.name) IN (lower(c.name), lower(c.organization_name))
            AND NOT EXISTS (SELECT 1 FROM posthub.company k WHERE k.organization_id = o.id
                AND k.id <> c.id AND k.erased_at IS NULL)"""),
    ("company", """
        UPDATE posthub.company SET name = 'Erased company', organization_name = '', website = '',
            country = '', industry = '', business_field = '', audience = '', platforms = '[]',
            brand = '{}', slug = 'erased-' || replace(id::text, '-', ''), is_active = false,
            partition_key = 'erased-' || replace(id::text, '-', ''), erased_at = now(),
            deleted_at = coalesce(deleted_at, now()), updated_at = now()
        WHERE id = :company_id AND organization_id = :organization_id"""),
)  # fmt: skip
"""By table: what takes a company's words out of it, and counts them."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What left the tables, and what is to be removed elsewhere."""

    counts: dict[str, int]
    partition_key: str
    media: list[str]
    run_ids: list[str]


async def erase_company(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID
) -> Erased | None:
    """Take a company's words out of every table; None where that was done before.

    Hashes, figures, who decided what and when stay. Raises NotFound.
    """
    values: dict[str, Any] = {"organization_id": organization_id, "company_id": company_id}
    await connection.execute(_ERASING)
    company = (await connection.execute(_LOCK, values)).first()
    if company is None:
        raise NotFound("There is no such company.")
    if company.erased_at is not None:
        return None
    media = list((await connection.execute(_MEDIA, values)).scalars())
    run_ids = list((await connection.execute(_RUNS, values)).scalars())
    found = await connection.execute(_RECORD, {"company_id": company_id})
    counts = {row.what: row.erased for row in found}
    for table, statement in WORDS:
        counts[table] = (await connection.execute(text(statement), values)).rowcount
    counts["media"] = await media_erased(connection, organization_id, media)
    return Erased(counts, company.partition_key, media, run_ids)


_STILL_THERE = text(
    "SELECT sha256 FROM posthub.media WHERE organization_id = :organization_id"
    " AND sha256 = ANY(:media) AND erased_at IS NULL ORDER BY 1"
)


async def media_erased(
    connection: AsyncConnection, organization_id: UUID, media: Sequence[str]
) -> int:
    """Write down that files are gone; give how many were known."""
    values = {"organization_id": organization_id, "media": list(media)}
    return (await connection.execute(_ERASE_MEDIA, values)).rowcount


async def late_media(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID
) -> list[str]:
    """Read the pictures of an erased company that came while it was being erased."""
    await connection.execute(_ERASING)
    values: dict[str, Any] = {"organization_id": organization_id, "company_id": company_id}
    media = list((await connection.execute(_MEDIA, values)).scalars())
    return list((await connection.execute(_STILL_THERE, {**values, "media": media})).scalars())


_FAVOURITES = text("SELECT posthub.erase_person_favourites(:person_id)")
_PERSON_RECORD = text("SELECT what, erased FROM posthub.erase_person_record(:person_id)")
# The lock of `people.refuse_last_admin`: who is demoted and who is erased wait for each other.
_LOCK_PERSON = text("SELECT pg_advisory_xact_lock(hashtextextended('administrators', 0))")
_OTHER_ADMINS = text(
    "SELECT 1 FROM posthub.app_user WHERE is_admin AND is_active AND password_hash IS NOT NULL"
    " AND deleted_at IS NULL AND id <> :person_id LIMIT 1"
)


async def erase_person(connection: AsyncConnection, person_id: UUID) -> dict[str, int]:
    """Put a pseudonym in a person's place everywhere; give how many rows, by table.

    What they decided and wrote stays, under the id alone. For the API's role. Raises NotFound for
    nobody, and for somebody who is erased already: of two who ask at once the second waits.
    """
    rows = await connection.execute(_PERSON_RECORD, {"person_id": person_id})
    counts = {row.what: row.erased for row in rows}
    if not counts:
        raise NotFound("There is no such person.")
    gone = await connection.execute(_FAVOURITES, {"person_id": person_id})
    return {**counts, "media_favourite": gone.scalar_one()}


_CONTACT_RECORD = text(
    "SELECT what, erased FROM posthub.erase_contact_record(:organization_id, :address)"
)


async def erase_contact(
    connection: AsyncConnection, organization_id: UUID, email: str
) -> dict[str, int]:
    """Put a pseudonym in place of an address that an organisation holds; give how many rows.

    For the API's role. Raises InvalidInput for what is no address.
    """
    values = {"organization_id": organization_id, "address": clean_email(email)}
    rows = await connection.execute(_CONTACT_RECORD, values)
    return {row.what: row.erased for row in rows}


async def is_last_administrator(connection: AsyncConnection, person_id: UUID) -> bool:
    """Tell whether nobody else administers; two who ask at once wait for each other."""
    await connection.execute(_LOCK_PERSON)
    others = await connection.execute(_OTHER_ADMINS, {"person_id": person_id})
    return others.first() is None
