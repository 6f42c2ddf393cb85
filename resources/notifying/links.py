"""Links that e-mails bring: to decide what waits, one for each company; to confirm an address.

A secret is in the e-mail and nowhere else, so each attempt at sending makes links of its own.
What does not belong here: the e-mail (`mails.py`), who may get a link (the database).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from posthub_assets.domain.links import DEFAULT_DAYS, PAGE
from resources.database.engine import EVERYTHING, Database, Scope
from resources.database.repositories import confirmations, reminder_links
from resources.database.repositories.reminders import StillWaiting


@dataclass(frozen=True, slots=True)
class MailLink:
    """A link as an e-mail shows it: over how many versions of which company."""

    company: str
    count: int
    url: str = field(repr=False)


async def reminder_links_for(
    database: Database,
    user_id: UUID,
    waiting: Sequence[StillWaiting],
    public_url: str,
    now: datetime,
) -> list[MailLink]:
    """Make a person's links over what waits, by company in the order of waiting."""
    by_company: dict[UUID, list[StillWaiting]] = {}
    for one in waiting:
        by_company.setdefault(one.company_id, []).append(one)
    made = []
    for company_id, items in by_company.items():
        first = items[0]
        async with database.transaction(Scope.of(first.organization_id)) as connection:
            secret, count = await reminder_links.make(
                connection,
                organization_id=first.organization_id,
                company_id=company_id,
                user_id=user_id,
                content_ids=[one.content_id for one in items],
                expires_at=now + timedelta(days=DEFAULT_DAYS),
            )
        if count:
            made.append(MailLink(first.company, count, f"{public_url}{PAGE}{secret}"))
    return made


async def confirmation_link(
    database: Database, user_id: UUID, public_url: str, now: datetime
) -> str | None:
    """Make the link by which a person confirms their address; None where they did already."""
    async with database.transaction(EVERYTHING) as connection:
        secret = await confirmations.make(connection, user_id, now)
    return f"{public_url}{confirmations.PAGE}{secret}" if secret else None
