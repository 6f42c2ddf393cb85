"""`posthub limits ...`: what an organisation or one of its companies may spend.

What does not belong here: counting (`resources/database/repositories/budgets.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from posthub_assets.commands.prompts import as_administrator
from posthub_assets.commands.providers import read_money
from posthub_assets.commands.speaking import say, say_good
from posthub_assets.commands.tables import table
from posthub_assets.domain.errors import InvalidInput, NotFound
from posthub_assets.domain.spending.forecast import TIER_CEILINGS
from posthub_assets.domain.spending.limits import Ceiling, Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from resources.database.repositories.companies import CompanyRow
    from resources.database.repositories.limits import LimitRow


def list_limits() -> None:
    """`posthub limits list`: what is written down, and what holds where nothing is."""
    from resources.database.repositories import limits

    async def read(connection: AsyncConnection, _: UUID | None) -> Sequence[LimitRow]:
        return await limits.listed(connection)

    rows = as_administrator(read)
    shown = [
        (
            one.organization,
            one.company or "all companies",
            one.period,
            *_amounts(one.requests, one.tokens, one.cost_usd),
        )
        for one in rows
    ]
    heads = ("ORGANISATION", "COMPANY", "PERIOD", "REQUESTS", "TOKENS", "USD")
    if shown:
        for line in table(heads, shown):
            say(line)
        say()
    say("A company's month without a written limit:")
    tiers = [(tier.value, *_amounts(*ceiling)) for tier, ceiling in TIER_CEILINGS.items()]
    for line in table(("TIER", "REQUESTS", "TOKENS", "USD"), tiers):
        say(line)


def _amounts(requests: object, tokens: object, usd: object) -> tuple[str, ...]:
    counts = tuple("no limit" if one is None else f"{one:,}" for one in (requests, tokens))
    return (*counts, "no limit" if usd is None else f"{usd:,.2f}")


def set_limit(
    organization: str | None,
    company: str | None,
    *,
    period: str,
    requests: int | None,
    tokens: int | None,
    usd: str | None,
    remove: bool,
) -> None:
    """`posthub limits set`. Raises InvalidInput, NotFound."""
    from resources.database.engine import Scope, set_scope
    from resources.database.repositories import limits

    if period not in ("day", "month"):
        raise InvalidInput("The period is day or month.", field="period")
    which: Period = "day" if period == "day" else "month"
    ceiling = Ceiling(requests, tokens, None if usd is None else read_money(usd))
    if ceiling.is_open and not remove:
        raise InvalidInput("Give --requests, --tokens or --usd; or --remove to take a limit away.")
    if any(number is not None and number < 0 for number in (requests, tokens)):
        raise InvalidInput("A limit is 0 or more.")

    async def write(connection: AsyncConnection, found: UUID | None) -> bool:
        of = await find_company(connection, company) if company else None
        owner = of.organization_id if of else found
        if owner is None:
            raise InvalidInput("Name a company, or an organisation with --organization.")
        await set_scope(connection, Scope(readable=None, writable=owner))
        return await limits.write(
            connection, owner, of.id if of else None, which, ceiling=None if remove else ceiling
        )

    if not as_administrator(write, organization):
        raise NotFound("There is no such limit to take away.")
    say_good("The limit holds from the next call on.")
    say("Next: posthub limits list")


async def find_company(connection: AsyncConnection, key: str) -> CompanyRow:
    """Find a company by its key. Raises NotFound."""
    from resources.database.repositories import companies

    found = await companies.find_by_partition_key(connection, key)
    if found is None:
        raise NotFound(f"There is no company {key[:80]!r}. Next: posthub company list")
    return found
