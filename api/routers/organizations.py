"""Organisations: the customers. Administrators make them, managers switch parts of them on."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.idempotency import once
from api.services import acting, origin_of, signed_in
from api.shapes import Input, Output, Page, Pages
from posthub_assets.domain.errors import Forbidden
from posthub_assets.domain.media.flags import MediaPart
from resources.database.repositories import audit, identity, media_flags

router = APIRouter(
    prefix="/v1/organizations", tags=["organizations"], dependencies=[Depends(signed_in)]
)


class NewOrganization(Input):
    """A customer to be."""

    name: Annotated[str, Field(min_length=1, max_length=identity.MAX_NAME_CHARS)]
    four_eyes: bool = False
    dna_gate: Literal["manual", "automatic"] = "manual"


class OrganizationOut(Output):
    """A customer."""

    id: UUID
    name: str
    four_eyes: bool
    dna_gate: str
    media_assistant: bool
    media_auto_format: bool
    media_ai_images: bool


class OrganizationChange(Input):
    """Parts of the media assistant to switch on or off; what is left out stays.

    With `media_assistant` off all of it is off.
    """

    media_assistant: bool | None = None
    media_auto_format: bool | None = None
    media_ai_images: bool | None = None


@router.get("")
async def list_organizations(request: Request, paging: Pages) -> Page[OrganizationOut]:
    """List the organisations that I may see."""
    after = paging.after(UUID)
    async with acting(request) as act:
        rows = await identity.organizations(
            act.connection, after=after[0] if after else None, limit=paging.limit + 1
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[OrganizationOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.post("", status_code=201, response_model=OrganizationOut)
async def create_organization(request: Request, body: NewOrganization) -> Response:
    """Make an organisation. Administrators only."""
    async with acting(request) as act:
        if not act.actor.is_admin:
            raise Forbidden("Only an administrator may make an organisation.")

        async def work() -> OrganizationOut:
            id_ = await identity.create_organization(act.connection, **body.model_dump())
            await audit.record(
                act.connection,
                organization_id=id_,
                actor_id=act.person.id,
                action="organization.create",
                subject_kind="organization",
                subject_id=id_,
                after=body.model_dump(),
                origin=origin_of(request),
            )
            return OrganizationOut.model_validate(await identity.organization(act.connection, id_))

        return await once(request, act, 201, work)


@router.get("/{organization_id}")
async def get_organization(request: Request, organization_id: UUID) -> OrganizationOut:
    """Read an organisation, with the parts of the media assistant that it has."""
    async with acting(request) as act:
        act.may(organization_id)
        row = await identity.organization(act.connection, organization_id)
    return OrganizationOut.model_validate(row)


@router.patch("/{organization_id}")
async def change_organization(
    request: Request, organization_id: UUID, body: OrganizationChange
) -> OrganizationOut:
    """Switch parts of the media assistant on or off. Managers and above."""
    async with acting(request) as act:
        await act.write_in(organization_id)
        before = await media_flags.read(act.connection, organization_id)
        wanted = {
            part: bool(getattr(body, part.value))
            for part in MediaPart
            if getattr(body, part.value) not in (None, getattr(before, part.value))
        }
        if wanted:
            await media_flags.switch(act.connection, organization_id, wanted)
            await audit.record(
                act.connection,
                organization_id=organization_id,
                actor_id=act.person.id,
                action="organization.media_assistant",
                subject_kind="organization",
                subject_id=organization_id,
                before={part.value: not on for part, on in wanted.items()},
                after={part.value: on for part, on in wanted.items()},
                origin=origin_of(request),
            )
        row = await identity.organization(act.connection, organization_id)
    return OrganizationOut.model_validate(row)
