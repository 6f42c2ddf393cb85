"""Organisations: the customers. Administrators make them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.idempotency import once
from api.services import acting, origin_of, signed_in
from api.shapes import Input, Output, Page, Pages
from posthub_assets.domain.errors import Forbidden
from resources.database.repositories import audit, identity

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
            return OrganizationOut(id=id_, **body.model_dump())

        return await once(request, act, 201, work)
