"""Search: items by what they say, in four languages, with the part that shows why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from api.routers.contents import ContentOut
from api.services import Acting, acting, signed_in
from api.shapes import Month, Output, Page, Pages
from posthub_assets.domain.calendar import parse_month
from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.searching.questions import Question, read_question
from posthub_assets.domain.searching.snippets import hits_in, snippet_of
from posthub_assets.domain.searching.texts import searched
from resources.database.repositories import companies, search
from resources.database.repositories.contents import ContentFilter
from resources.database.repositories.search import FoundRow

router = APIRouter(prefix="/v1/search", tags=["contents"], dependencies=[Depends(signed_in)])


class HitOut(Output):
    """A place in a text, from `start` up to `end`, counted in characters (code points)."""

    start: int
    end: int


class SnippetOut(Output):
    """The part of the item's text where most of the words stand: plain text, no HTML."""

    text: str
    hits: list[HitOut]


class Found(ContentOut):
    """An item that was found. `title_hits` are places in `title`."""

    title_hits: list[HitOut]
    snippet: SnippetOut


class FoundPage(Page[Found]):
    """A part of what was found. `total` counts all of it, on every page."""

    total: int


@router.get("")
async def search_contents(
    request: Request,
    paging: Pages,
    q: Annotated[
        str, Query(description='words, "phrases", -excluded words, and beginnings such as contr*')
    ],
    *,
    organization_id: UUID | None = None,
    company: UUID | None = None,
    month: Annotated[Month | None, Query()] = None,
    kind: Kind | None = None,
    status: Status | None = None,
    language: Annotated[str | None, Query(max_length=35)] = None,
) -> FoundPage:
    """Find items whose current version has all the words, in any of their forms.

    Those with all words in the title come first, then those with any, then the others; each the
    newest first.
    """
    question = read_question(q)
    after = paging.after(int, UUID)
    async with acting(request) as act:
        wanted = ContentFilter(
            await _organizations(act, organization_id, company),
            company,
            parse_month(month) if month else None,
            kind,
            status,
        )
        rows = await search.find(
            act.connection,
            question,
            wanted,
            language=language,
            after=(after[0], after[1]) if after else None,
            limit=paging.limit + 1,
        )
    total = rows[0].total if rows else 0
    shown, cursor = paging.page(list(rows), "place", "id")
    items = await asyncio.to_thread(_shown, shown, question)
    return FoundPage(items=items, next_cursor=cursor, total=total)


async def _organizations(
    act: Acting, organization_id: UUID | None, company: UUID | None
) -> tuple[UUID, ...] | None:
    """Give where to look. Raises NotFound for what the person does not see."""
    if company is not None:
        owner = (await companies.get(act.connection, company)).organization_id
        if organization_id not in (None, owner):
            raise NotFound("There is no such company in this organisation.")
        return (owner,)
    if organization_id is None:
        return act.organizations
    if act.actor.role_in(organization_id) is None:
        raise NotFound("There is no such organisation.")
    return (organization_id,)


def _shown(rows: Sequence[FoundRow], question: Question) -> list[Found]:
    return [_one(row, question) for row in rows]


def _one(row: FoundRow, question: Question) -> Found:
    language = row.item.language
    snippet = snippet_of(searched(row.body).text, language, question)
    return Found(
        **{**ContentOut.model_validate(row.item).model_dump(), "month": row.item.month},
        title_hits=[HitOut(**asdict(hit)) for hit in hits_in(row.item.title, language, question)],
        snippet=SnippetOut.model_validate(snippet),
    )
