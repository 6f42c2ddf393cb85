"""`posthub keys ...`: keys of vendors, the platform's and organisations' own. Never shown.

What does not belong here: encryption (`resources/keyring.py`), audit (`resources/key_vault.py`).
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import typer

from posthub_assets.commands.ground import prepared_ground
from posthub_assets.commands.prompts import as_administrator
from posthub_assets.commands.providers import check_key
from posthub_assets.commands.speaking import counted, say, say_bad, say_good
from posthub_assets.commands.tables import table
from posthub_assets.domain.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from resources.database.engine import Database
    from resources.database.repositories.provider_keys import KeyRow

WARNED_BEFORE = timedelta(days=14)


def list_keys() -> None:
    """`posthub keys list`: what is kept, when it was used, when it ends."""
    from resources.database.repositories import identity, provider_keys

    async def read(
        connection: AsyncConnection, _: UUID | None
    ) -> tuple[Sequence[KeyRow], dict[UUID, str]]:
        names = {one.id: one.name for one in await identity.organizations(connection, limit=1000)}
        return await provider_keys.listed(connection), names

    rows, names = as_administrator(read)
    today = datetime.now(UTC).date()
    shown = [
        (
            one.provider,
            names.get(one.organization_id, "?") if one.organization_id else "platform",
            f"…{one.last_four}",
            _day(one.tested_at) or "untested",
            _day(one.last_used_at) or "never",
            _expiry(one.expires_on, today),
        )
        for one in rows
    ]
    for line in table(("PROVIDER", "OF", "KEY", "TESTED", "USED", "EXPIRES"), shown):
        say(line)
    if not rows:
        say("No key is kept. Keys of the environment count as well. Next: posthub keys add gemini")
    for one in rows:
        if one.expires_on and today <= one.expires_on <= today + WARNED_BEFORE:
            say_bad(f"The key of {one.provider} ends on {one.expires_on}.")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _expiry(expires_on: date | None, today: date) -> str:
    if expires_on is None:
        return "never"
    return f"{expires_on}{' (over)' if expires_on < today else ''}"


def add_key(
    provider: str, organization: str | None, expires: str | None, *, untested: bool
) -> None:
    """`posthub keys add`: ask for a key, try it, keep it. Raises InvalidInput, ProviderError."""
    expires_on = _read_date(expires)
    key = _ask_for_key(provider)

    async def check(name: str, given: str) -> None:
        await check_key(ground, name, given)

    async def save(database: Database) -> None:
        from resources.key_vault import open_vault

        await open_vault(ground.settings, database).save(
            provider,
            key,
            organization_id=await _organization(database, organization),
            check=None if untested else check,
            expires_on=expires_on,
        )

    with prepared_ground() as ground:
        ground.as_owner(save)
    say_good(f"The key of {provider} is kept{'' if untested else '; a test call went well'}.")
    say("Next: posthub providers list")


async def _organization(database: Database, name: str | None) -> UUID | None:
    from resources.database.engine import EVERYTHING
    from resources.database.repositories import identity

    if name is None:
        return None
    async with database.transaction(EVERYTHING) as connection:
        found = await identity.find_organization(connection, name)
    if found is None:
        raise NotFound(f"There is no organisation {name[:80]!r}.")
    return found


def _read_date(told: str | None) -> date | None:
    if told is None:
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise InvalidInput(f"{told!r} is not a date like 2027-03-31.", field="expires") from None


def _ask_for_key(provider: str) -> str:
    """Ask without showing it, or read a line that is piped in; never an argument."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    answer: str = typer.prompt(f"Key of {provider}", hide_input=True)
    return answer.strip()


def remove_key(provider: str, organization: str | None) -> None:
    """`posthub keys remove`. Raises NotFound."""

    async def work(database: Database) -> bool:
        from resources.key_vault import open_vault

        found = await _organization(database, organization)
        vault = open_vault(ground.settings, database)
        return await vault.delete(provider, organization_id=found)

    with prepared_ground() as ground:
        if not ground.as_owner(work):
            raise NotFound(f"No key of {provider} is kept there.")
    say_good(f"The key of {provider} is forgotten. Revoke it at the vendor's too.")


def rotate_keys() -> None:
    """`posthub keys rotate`: seal every key with the newest key of its ring."""

    async def work(database: Database) -> int:
        from resources.key_vault import open_vault

        return await open_vault(ground.settings, database).rotate()

    with prepared_ground() as ground:
        count = ground.as_owner(work)
    say_good(f"{counted(count, 'key')} sealed with the newest keyring.")
    say("The older Fernet keys may go out of POSTHUB_ADMIN_KEYRING and POSTHUB_USER_KEYRING now.")
