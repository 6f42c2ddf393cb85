"""Making items by hand, and having the machine write them: new ones and new versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from api.idempotency import once
from api.routers.contents import Number
from api.services import acting, origin_of, signed_in
from api.shapes import Input, Month, Output
from api.spending import refuse_over_budget
from posthub_assets.domain.bodies import ArticleTask
from posthub_assets.domain.briefs import ArticleOrder
from posthub_assets.domain.calendar import parse_month
from posthub_assets.domain.calendars.local_time import refuse_out_of_reach
from posthub_assets.domain.content import Kind
from resources.database.repositories import companies, contents, making, remaking
from resources.database.repositories.making import ByHand

router = APIRouter(prefix="/v1/contents", tags=["contents"], dependencies=[Depends(signed_in)])

MAX_WORDS = 5_000
Wish = Annotated[str, Field(max_length=4_000)]
Words = Annotated[int, Field(ge=1, le=MAX_WORDS)]


class Order(Input):
    """An article for the machine to write. `source` is the outline, or the text to rewrite.

    Without a source it is written from the company's documents.
    """

    task: ArticleTask = ArticleTask.DRAFT
    topic: Annotated[str, Field(min_length=1, max_length=4_000)]
    tone: Wish = ""
    audience: Wish = ""
    keywords: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=100)]],
        Field(max_length=20, default_factory=list),
    ]
    min_words: Words | None = None
    max_words: Words | None = None
    additional_instructions: Wish = ""
    source: Annotated[str, Field(max_length=200_000)] = ""

    @model_validator(mode="after")
    def _can_be_written(self) -> Order:
        if self.task is ArticleTask.REWRITE and not self.source.strip():
            raise ValueError("A rewrite needs the text to rewrite: give it as source.")
        least, most = self.lengths
        if least > most:
            raise ValueError(f"min_words ({least}) is above max_words ({most}).")
        return self

    @property
    def lengths(self) -> tuple[int, int]:
        """Fewest and most words; what is left out follows from the task and the other one."""
        least, most = (20, 80) if self.task is ArticleTask.CAPTION else (300, 900)
        if self.min_words is not None:
            least, most = self.min_words, max(most, min(2 * self.min_words, MAX_WORDS))
        if self.max_words is not None:
            most = self.max_words
            least = least if self.min_words is not None else min(least, (most + 1) // 2)
        return least, most

    def for_machine(self) -> ArticleOrder:
        """Give the order as the graph takes it."""
        least, most = self.lengths
        plain = self.model_dump(exclude={"min_words", "max_words", "keywords"})
        return ArticleOrder(**plain, keywords=tuple(self.keywords), min_words=least, max_words=most)


class NewContent(Input):
    """An item to make: with a `body` that you wrote, or, for an article, an `order` to write it.

    A topic stands in a month that is open, a blog post under a topic, a social post under a blog
    post; company DNA, personas, palettes and articles stand by themselves.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "company_id": "0198c1f0-0000-7000-8000-000000000000",
                    "kind": "article",
                    "order": {"task": "draft", "topic": "Caring for chains"},
                }
            ]
        }
    )

    company_id: UUID
    kind: Kind
    body: dict[str, Any] | None = None
    order: Order | None = None
    month: Month | None = None
    parent_id: UUID | None = None
    persona_id: UUID | None = None
    scheduled_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _says_what(self) -> NewContent:
        if (self.body is None) == (self.order is None):
            raise ValueError(
                "Give a body that you wrote, or an order for the machine: one of them."
            )
        if self.order is not None and self.kind is not Kind.ARTICLE:
            raise ValueError("Only articles are ordered; other kinds follow from an approval.")
        return self


class Made(Output):
    """The new item; `version` is 0 until the machine has written it. `job_ids` can be watched."""

    content_id: UUID
    version: int
    sha256: str
    status: str
    job_ids: list[UUID]


class Generation(Input):
    """What the new version should do otherwise. `version`: the one that you read, if any."""

    version: Number | None = None
    instructions: Wish = ""


class Generating(Output):
    """The job that writes the new version."""

    content_id: UUID
    job_id: UUID


@router.post("", status_code=201, response_model=Made)
async def create_content(request: Request, body: NewContent) -> Response:
    """Make an item by hand. It is checked next, and waits for a yes like any other."""
    async with acting(request) as act:
        company = await companies.get(act.connection, body.company_id)
        await act.write_in(company.organization_id)
        if body.scheduled_at is not None:
            refuse_out_of_reach(body.scheduled_at, datetime.now(UTC), company.timezone)
        given = ByHand(
            kind=body.kind,
            body=body.body,
            order=body.order.for_machine() if body.order else None,
            month=parse_month(body.month) if body.month else None,
            parent_id=body.parent_id,
            persona_id=body.persona_id,
            scheduled_at=body.scheduled_at,
        )

        async def work() -> Made:
            if given.order is not None:
                await refuse_over_budget(request, act, company)
            made = await making.make(
                act.connection,
                actor=act.actor,
                company=company,
                given=given,
                origin=origin_of(request),
            )
            return Made.model_validate(made)

        return await once(request, act, 201, work)


@router.post("/{content_id}/generate", status_code=202, response_model=Generating)
async def generate_content(request: Request, content_id: UUID, body: Generation) -> Response:
    """Have the machine write a new version of what nobody has approved. One of its three rounds."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        company = await companies.get(act.connection, item.company_id)
        await act.write_in(item.organization_id)

        async def work() -> Generating:
            await refuse_over_budget(request, act, company)
            job_id = await remaking.order_again(
                act.connection, actor=act.actor, content_id=content_id, origin=act.origin
            )
            if job_id is None:
                job_id = await remaking.remake(
                    act.connection,
                    actor=act.actor,
                    content_id=content_id,
                    origin=act.origin,
                    version=body.version,
                    instructions=body.instructions.strip(),
                )
            return Generating(content_id=content_id, job_id=job_id)

        return await once(request, act, 202, work)
