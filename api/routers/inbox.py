"""The inbox: what waits for a person, the oldest first."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import field_serializer

from api.services import acting, signed_in
from api.shapes import Month, Output, Page, Pages
from posthub_assets.domain.calendar import month_name, parse_month
from posthub_assets.domain.content import Kind
from resources.database.repositories import companies, inbox
from resources.database.repositories.inbox import InboxFilter

router = APIRouter(prefix="/v1/inbox", tags=["decisions"], dependencies=[Depends(signed_in)])


class Waiting(Output):
    """An item that waits. Decide with `version`; `sha256` is what you sign."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    company: str
    company_slug: str
    month: date | None
    kind: Kind
    language: str
    place: str
    title: str
    version: int
    sha256: str
    word_count: int
    preview: str
    media_sha256: str | None
    round: int
    scheduled_at: datetime | None
    review_since: datetime
    stale: bool
    warnings: int

    @field_serializer("month")
    def _month(self, month: date | None) -> str | None:
        return month_name(month) if month else None


@router.get("")
async def read_inbox(
    request: Request,
    paging: Pages,
    *,
    company: UUID | None = None,
    month: Annotated[Month | None, Query()] = None,
    kind: Kind | None = None,
) -> Page[Waiting]:
    """Read what waits for a decision."""
    after = paging.after(datetime.fromisoformat, UUID)
    async with acting(request) as act:
        mine = act.organizations
        if company is not None:
            mine = ((await companies.get(act.connection, company)).organization_id,)
        wanted = InboxFilter(
            mine,
            company,
            parse_month(month) if month else None,
            kind.value if kind else None,
        )
        rows = list(
            await inbox.page(
                act.connection,
                wanted,
                after=(after[0], after[1]) if after else None,
                limit=paging.limit + 1,
            )
        )
    shown, cursor = paging.page(rows, "review_since", "id")
    return Page(items=[Waiting.model_validate(row) for row in shown], next_cursor=cursor)
