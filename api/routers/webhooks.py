"""Webhooks: endpoints that are told, their secrets, and what became of each message."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from api.idempotency import once
from api.services import Acting, acting, origin_of, services_of, signed_in
from api.shapes import Input, Output, Page, Pages, documented
from posthub_assets.domain.notifying import signing
from posthub_assets.domain.notifying.topics import EVERY_TOPIC, WEBHOOK_TOPICS, check_topics
from resources.database.repositories import audit, webhooks
from resources.database.repositories.webhooks import EndpointRow
from resources.ids import new_id
from resources.key_vault import open_vault
from resources.notifying.deliver import place_of
from resources.notifying.webhooks import check_target

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], dependencies=[Depends(signed_in)])
Topics = Annotated[
    list[Annotated[str, documented(enum=[EVERY_TOPIC, *WEBHOOK_TOPICS])]],
    Field(min_length=1, max_length=50, description="`*`, or topics by name"),
]
Url = Annotated[str, Field(min_length=1, max_length=2_000)]


class NewWebhook(Input):
    """Where to tell what. `organization_id` may be left out by who has exactly one."""

    organization_id: UUID | None = None
    url: Url
    topics: Topics = Field(default_factory=lambda: ["*"])


class WebhookChange(Input):
    """What changes; the rest stays."""

    url: Url | None = None
    topics: Topics | None = None
    is_active: bool | None = None


class WebhookOut(Output):
    """An endpoint. `disabled_because` says why we stopped; until `previous_until` two secrets
    sign."""

    id: UUID
    organization_id: UUID
    url: str
    topics: list[str]
    is_active: bool
    disabled_because: str | None
    previous_until: datetime | None
    created_at: datetime
    updated_at: datetime


class WebhookWithSecret(WebhookOut):
    """The secret is shown once, where it was made; null when the request is sent again."""

    secret: str | None


class TestSent(BaseModel):
    """The delivery of the test message; it is sent within seconds."""

    delivery_id: UUID


class DeliveryOut(Output):
    """A message to this endpoint. `next_at` counts while the status is `pending`."""

    id: UUID
    outbox_id: UUID
    topic: str
    status: str
    attempts: int
    next_at: datetime
    response_status: int | None
    error: str | None
    created_at: datetime
    delivered_at: datetime | None


@router.get("")
async def list_webhooks(request: Request, paging: Pages) -> Page[WebhookOut]:
    """List webhooks, the newest first. Marketers and above."""
    after = paging.after(UUID)
    async with acting(request) as act:
        rows = await webhooks.page(
            act.connection,
            act.where_allowed(),
            after=after[0] if after else None,
            limit=paging.limit + 1,
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[WebhookOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.post("", status_code=201, response_model=WebhookWithSecret)
async def create_webhook(request: Request, body: NewWebhook) -> Response:
    """Make a webhook and show its secret, this once. Marketers and above."""
    topics = check_topics(body.topics)
    _check_url(request, body.url)
    async with acting(request) as act:
        organization_id = body.organization_id or act.only_organization()
        await act.write_in(organization_id)

        async def work() -> WebhookWithSecret:
            id_, secret = new_id(), _new_secret()
            row = await webhooks.create(
                act.connection,
                endpoint_id=id_,
                organization_id=organization_id,
                url=body.url,
                topics=topics,
                secret=_sealed(request, secret, organization_id, id_),
                by=act.person.id,
            )
            await _note(request, act, row, "create", after={"url": row.url, "topics": row.topics})
            return _with_secret(row, secret)

        # A replay would show the secret a second time, and keep it where it is not sealed.
        return await once(request, act, 201, work, withheld=("secret",))


@router.get("/{webhook_id}")
async def get_webhook(request: Request, webhook_id: UUID) -> WebhookOut:
    """Read a webhook. Marketers and above."""
    async with acting(request) as act:
        row = await _mine(act, webhook_id)
    return WebhookOut.model_validate(row)


@router.patch("/{webhook_id}")
async def change_webhook(request: Request, webhook_id: UUID, body: WebhookChange) -> WebhookOut:
    """Change a webhook; `is_active: true` begins again where we had stopped."""
    topics = check_topics(body.topics) if body.topics is not None else None
    if body.url is not None:
        _check_url(request, body.url)
    async with acting(request) as act:
        before = await _mine(act, webhook_id)
        row = await webhooks.change(
            act.connection,
            webhook_id,
            url=body.url or before.url,
            topics=topics if topics is not None else before.topics,
            is_active=before.is_active if body.is_active is None else body.is_active,
        )
        await _note(request, act, row, "change", before=_facts(before), after=_facts(row))
    return WebhookOut.model_validate(row)


@router.delete("/{webhook_id}", status_code=204)
async def delete_webhook(request: Request, webhook_id: UUID) -> None:
    """Forget a webhook; what was still to be sent to it is not sent."""
    async with acting(request) as act:
        row = await _mine(act, webhook_id)
        await webhooks.delete(act.connection, webhook_id)
        await _note(request, act, row, "delete", before=_facts(row))


@router.post("/{webhook_id}/test", status_code=202, response_model=TestSent)
async def test_webhook(request: Request, webhook_id: UUID) -> Response:
    """Send a message of the topic `webhook.test` to this endpoint."""
    async with acting(request) as act:
        row = await _mine(act, webhook_id)

        async def work() -> TestSent:
            delivery_id = await webhooks.send_test(act.connection, row)
            await _note(request, act, row, "test")
            return TestSent(delivery_id=delivery_id)

        return await once(request, act, 202, work)


@router.post("/{webhook_id}/rotate-secret")
async def rotate_secret(request: Request, webhook_id: UUID) -> WebhookWithSecret:
    """Make a new secret and show it, this once; for 24 hours the old one signs as well."""
    async with acting(request) as act:
        before = await _mine(act, webhook_id)
        secret = _new_secret()
        sealed = _sealed(request, secret, before.organization_id, webhook_id)
        row = await webhooks.rotate(act.connection, webhook_id, sealed, signing.OVERLAP)
        await _note(request, act, row, "rotate_secret")
    return _with_secret(row, secret)


@router.get("/{webhook_id}/deliveries")
async def list_deliveries(request: Request, webhook_id: UUID, paging: Pages) -> Page[DeliveryOut]:
    """List what was sent to a webhook, the newest first."""
    after = paging.after(UUID)
    async with acting(request) as act:
        await _mine(act, webhook_id)
        rows = await webhooks.deliveries(
            act.connection, webhook_id, after=after[0] if after else None, limit=paging.limit + 1
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[DeliveryOut.model_validate(row) for row in shown], next_cursor=cursor)


async def _mine(act: Acting, webhook_id: UUID) -> EndpointRow:
    row = await webhooks.get(act.connection, webhook_id)
    await act.write_in(row.organization_id)
    return row


def _check_url(request: Request, url: str) -> None:
    allowed = services_of(request).settings.notify.webhooks_allow_private
    check_target(url, allow_private=allowed)


def _new_secret() -> str:
    return signing.secret_of(secrets.token_bytes(signing.SECRET_BYTES))


def _sealed(request: Request, secret: str, organization_id: UUID, endpoint_id: UUID) -> bytes:
    services = services_of(request)
    keyrings = open_vault(services.settings, services.database).keyrings
    return keyrings.seal(secret, organization_id, place_of(endpoint_id))


def _with_secret(row: EndpointRow, secret: str) -> WebhookWithSecret:
    shown = WebhookOut.model_validate(row).model_dump()
    return WebhookWithSecret(**shown, secret=secret)


def _facts(row: EndpointRow) -> dict[str, Any]:
    return {"url": row.url, "topics": row.topics, "is_active": row.is_active}


async def _note(
    request: Request,
    act: Acting,
    row: EndpointRow,
    what: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await audit.record(
        act.connection,
        organization_id=row.organization_id,
        actor_id=act.person.id,
        action=f"webhook.{what}",
        subject_kind="webhook",
        subject_id=row.id,
        before=before,
        after=after,
        origin=origin_of(request),
    )
