"""Saying no to paid work before it is asked for, where the budget is used up.

The till refuses every call that does not fit; this spares a person a job that can only fail.
What does not belong here: reserving and booking (`resources/gateway/till.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import Request

from api.services import Acting, services_of
from api.trials import vault_of
from posthub_assets.domain.providers import LOCAL, routes
from resources.database.repositories import limit_views, providers
from resources.database.repositories.companies import CompanyRow
from resources.database.repositories.limit_views import Amounts
from resources.limit_defaults import limit_defaults


async def refuse_over_budget(request: Request, act: Acting, company: CompanyRow) -> None:
    """Refuse text to be written where a limit of the company or organisation leaves nothing.

    Only what is bought with the platform's keys counts: `local` costs nothing, and an
    organisation's own key is its own affair. Raises BudgetExceeded.
    """
    chosen = await providers.chosen_for(act.connection, company.organization_id)
    available = vault_of(request).available(chosen, datetime.now(UTC).date())
    asked = routes("text", tuple(one.choice for one in chosen), available)
    if not asked or asked[0].provider == LOCAL or asked[0].key_source != "platform":
        return
    await refuse_without_room(request, act, company)


async def refuse_without_room(
    request: Request, act: Acting, company: CompanyRow, asked: Amounts | None = None
) -> None:
    """Refuse work on the platform's keys for which the limits leave no room.

    `asked` is the most that it may come to; without it there has to be something left. Raises
    BudgetExceeded.
    """
    defaults = limit_defaults(services_of(request).settings)
    owner = company.organization_id
    own = await limit_views.holding(act.connection, owner, company, defaults)
    limit_views.refuse_used_up(own, "company", asked)
    whole = await limit_views.holding(act.connection, owner, None, defaults)
    limit_views.refuse_used_up(whole, "organization", asked)
