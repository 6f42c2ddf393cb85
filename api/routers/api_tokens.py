"""Tokens for machines. They act as their person, in one organisation, as far as their scopes go."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, Field

from api.idempotency import once
from api.services import acting, origin_of, signed_in
from api.shapes import Input, Output, Page, Pages
from posthub_assets.domain.people import TokenScope
from resources.database.repositories import api_tokens, audit

router = APIRouter(prefix="/v1/api-tokens", tags=["api tokens"], dependencies=[Depends(signed_in)])


class NewApiToken(Input):
    """What the token is for, and how far it goes."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    scopes: Annotated[list[TokenScope], Field(min_length=1, max_length=len(TokenScope))]
    organization_id: UUID | None = None
    expires_at: AwareDatetime | None = None


class ApiTokenOut(Output):
    """A token without its secret."""

    id: UUID
    organization_id: UUID
    user_id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class MadeApiToken(ApiTokenOut):
    """A new token, with its secret, which is shown this once."""

    token: str | None


@router.get("")
async def list_api_tokens(
    request: Request, paging: Pages, organization_id: UUID | None = None
) -> Page[ApiTokenOut]:
    """List an organisation's tokens, the newest first. Marketers and above."""
    after = paging.after(UUID)
    async with acting(request) as act:
        chosen = organization_id or act.only_organization()
        await act.write_in(chosen)
        rows = await api_tokens.page(
            act.connection, chosen, after=after[0] if after else None, limit=paging.limit + 1
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[ApiTokenOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.post("", status_code=201, response_model=MadeApiToken)
async def create_api_token(request: Request, body: NewApiToken) -> Response:
    """Make a token that acts as you. Marketers and above.

    A replay under the same Idempotency-Key holds no secret: it is kept nowhere.
    """
    async with acting(request) as act:
        organization_id = body.organization_id or act.only_organization()
        await act.write_in(organization_id)

        async def work() -> MadeApiToken:
            row, token = await api_tokens.create(
                act.connection,
                organization_id=organization_id,
                user_id=act.person.id,
                name=body.name,
                scopes=body.scopes,
                expires_at=body.expires_at,
            )
            await audit.record(
                act.connection,
                organization_id=organization_id,
                actor_id=act.person.id,
                action="api_token.create",
                subject_kind="api_token",
                subject_id=row.id,
                after={"name": row.name, "scopes": row.scopes},
                origin=origin_of(request),
            )
            return MadeApiToken(**ApiTokenOut.model_validate(row).model_dump(), token=token)

        return await once(request, act, 201, work, withheld=("token",))


@router.delete("/{token_id}", status_code=204)
async def revoke_api_token(request: Request, token_id: UUID) -> None:
    """Make a token useless at once. Marketers and above."""
    async with acting(request) as act:
        row = await api_tokens.get(act.connection, token_id)
        await act.write_in(row.organization_id)
        await api_tokens.revoke(act.connection, row.id)
        await audit.record(
            act.connection,
            organization_id=row.organization_id,
            actor_id=act.person.id,
            action="api_token.revoke",
            subject_kind="api_token",
            subject_id=row.id,
            origin=origin_of(request),
        )
