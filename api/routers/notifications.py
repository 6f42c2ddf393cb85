"""How a person wants to be told: e-mails, quiet hours, the zone they live by."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from api.services import acting, origin_of, signed_in
from api.shapes import Input, documented
from posthub_assets.domain.notifying.quiet_hours import read_preferences
from resources.database.repositories import audit, people_settings

router = APIRouter(
    prefix="/v1/me/notifications", tags=["notifications"], dependencies=[Depends(signed_in)]
)


TimeOfDay = Annotated[str, documented("^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Notifications(BaseModel):
    """Times are `HH:MM`; equal ones mean no quiet hours. `zone` null is the company's own."""

    email: bool
    quiet_from: str
    quiet_until: str
    zone: str | None


class NotificationsChange(Input):
    """What changes; the rest stays. `zone: null` goes back to the company's own."""

    email: bool | None = None
    quiet_from: TimeOfDay | None = None
    quiet_until: TimeOfDay | None = None
    zone: str | None = None


@router.get("")
async def get_notifications(request: Request) -> Notifications:
    """Read how I am told."""
    async with acting(request) as act:
        stored = await people_settings.notifications(act.connection, act.person.id)
    return Notifications(**read_preferences(stored).as_json())


@router.patch("")
async def change_notifications(request: Request, body: NotificationsChange) -> Notifications:
    """Change how I am told."""
    asked = body.model_dump(exclude_unset=True)
    async with acting(request) as act:
        stored = await people_settings.notifications(act.connection, act.person.id)
        before = read_preferences(stored).as_json()
        given = {
            name: value for name, value in asked.items() if value is not None or name == "zone"
        }
        after = read_preferences({**before, **given}).as_json()
        await people_settings.keep_notifications(act.connection, act.person.id, after)
        await audit.record(
            act.connection,
            organization_id=None,
            actor_id=act.person.id,
            action="user.notifications",
            subject_kind="user",
            subject_id=act.person.id,
            before=before,
            after=after,
            origin=origin_of(request),
        )
    return Notifications(**after)
