"""Uploads: one picture or several at once, each taken in or refused with its reason.

The form is read piece by piece, and what is large goes to files that nobody sees; memory holds four
pictures at a time, of all requests together. Rows come first and then the file, within one
transaction, so that nobody takes a file away that was there already.
What does not belong here: how pictures are opened (`resources/receiving.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import IO, Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.idempotency import once
from api.problems import answer, problem
from api.routers.companies import writable_company
from api.routers.media_assets import AssetOut, NoteOut, leave_trace, notes_of
from api.services import Acting, acting, services_of, signed_in
from api.shapes import Input, Month, Output
from posthub_assets.domain.calendar import parse_month
from posthub_assets.domain.errors import Conflict, InvalidInput, RefusedPicture
from posthub_assets.domain.media.flags import MediaPart
from posthub_assets.domain.media.library import NewPicture
from posthub_assets.domain.media.looking import MAX_FILE_BYTES
from posthub_assets.domain.media.refusing import Reason, refusal
from resources.database.repositories import media_assets, media_flags, shows
from resources.database.repositories.companies import CompanyRow
from resources.database.repositories.media_assets import AssetRow
from resources.database.repositories.months import today_in
from resources.receiving import Reception

router = APIRouter(prefix="/v1/media/uploads", tags=["media"], dependencies=[Depends(signed_in)])

MOST_FILES = 20
MOST_FIELDS = 3 + MOST_FILES
MOST_FIELD_BYTES = 16 * 1024
IN_MEMORY_BYTES = 1024 * 1024
FORM = "multipart/form-data"
KNOWN_FIELDS = frozenset({"company_id", "show_id", "month", "alt_text", "file"})


class UploadForm(Input):
    """What goes with the pictures. The n-th `alt_text` belongs to the n-th `file`."""

    company_id: UUID
    show_id: UUID | None = None
    month: Month | None = None
    alt_text: list[Annotated[str, Field(max_length=2000)]] = Field(default_factory=list)


class RefusalOut(Output):
    """Why a file was not taken: `reason` is a stable code, `detail` a sentence."""

    type: str
    title: str
    status: int
    detail: str
    reason: str


class UploadOut(Output):
    """What became of one file: `known` where the company had this picture already."""

    filename: str
    outcome: Literal["accepted", "known", "refused"]
    asset: AssetOut | None = None
    notes: list[NoteOut] = Field(default_factory=list)
    problem: RefusalOut | None = None


class UploadsOut(Output):
    """What became of each file, in the order in which they were sent."""

    accepted: int
    known: int
    refused: int
    items: list[UploadOut]


@dataclass(slots=True)
class _Sent:
    """A file of the form, and what came of it: a picture with its bytes put aside, or a refusal."""

    filename: str
    upload: UploadFile
    alt_text: str
    sha256: str = ""
    picture: NewPicture | None = None
    kept: IO[bytes] | None = field(default=None, repr=False)
    refused: RefusedPicture | None = None


@dataclass(slots=True)
class _Place:
    """Where pictures go."""

    company: CompanyRow
    show_id: UUID | None
    month: date


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "title": "UploadBody",
                    "type": "object",
                    "required": ["company_id", "file"],
                    "properties": {
                        "company_id": {"type": "string", "format": "uuid"},
                        "show_id": {"type": "string", "format": "uuid"},
                        "month": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
                        "alt_text": {
                            "type": "array",
                            "items": {"type": "string", "maxLength": 2000},
                            "description": "The n-th belongs to the n-th file.",
                        },
                        "file": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": MOST_FILES,
                            "items": {"type": "string", "format": "binary"},
                            "description": "JPEG, PNG or WebP; 10 MB and 4000 x 4000 pixels each.",
                        },
                    },
                }
            }
        },
    }
}


@router.post("", status_code=201, response_model=UploadsOut, openapi_extra=_BODY)
async def upload_pictures(request: Request) -> Response:
    """Upload pictures: up to 20 in one form, 64 MB together.

    Each is taken in or refused by itself. Where none is taken, the answer is the problem of the
    first, with what became of each in `items`. The same picture again is the one that is there.
    """
    async with acting(request):  # who may not, need not send it all
        pass
    if not request.headers.get("content-type", "").lower().startswith(FORM):
        raise HTTPException(415, f"Send the pictures as a form: Content-Type: {FORM}.")
    try:
        form = await request.form(
            max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD_BYTES
        )
    except HTTPException as error:
        raise _form_refused(error) from None
    with ExitStack() as held:
        try:
            return await _taken(request, form, held)
        finally:
            await form.close()


def _form_refused(error: HTTPException) -> HTTPException:
    if error.status_code == 400 and "Too many files" in str(error.detail):
        return HTTPException(400, f"Send at most {MOST_FILES} pictures at once.")
    if error.status_code == 400:
        return HTTPException(400, f"The form cannot be read: {error.detail}")
    return error


async def _taken(request: Request, form: FormData, held: ExitStack) -> Response:
    fields, sent = _read(form)
    async with acting(request) as act:
        await _place(act, fields)
    asked = await _hash(fields, sent)
    await asyncio.gather(*(_receive(request, one, held) for one in sent))
    async with acting(request) as act:
        place = await _place(act, fields)
        if all(one.refused for one in sent):
            return _all_refused(request, sent)

        async def work() -> UploadsOut:
            return await _keep(request, act, place, sent)

        return await once(request, act, 201, work, asked=asked)


def _read(form: FormData) -> tuple[UploadForm, list[_Sent]]:
    """Read the form's fields and files. Raises InvalidInput that names the field."""
    given: dict[str, Any] = {}
    for name, value in form.multi_items():
        if name not in KNOWN_FIELDS:
            raise InvalidInput(f"The form has no field {name[:40]!r}.", field=name[:40])
        if isinstance(value, UploadFile) != (name == "file"):
            wanted = "a file" if name == "file" else "no file"
            raise InvalidInput(f"{name} is to be {wanted}.", field=name)
        if name in ("alt_text", "file"):
            given.setdefault(name, []).append(value)
        elif value or name == "company_id":
            given[name] = value
    uploads: list[UploadFile] = given.pop("file", [])
    if not uploads:
        raise InvalidInput("There is no picture in the form; send it as `file`.", field="file")
    try:
        fields = UploadForm.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "form"
        said = str(first["msg"]).removeprefix("Value error, ")
        raise InvalidInput(f"{where}: {said}", field=where) from None
    if len(fields.alt_text) > len(uploads):
        raise InvalidInput("There are more alt_texts than pictures.", field="alt_text")
    texts = [*fields.alt_text, *[""] * len(uploads)]
    return fields, [
        _Sent(_name(one.filename or ""), one, " ".join(alt_text.split()))
        for one, alt_text in zip(uploads, texts, strict=False)
    ]


def _name(given: str) -> str:
    """Give the last part of a file's name, without what cannot be shown or stored."""
    last = given.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable() and sign.encode(errors="replace"))
    return shown.encode(errors="replace").decode()[:200].strip()


async def _place(act: Acting, fields: UploadForm) -> _Place:
    company = await writable_company(act, fields.company_id)
    await media_flags.require(act.connection, company.organization_id, MediaPart.ASSISTANT)
    if fields.show_id is not None:
        await shows.get_of(act.connection, fields.show_id, company.id)
    today = today_in(company.timezone, datetime.now(UTC))
    month = parse_month(fields.month) if fields.month else today.replace(day=1)
    return _Place(company, fields.show_id, month)


async def _hash(fields: UploadForm, sent: Sequence[_Sent]) -> str:
    """Give a hash of what is asked for: the form's fields, and each file with its name."""
    digest = hashlib.sha256(fields.model_dump_json().encode())
    for one in sent:
        one.sha256 = await asyncio.to_thread(_digest_of, one.upload.file)
        digest.update(f"{len(one.filename)}:{one.filename}:{one.sha256}".encode())
    return digest.hexdigest()


def _digest_of(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


async def _receive(request: Request, one: _Sent, held: ExitStack) -> None:
    """Have a file opened and written anew; what comes of it is put aside."""
    services = services_of(request)
    async with services.uploads:
        try:
            if (one.upload.size or 0) > MAX_FILE_BYTES:
                what = f"The file has {(one.upload.size or 0) / 2**20:.1f} MB; 10 MB are the most."
                raise refusal(Reason.FILE_TOO_LARGE, what)
            await one.upload.seek(0)
            received = await Reception(services.scanner, services.darkroom).receive(
                await one.upload.read(),
                filename=one.filename,
                declared=one.upload.content_type or "",
                alt_text=one.alt_text,
            )
        except RefusedPicture as error:
            one.refused = error
            return
        one.picture = received.picture
        kept = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, prefix="posthub-upload-")  # noqa: SIM115
        one.kept = held.enter_context(kept)
        await asyncio.to_thread(kept.write, received.data)


async def _keep(request: Request, act: Acting, place: _Place, sent: Sequence[_Sent]) -> UploadsOut:
    """Write the pictures' rows and files, in the order of their hashes: two requests that bring
    the same pictures wait for each other, and not each for the other.
    """
    found: dict[int, UploadOut] = {}
    taken = [number for number, one in enumerate(sent) if one.picture is not None]
    for number in sorted(taken, key=lambda number: _picture(sent[number]).sha256):
        found[number] = await _keep_one(request, act, place, sent[number])
    items = [found[number] if number in found else _refused(one) for number, one in enumerate(sent)]
    counts = {
        name: sum(1 for one in items if one.outcome == name)
        for name in ("accepted", "known", "refused")
    }
    return UploadsOut(items=items, **counts)


async def _keep_one(request: Request, act: Acting, place: _Place, one: _Sent) -> UploadOut:
    picture, company = _picture(one), place.company
    id_ = await media_assets.add(
        act.connection,
        picture,
        organization_id=company.organization_id,
        company_id=company.id,
        month=place.month,
        show_id=place.show_id,
        created_by=act.person.id,
    )
    assert one.kept is not None
    one.kept.seek(0)
    data = await asyncio.to_thread(one.kept.read)
    await asyncio.to_thread(services_of(request).media.put, company.organization_id, data)
    if id_ is None:
        row = await _known(act, place, one)
    else:
        row = await media_assets.get(act.connection, id_, act.person.id)
        told = {"sha256": row.sha256, "filename": row.filename}
        await leave_trace(request, act, row, "media.upload", told)
    return UploadOut(
        filename=one.filename,
        outcome="known" if id_ is None else "accepted",
        asset=AssetOut.model_validate(row),
        notes=notes_of(list(picture.notes)),
    )


async def _known(act: Acting, place: _Place, one: _Sent) -> AssetRow:
    """Give the picture that is there; what it lacked and what is said now is added to it."""
    company, sha256 = place.company, _picture(one).sha256
    id_ = await media_assets.same_upload(
        act.connection, company.organization_id, company.id, sha256
    )
    if id_ is None:  # cleaned away in this moment, after 90 days
        raise Conflict(f"{one.filename} was deleted just now. Send it again.")
    row = await media_assets.get(act.connection, id_, act.person.id)
    moves = row.show_id is None and place.show_id is not None
    await media_assets.describe(
        act.connection,
        id_,
        alt_text=None if row.alt_text else one.alt_text,
        show_id=place.show_id if moves else row.show_id,
        moves=moves,
    )
    if _picture(one).is_ai:
        await media_assets.mark_as_ai(act.connection, id_)
    await media_assets.touch(act.connection, id_)
    return await media_assets.get(act.connection, id_, act.person.id)


def _picture(one: _Sent) -> NewPicture:
    assert one.picture is not None
    return one.picture


def _refused(one: _Sent) -> UploadOut:
    assert one.refused is not None
    return UploadOut(
        filename=one.filename,
        outcome="refused",
        problem=RefusalOut.model_validate(problem(one.refused)),
    )


def _all_refused(request: Request, sent: Sequence[_Sent]) -> Response:
    """Give the problem of the first file, with what became of each."""
    items = [_refused(one).model_dump(mode="json") for one in sent]
    first = next(one.refused for one in sent if one.refused is not None)
    return answer(request, {**problem(first), "items": items})
