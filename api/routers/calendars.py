"""The content calendar of a month: what is approved, as the graph wrote it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.openapi import files
from api.services import acting, services_of, signed_in
from api.shapes import Month
from posthub_assets.domain.calendar import month_name, parse_month
from posthub_assets.domain.errors import NotFound
from resources.database.repositories import companies

router = APIRouter(prefix="/v1/companies", tags=["months"], dependencies=[Depends(signed_in)])

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "ics": "text/calendar; charset=utf-8"}


@router.get(
    "/{company_id}/calendar",
    response_class=Response,
    responses={200: files("The calendar.", "text/csv", "text/calendar")},
)
async def get_calendar(
    request: Request,
    company_id: UUID,
    month: Annotated[Month, Query()],
    format: Literal["csv", "ics"] = "csv",
) -> Response:
    """Read the calendar as a table (`csv`), or for a calendar program (`ics`)."""
    async with acting(request) as act:
        row = await companies.get(act.connection, company_id)
    wanted = month_name(parse_month(month))
    name = f"{row.partition_key}/{wanted}/calendar.{format}"
    store = services_of(request).media
    try:
        data = await asyncio.to_thread(store.open_derived, row.organization_id, name)
    except NotFound:
        raise NotFound(
            f"There is no calendar of {wanted} yet. It is made when something is approved."
        ) from None
    shown = f'attachment; filename="{row.slug}-{wanted}.{format}"'
    headers = {"Content-Disposition": shown}
    return Response(data, media_type=MEDIA_TYPES[format], headers=headers)
