"""A company's documents: what it knows about itself, sent as text or as a file."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, ValidationError

from api.idempotency import once
from api.routers.companies import writable_company
from api.services import acting, origin_of, signed_in
from api.shapes import Input, Output
from posthub_assets.domain.errors import InvalidInput
from resources.database.repositories import audit, companies, documents
from resources.database.repositories.documents import DOCUMENT, PUBLISHED_POST, NewDocument
from resources.documents import read_document

router = APIRouter(
    prefix="/v1/companies/{company_id}/documents",
    tags=["companies"],
    dependencies=[Depends(signed_in)],
)

Name = Annotated[str, Field(min_length=1, max_length=300)]
Purpose = Literal["document", "published_post"]


class DocumentIn(Input):
    """A text. Its name's ending says what it is: `about.md`, `prices.txt`, `history.html`."""

    name: Name
    text: str
    purpose: Purpose = "document"
    title: Annotated[str, Field(max_length=500)] = ""
    published_on: date | None = None


class DocumentOut(Output):
    """A stored document, without its text."""

    id: UUID
    purpose: str
    name: str
    title: str
    media_type: str
    sha256: str
    words: int
    published_on: date | None
    created_at: datetime


class Stored(DocumentOut):
    """A stored document, and what became of it."""

    outcome: Literal["created", "updated", "unchanged"]


class Documents(Output):
    """All documents of a company."""

    items: list[DocumentOut]


@router.get("")
async def list_documents(request: Request, company_id: UUID) -> Documents:
    """List what the company gave us."""
    async with acting(request) as act:
        row = await companies.get(act.connection, company_id)
        found = await documents.listed(act.connection, row.organization_id, row.id)
    return Documents(items=[DocumentOut.model_validate(one) for one in found])


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": DocumentIn.model_json_schema()},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("", status_code=201, response_model=Stored, openapi_extra=_BODY)
async def add_document(
    request: Request,
    company_id: UUID,
    name: Annotated[
        str | None, Query(max_length=300, description="of a file sent as it is")
    ] = None,
) -> Response:
    """Add or replace a document: JSON with its text, or a file of at most 10 MB with `?name=`."""
    async with acting(request) as act:
        await writable_company(act, company_id)
    # Reading a PDF takes seconds: no transaction waits for it, and no other request.
    new = await asyncio.to_thread(
        _read, name, request.headers.get("content-type", ""), await request.body()
    )
    async with acting(request) as act:
        row = await writable_company(act, company_id)

        async def work() -> Stored:
            counts = await documents.store(
                act.connection,
                organization_id=row.organization_id,
                company_id=row.id,
                language=row.language,
                documents=[new],
            )
            if not counts.unchanged:
                await companies.ask_for_sources(
                    act.connection, row.organization_id, row.id, act.person.id
                )
                await audit.record(
                    act.connection,
                    organization_id=row.organization_id,
                    actor_id=act.person.id,
                    action="document.store",
                    subject_kind="company",
                    subject_id=row.id,
                    after={"name": new.name, "sha256": new.sha256},
                    origin=origin_of(request),
                )
            found = await documents.listed(act.connection, row.organization_id, row.id)
            mine = next(one for one in found if (one.purpose, one.name) == (new.purpose, new.name))
            outcome = "created" if counts.created else "updated" if counts.updated else "unchanged"
            return Stored(**DocumentOut.model_validate(mine).model_dump(), outcome=outcome)

        return await once(request, act, 201, work)


def _read(name: str | None, content_type: str, body: bytes) -> NewDocument:
    if not content_type.lower().startswith("application/json"):
        if not name:
            raise InvalidInput("A file needs its name: add ?name=about.pdf.", field="name")
        found = read_document(_clean_name(name), body)
        return NewDocument(DOCUMENT, found.name, found.text, found.media_type, found.sha256)
    try:
        given = DocumentIn.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise InvalidInput(f"{field}: {first['msg']}", field=field) from None
    found = read_document(_clean_name(given.name), given.text.encode())
    is_post = given.purpose == PUBLISHED_POST
    return NewDocument(
        given.purpose,
        found.name,
        found.text,
        found.media_type,
        hashlib.sha256(given.text.encode()).hexdigest(),
        (given.title or found.name) if is_post else given.title,
        given.published_on,
    )


def _clean_name(name: str) -> str:
    parts = name.strip().split("/")
    if not name.isprintable() or any(part in ("", ".", "..") for part in parts):
        raise InvalidInput(f"{name[:80]!r} is not a name for a document.", field="name")
    return "/".join(parts)
