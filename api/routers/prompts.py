"""The prompt library: versions, labels, the way back, an organisation's own prompts.

The platform's are an administrator's; an organisation's own are its managers'. What does not
belong here: rules of prompts (`resources/prompt_library/`), experiments (`experiments.py`).
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field
from typing_extensions import TypeAliasType

from api.idempotency import once
from api.reach import readable, require_administrator, writable
from api.services import Acting, acting, origin_of, signed_in
from api.shapes import Input, Output
from posthub_assets.domain.errors import InvalidInput
from resources.database.repositories import prompt_changes, prompts
from resources.database.repositories.prompts import Place
from resources.prompt_library.differences import difference
from resources.prompt_library.files import parse
from resources.prompt_library.served import PromptVersion
from resources.prompt_library.template import MAX_NOTE_CHARS, Template, to_text

router = APIRouter(prefix="/v1/prompts", tags=["prompts"], dependencies=[Depends(signed_in)])

Code = Annotated[str, Path(pattern="^[A-Za-z][A-Za-z0-9_]{2,59}$")]
Language = TypeAliasType("Language", Literal["en", "cs", "fa", "uk"])
Label = TypeAliasType("Label", Literal["production", "candidate"])
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Own = Annotated[bool, Query(description="The organisation's own versions, not the platform's.")]


class ShelfOut(Output):
    """A prompt in a language: its versions' numbers. Without organisation it is the platform's."""

    organization_id: UUID | None
    code: str
    language: str
    kind: str
    newest: int
    newest_file: int | None
    production: int | None
    candidate: int | None
    share_percent: int | None


class Shelf(Output):
    """All prompts of the platform, and the organisation's own beside them."""

    items: list[ShelfOut]


class VersionHead(Output):
    """A version, without its words. `source` is `file` for what came with a release."""

    id: UUID
    organization_id: UUID | None
    code: str
    language: str
    version: int
    sha256: str
    source: str
    note: str
    created_by: UUID | None
    created_at: datetime


class PromptVersionOut(VersionHead):
    """A version. `text` is its file: change it and send it back for the next version."""

    kind: str
    temperature: Decimal | None
    max_tokens: int
    output: str
    variables: dict[str, str]
    system_text: str
    user_text: str
    text: str


class LabelOut(Output):
    """A label and the version that it names."""

    label: str
    language: str
    version: int
    updated_at: datetime


class Prompt(Output):
    """A prompt's versions, the newest first, and its labels."""

    code: str
    versions: list[VersionHead]
    labels: list[LabelOut]


class PromptDiff(Output):
    """Two versions side by side as a unified diff; empty where they say the same."""

    code: str
    language: str
    before: int
    after: int
    diff: str


class Owned(Input):
    """Whose prompt: an organisation's own where one is named, else the platform's."""

    organization_id: UUID | None = None


class NewVersion(Owned):
    """A prompt as its file says it, with the settings at its head."""

    text: Annotated[str, Field(max_length=900_000)]
    note: Annotated[str, Field(max_length=MAX_NOTE_CHARS)] = ""


class LabelMove(Owned):
    """Which version a label names from now on."""

    version: Number
    language: Language = "en"
    label: Label = "production"


class WayBack(Owned):
    """Which label goes back to what it named before."""

    language: Language = "en"
    label: Label = "production"


@router.get("")
async def list_prompts(request: Request, organization_id: UUID | None = None) -> Shelf:
    """List the prompts and which version of each is served. Marketers and above."""
    async with acting(request) as act:
        owner = await _reader(act, organization_id)
        rows = await prompts.shelf(act.connection, owner)
    return Shelf(items=[ShelfOut.model_validate(row) for row in rows])


@router.get("/{code}")
async def get_prompt(
    request: Request,
    code: Code,
    *,
    language: Language | None = None,
    organization_id: UUID | None = None,
    own: Own = False,
) -> Prompt:
    """Read a prompt's versions and labels, of every language where none is named."""
    async with acting(request) as act:
        place = await _place(act, code, language or "en", organization_id, own)
        mine = {"organization_id": place.organization_id}
        versions = await prompts.history(
            act.connection, place.code, language=language or "", **mine
        )
        if not versions:
            await prompts.need_version(act.connection, place)
        labels = await prompts.labels(act.connection, code=place.code, **mine)
    return Prompt(
        code=place.code,
        versions=[VersionHead.model_validate(one) for one in versions],
        labels=[LabelOut.model_validate(one) for one in labels if language in (None, one.language)],
    )


@router.get("/{code}/versions/{version}", operation_id="get_prompt_version")
async def get_version(
    request: Request,
    code: Code,
    *,
    version: Annotated[Number, Path()],
    language: Language = "en",
    organization_id: UUID | None = None,
    own: Own = False,
) -> PromptVersionOut:
    """Read one version with its words."""
    async with acting(request) as act:
        place = await _place(act, code, language, organization_id, own)
        return _told(await prompts.need_version(act.connection, place, version))


@router.get("/{code}/diff")
async def get_diff(
    request: Request,
    code: Code,
    *,
    before: Annotated[Number, Query(alias="from")],
    after: Annotated[Number, Query(alias="to")],
    language: Language = "en",
    organization_id: UUID | None = None,
    own: Own = False,
) -> PromptDiff:
    """Compare two versions of a prompt."""
    async with acting(request) as act:
        place = await _place(act, code, language, organization_id, own)
        was = await prompts.need_version(act.connection, place, before)
        now = await prompts.need_version(act.connection, place, after)
    found = difference(was, now, was=f"version {before}", now=f"version {after}")
    return PromptDiff(code=place.code, language=language, before=before, after=after, diff=found)


@router.post("/{code}/versions", status_code=201, response_model=PromptVersionOut)
async def create_version(request: Request, code: Code, body: NewVersion) -> Response:
    """Keep a prompt as a new version, which is served once a label names it.

    What says the same as the newest version is no new one: that one is given back.
    """
    template = await _parsed(code, body.text)
    async with acting(request) as act:
        owner = await _writer(act, body.organization_id)

        async def work() -> PromptVersionOut:
            return _told(await _created(request, act, template, owner, body.note))

        return await once(request, act, 201, work)


@router.post("/{code}/labels", response_model=PromptVersionOut)
async def move_label(request: Request, code: Code, body: LabelMove) -> Response:
    """Let a label name a version; `production` is served from the next job on."""
    async with acting(request) as act:
        owner = await _writer(act, body.organization_id)

        async def work() -> PromptVersionOut:
            made = await prompt_changes.set_label(
                act.connection,
                Place(code.upper(), body.language, owner),
                body.version,
                label=body.label,
                actor_id=act.person.id,
                origin=origin_of(request),
            )
            return _told(made)

        return await once(request, act, 200, work)


@router.post("/{code}/rollback", response_model=PromptVersionOut)
async def roll_back(request: Request, code: Code, body: WayBack) -> Response:
    """Let a label name again what it named before; twice goes back two."""
    async with acting(request) as act:
        owner = await _writer(act, body.organization_id)

        async def work() -> PromptVersionOut:
            found = await prompt_changes.rollback(
                act.connection,
                Place(code.upper(), body.language, owner),
                label=body.label,
                actor_id=act.person.id,
                origin=origin_of(request),
            )
            return _told(found)

        return await once(request, act, 200, work)


@router.put("/{code}/override")
async def put_override(request: Request, code: Code, body: NewVersion) -> PromptVersionOut:
    """Serve an organisation a prompt of its own, in place of the platform's. Managers and above."""
    template = await _parsed(code, body.text)
    async with acting(request) as act:
        owner = await writable(act, body.organization_id)
        made = await _created(request, act, template, owner, body.note)
        served = await prompt_changes.set_label(
            act.connection,
            prompt_changes.place_of(template, owner),
            made.version,
            actor_id=act.person.id,
            origin=origin_of(request),
        )
        return _told(served)


@router.delete("/{code}/override", status_code=204)
async def delete_override(
    request: Request, code: Code, language: Language = "en", organization_id: UUID | None = None
) -> Response:
    """Serve the platform's version again; the own versions are kept. Managers and above."""
    async with acting(request) as act:
        owner = await writable(act, organization_id)
        await prompt_changes.remove_override(
            act.connection,
            Place(code.upper(), language, owner),
            actor_id=act.person.id,
            origin=origin_of(request),
        )
    return Response(status_code=204)


async def _reader(act: Acting, given: UUID | None) -> UUID | None:
    """Give the organisation that somebody reads for; an administrator may name none."""
    if given is None and act.actor.is_admin:
        return None
    return await readable(act, given)


async def _place(
    act: Acting, code: str, language: str, organization_id: UUID | None, own: bool
) -> Place:
    owner = await _reader(act, organization_id)
    if own and owner is None:
        raise InvalidInput("Name the organization_id whose own it is.", field="organization_id")
    return Place(code.upper(), language, owner if own else None)


async def _writer(act: Acting, given: UUID | None) -> UUID | None:
    """Give whose prompt is changed; the platform's are an administrator's."""
    if given is None:
        require_administrator(act, "change the platform's prompts; name your organization_id")
        return None
    return await writable(act, given)


async def _created(
    request: Request, act: Acting, template: Template, owner: UUID | None, note: str
) -> PromptVersion:
    return await prompt_changes.create_version(
        act.connection,
        template,
        organization_id=owner,
        actor_id=act.person.id,
        note=note,
        origin=origin_of(request),
    )


async def _parsed(code: str, text: str) -> Template:
    """Read a prompt in a thread: a large one takes a second, and others are waiting."""
    template = await asyncio.to_thread(parse, text)
    if template.code != code.upper():
        raise InvalidInput(f"The text is of {template.code}, not of {code.upper()}.", field="text")
    return template


def _told(version: PromptVersion) -> PromptVersionOut:
    values = {
        name: getattr(version, name) for name in PromptVersionOut.model_fields if name != "text"
    }
    return PromptVersionOut.model_validate({**values, "text": to_text(version)})
