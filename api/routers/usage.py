"""Usage: what was bought, added up or call by call. Prompts and answers never leave by here.

What does not belong here: limits and forecasts (`limits.py`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import field_serializer

from api import strictness
from api.reach import company_within, readable
from api.services import Acting, acting, signed_in
from api.shapes import Exact, Output, Page, Pages
from posthub_assets.domain.calendar import month_name
from posthub_assets.domain.errors import InvalidInput
from resources.database.repositories import usage_views
from resources.database.repositories.usage_views import Group, UsageFilter

router = APIRouter(prefix="/v1", tags=["usage"], dependencies=[Depends(signed_in)])

MAX_DAYS = 366
FIRST_YEAR, LAST_YEAR = 2000, 2200
Period = Literal["monthly", "weekly", "daily"]
Day = Annotated[strictness.Day | None, Query(description="A day of UTC, both ends included.")]


class Span(Output):
    """Days of UTC, both included."""

    start_date: date
    end_date: date

    @property
    def begins(self) -> datetime:
        """The moment at which the first day begins."""
        return _midnight(self.start_date)

    @property
    def ends(self) -> datetime:
        """The moment at which the last day is over."""
        return _midnight(self.end_date + timedelta(days=1))


class SumsOut(Output):
    """Sums. Amounts are exact, in USD; `invoiced_usd` leaves calls on own keys out."""

    requests: int
    failed: int
    tokens: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cached_share: Exact | None
    cost_usd: Exact
    invoiced_usd: Exact


class GroupOut(SumsOut):
    """The sums of one group. `key` tells groups apart, `name` is for people."""

    key: str
    name: str


class Summary(Span):
    """What a span of days came to: the dearest 1,000 groups, and the total of all."""

    organization_id: UUID
    group_by: Group
    total: SumsOut
    items: list[GroupOut]


class CallOut(Output):
    """A call of the journal: what it was for and came to. Its words are not given out."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    job_id: UUID | None
    month: date | None
    kind: str
    provider: str
    model: str
    prompt: str
    prompt_version_id: UUID | None
    experiment_id: UUID | None
    arm: str
    status: str
    key_source: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_written_tokens: int
    reasoning_tokens: int
    image_tokens: int
    image_input_tokens: int
    searches: int
    cost_usd: Exact
    latency_ms: int | None
    error_code: str | None
    created_at: datetime
    completed_at: datetime | None

    @field_serializer("month")
    def _month(self, month: date | None) -> str | None:
        return month_name(month) if month else None


class CustomerOut(SumsOut):
    """The sums of one organisation."""

    organization_id: UUID
    name: str


class CustomerPage(Page[CustomerOut], Span):
    """A part of the list of organisations, in the order in which they were made."""


def span_of(period: Period | None, start: date | None, end: date | None) -> Span:
    """Give the days that are asked for; the current month so far where none are.

    Raises InvalidInput where both ways are used, an end is missing, or there are too many days.
    """
    today = datetime.now(UTC).date()
    if start is None and end is None:
        firsts = {
            "monthly": today.replace(day=1),
            "weekly": today - timedelta(days=today.weekday()),
            "daily": today,
        }
        return Span(start_date=firsts[period or "monthly"], end_date=today)
    if period is not None:
        raise InvalidInput("Give a period, or start_date and end_date; not both.", field="period")
    if start is None or end is None:
        missing = "start_date" if start is None else "end_date"
        raise InvalidInput("Give start_date and end_date together.", field=missing)
    if start.year < FIRST_YEAR or end.year > LAST_YEAR:
        raise InvalidInput(f"Years are {FIRST_YEAR} to {LAST_YEAR}.", field="start_date")
    if end < start:
        raise InvalidInput("end_date is before start_date.", field="end_date")
    if (end - start).days >= MAX_DAYS:
        raise InvalidInput(f"At most {MAX_DAYS} days at once.", field="end_date")
    return Span(start_date=start, end_date=end)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


class Asked:
    """The part of a query that both lists share."""

    def __init__(
        self,
        *,
        period: Period | None = None,
        start_date: Day = None,
        end_date: Day = None,
        organization_id: UUID | None = None,
        company: UUID | None = None,
        person: Annotated[UUID | None, Query(description="Who asked for the work.")] = None,
    ) -> None:
        self.span = span_of(period, start_date, end_date)
        self.organization_id = organization_id
        self.company = company
        self.person = person

    async def filter(self, act: Acting) -> UsageFilter:
        """Give which calls the person asks for. Raises NotFound, Forbidden, InvalidInput."""
        company = await company_within(act, self.company, self.organization_id)
        given = company.organization_id if company else self.organization_id
        found = await readable(act, given)
        return UsageFilter(found, self.span.begins, self.span.ends, self.company, self.person)


AskedFor = Annotated[Asked, Depends()]


@router.get("/usage/summary")
async def summary(request: Request, asked: AskedFor, group_by: Group = "provider") -> Summary:
    """Add up what an organisation used: in a period up to today, or between two days."""
    async with acting(request) as act:
        wanted = await asked.filter(act)
        total, groups = await usage_views.sums(act.connection, wanted, group_by)
    if group_by == "day":
        groups.sort(key=lambda one: one.key)
    return Summary(
        organization_id=wanted.organization_id,
        start_date=asked.span.start_date,
        end_date=asked.span.end_date,
        group_by=group_by,
        total=SumsOut.model_validate(total),
        items=[GroupOut.model_validate(one) for one in groups],
    )


@router.get("/usage/generations")
async def generations(request: Request, paging: Pages, asked: AskedFor) -> Page[CallOut]:
    """List calls, the newest first. Prompts, answers and vendors' messages are not in the list."""
    after = paging.after(datetime.fromisoformat, UUID)
    async with acting(request) as act:
        rows = list(
            await usage_views.calls(
                act.connection,
                await asked.filter(act),
                after=(after[0], after[1]) if after else None,
                limit=paging.limit + 1,
            )
        )
    shown, cursor = paging.page(rows, "created_at", "id")
    return Page(items=[CallOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.get("/admin/usage")
async def usage_of_all(
    request: Request, paging: Pages, start_date: Day = None, end_date: Day = None
) -> CustomerPage:
    """Add up what each organisation used. Administrators only."""
    after = paging.after(UUID)
    span = span_of(None, start_date, end_date)
    async with acting(request) as act:
        rows = list(
            await usage_views.by_customer(
                act.connection,
                span.begins,
                span.ends,
                after=after[0] if after else None,
                limit=paging.limit + 1,
            )
        )
    shown, cursor = paging.page(rows, "organization_id")
    return CustomerPage(
        items=[CustomerOut.model_validate(row) for row in shown],
        next_cursor=cursor,
        start_date=span.start_date,
        end_date=span.end_date,
    )
