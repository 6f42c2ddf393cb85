"""An organisation's own keys of vendors. A key goes in and never comes out.

What does not belong here: the platform's choices (`providers.py`), encryption (`resources/`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, SecretStr

from api.reach import readable
from api.services import acting, origin_of, signed_in
from api.shapes import Input, Output
from api.trials import Trial, check, require_vendor, try_kept, vault_of
from posthub_assets.domain.errors import NotFound
from resources.database.repositories import provider_keys

router = APIRouter(
    prefix="/v1/provider-keys", tags=["providers"], dependencies=[Depends(signed_in)]
)


class NewKey(Input):
    """A key to keep in place of the one before. It is tried first."""

    organization_id: UUID | None = None
    key: Annotated[SecretStr, Field(max_length=500)]
    expires_on: date | None = None


class KeyOut(Output):
    """What may be shown of a key."""

    organization_id: UUID | None
    provider: str
    last_four: str
    created_at: datetime
    updated_at: datetime
    tested_at: datetime | None
    expires_on: date | None
    last_used_at: datetime | None


class Keys(Output):
    """All own keys of an organisation."""

    items: list[KeyOut]


@router.get("")
async def list_keys(request: Request, organization_id: UUID | None = None) -> Keys:
    """List the organisation's own keys by their last four characters. Managers and above."""
    _, rows = await _kept(request, organization_id)
    return Keys(items=rows)


@router.get("/{provider}")
async def get_key(request: Request, provider: str, organization_id: UUID | None = None) -> KeyOut:
    """Read what may be shown of one key. Managers and above."""
    require_vendor(provider)
    _, rows = await _kept(request, organization_id)
    return _of(provider, rows)


@router.put("/{provider}")
async def put_key(request: Request, provider: str, body: NewKey) -> KeyOut:
    """Try a key with one cheap call and keep it encrypted. Managers and above.

    A key that the vendor refuses, or that could not be tried, is not kept.
    """
    require_vendor(provider)
    owner, person = await _owner(request, body.organization_id)

    async def tried(name: str, key: str) -> None:
        await check(request, name, key)

    await vault_of(request).save(
        provider,
        body.key.get_secret_value(),
        organization_id=owner,
        check=tried,
        expires_on=body.expires_on,
        by=person,
        origin=origin_of(request),
    )
    _, rows = await _kept(request, owner)
    return _of(provider, rows)


@router.delete("/{provider}", status_code=204)
async def delete_key(
    request: Request, provider: str, organization_id: UUID | None = None
) -> Response:
    """Forget a key. Revoke it at the vendor's too. Managers and above."""
    require_vendor(provider)
    owner, person = await _owner(request, organization_id)
    vault = vault_of(request)
    gone = await vault.delete(provider, organization_id=owner, by=person, origin=origin_of(request))
    if not gone:
        raise NotFound(f"No own key of {provider} is kept.")
    return Response(status_code=204)


@router.post("/{provider}/test")
async def test_key(request: Request, provider: str, organization_id: UUID | None = None) -> Trial:
    """Make one cheap call with the key that is kept. Managers and above."""
    require_vendor(provider)
    owner, person = await _owner(request, organization_id)
    _, rows = await _kept(request, owner)
    _of(provider, rows)
    return await try_kept(request, provider, owner, person)


async def _owner(request: Request, given: UUID | None) -> tuple[UUID, UUID]:
    """Give the organisation and the person. No transaction stays open while a vendor is asked."""
    async with acting(request) as act:
        return await readable(act, given), act.person.id


async def _kept(request: Request, given: UUID | None) -> tuple[UUID, list[KeyOut]]:
    async with acting(request) as act:
        owner = await readable(act, given)
        rows = await provider_keys.listed(act.connection)
    return owner, [KeyOut.model_validate(one) for one in rows if one.organization_id == owner]


def _of(provider: str, rows: list[KeyOut]) -> KeyOut:
    for one in rows:
        if one.provider == provider:
            return one
    raise NotFound(f"No own key of {provider} is kept.")
