"""Whose things a request is about: one organisation of the person, or the platform.

What does not belong here: who the person is (`services.py`), roles' rules (`domain/people.py`).
"""

from __future__ import annotations

from uuid import UUID

from api.services import Acting
from posthub_assets.domain.errors import Forbidden, InvalidInput, NotFound
from posthub_assets.domain.people import Role, refusal
from resources.database.repositories import companies, identity
from resources.database.repositories.companies import CompanyRow


async def readable(
    act: Acting, given: UUID | None, role: Role | None = None, what: str | None = None
) -> UUID:
    """Give the organisation that is asked about: the named one, or the person's only one.

    Raises NotFound for strangers and for one that is not there, Forbidden where the person's role
    is too low, InvalidInput where it has to be named. `role` is one beyond that of the table.
    """
    organization_id = given or act.only_organization()
    act.may(organization_id, role, what)
    if not await identity.organization_exists(act.connection, organization_id):
        raise NotFound("There is no such organisation.")
    return organization_id


async def writable(
    act: Acting, given: UUID | None, role: Role | None = None, what: str | None = None
) -> UUID:
    """Give the organisation as `readable` does, and make it the writable one."""
    organization_id = await readable(act, given, role, what)
    await identity.write_in(act.connection, organization_id)
    return organization_id


async def company_within(
    act: Acting, company_id: UUID | None, organization_id: UUID | None
) -> CompanyRow | None:
    """Give the company that is asked about, if any. Raises NotFound, InvalidInput."""
    if company_id is None:
        return None
    found = await companies.get(act.connection, company_id)
    if organization_id is not None and found.organization_id != organization_id:
        raise InvalidInput("The company belongs to another organisation.", field="company")
    return found


def require_administrator(act: Acting, what: str) -> None:
    """Refuse everybody but administrators. Raises Forbidden."""
    if not act.actor.is_admin:
        raise Forbidden(refusal(Role.ADMIN, what))
