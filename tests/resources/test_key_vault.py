"""Keys: sealed, bound to their row, tried before they are kept, never shown."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text as sql

from posthub_assets.domain.errors import (
    InvalidInput,
    KeyRejected,
    StorageError,
    TransientProviderError,
)
from resources.database.engine import Scope
from resources.database.repositories import provider_keys, providers
from resources.ids import new_id
from resources.key_vault import KeyVault, OpenedKey
from resources.keyring import Keyrings

pytestmark = pytest.mark.anyio

KEY = "sk-planted0recognisable0key0ABCD"
OTHER = "sk-another0recognisable0key0WXYZ"


def rings(*extra: str) -> Keyrings:
    return Keyrings((*extra, Fernet.generate_key().decode()), (Fernet.generate_key().decode(),))


async def fine(provider: str, key: str) -> None:
    """A test call that goes well."""


@pytest.fixture
async def clean(owner_database):
    async with owner_database.engine.begin() as connection:
        await connection.execute(sql("SELECT set_config('posthub.organization_ids', '*', true)"))
        await connection.execute(
            sql("DELETE FROM posthub.provider_key WHERE organization_id IS NULL")
        )


@pytest.fixture
def vaults(factory_database, owner_database, clean):
    """The administrator's vault and the factory's, with the same keyrings."""
    keyrings = rings()
    return KeyVault(owner_database, keyrings), KeyVault(factory_database, keyrings)


async def test_the_organisations_own_key_goes_before_the_platforms(vaults, seed):
    admin, factory = vaults
    organization = await seed.organization()
    await admin.save("openai", KEY, organization_id=None, check=fine)
    opened = await factory.open(organization, "openai")
    assert (opened.key, opened.key_source, opened.last_four) == (KEY, "platform", "ABCD")
    await admin.save("openai", OTHER, organization_id=organization, check=fine)
    fresh = KeyVault(factory.database, factory.keyrings)
    opened = await fresh.open(organization, "openai")
    assert (opened.key, opened.key_source) == (OTHER, "organization")


async def test_a_key_of_the_environment_serves_where_none_is_kept(vaults, seed):
    _, factory = vaults
    organization = await seed.organization()
    with_one = replace(factory, from_environment={"openai": KEY})
    assert (await with_one.open(organization, "openai")).key == KEY
    with pytest.raises(KeyRejected, match="posthub keys add gemini"):
        await with_one.open(organization, "gemini")


async def test_a_key_that_the_vendor_refuses_is_not_kept(vaults, seed):
    admin, factory = vaults
    organization = await seed.organization()

    async def refuse(provider: str, key: str) -> None:
        raise KeyRejected("The vendor does not take it.", provider=provider)

    async def away(provider: str, key: str) -> None:
        raise TransientProviderError("Nobody answers.", provider=provider)

    for check in (refuse, away):
        with pytest.raises((KeyRejected, TransientProviderError)):
            await admin.save("openai", KEY, organization_id=organization, check=check)
    with pytest.raises(KeyRejected):
        await factory.open(organization, "openai")
    await admin.save("openai", KEY, organization_id=organization, check=None)
    assert (await factory.open(organization, "openai")).key == KEY


@pytest.mark.parametrize(
    ("provider", "key"),
    [("openai", ""), ("openai", "sk-has space in it"), ("gemini", KEY), ("stripe", KEY)],
)
async def test_what_is_no_key_is_refused_before_any_call(vaults, provider, key):
    admin, _ = vaults
    with pytest.raises(InvalidInput) as caught:
        await admin.save(provider, key, organization_id=None, check=None)
    assert not key or key not in str(caught.value)


async def test_behind_a_proxy_a_key_may_look_like_anything(vaults, seed):
    admin, _ = vaults
    proxied = replace(admin, proxied=frozenset({"openai"}))
    await proxied.save("openai", "any-key-of-a-proxy", organization_id=None, check=fine)


async def test_an_expired_key_is_not_used_and_says_so(vaults, seed):
    admin, factory = vaults
    organization = await seed.organization()
    today = datetime.now(UTC).date()
    with pytest.raises(InvalidInput, match="is over"):
        await admin.save(
            "openai", KEY, organization_id=organization, check=fine, expires_on=date(2020, 1, 1)
        )
    await admin.save("openai", KEY, organization_id=organization, check=fine, expires_on=today)
    assert (await factory.open(organization, "openai")).key == KEY
    async with admin.database.engine.begin() as connection:
        await connection.execute(
            sql("UPDATE posthub.provider_key SET expires_on = :day WHERE organization_id = :id"),
            {"day": today - timedelta(days=1), "id": organization},
        )
    with pytest.raises(KeyRejected, match="expired on"):
        await KeyVault(factory.database, factory.keyrings).open(organization, "openai")
    async with factory.database.transaction(Scope.of(organization)) as connection:
        chosen = await providers.chosen_for(connection, organization)
    assert "openai" not in factory.available(chosen, today)


async def test_a_ciphertext_opens_in_its_own_row_only(seed):
    keyrings, organization, other = rings(), new_id(), new_id()
    sealed = keyrings.seal(KEY, organization, "openai")
    assert keyrings.open(sealed, organization, "openai") == KEY
    with pytest.raises(StorageError, match="another place"):
        keyrings.open(sealed, other, "openai")
    with pytest.raises(StorageError, match="another place"):
        keyrings.open(sealed, organization, "gemini")
    with pytest.raises(StorageError, match="POSTHUB_ADMIN_KEYRING"):
        keyrings.open(sealed, None, "openai")


async def test_rotation_seals_every_key_anew_and_may_be_run_twice(vaults, seed):
    admin, factory = vaults
    organization = await seed.organization()
    await admin.save("openai", KEY, organization_id=organization, check=fine)
    await admin.save("openai", OTHER, organization_id=None, check=fine)
    old = admin.keyrings
    newer = Fernet.generate_key().decode()
    both = Keyrings((newer, *old.admin), (newer, *old.user))
    rotating = replace(admin, keyrings=both)
    # Keys of other tests are sealed with other rings; rotation is asked for these two only.
    mine = "SELECT ciphertext FROM posthub.provider_key WHERE organization_id = :id"
    (before,) = await seed.rows(mine, id=organization)
    async with admin.database.engine.begin() as connection:
        await connection.execute(sql("SELECT set_config('posthub.organization_ids', '*', true)"))
        await connection.execute(
            sql("DELETE FROM posthub.provider_key WHERE organization_id <> :id"),
            {"id": organization},
        )
    assert await rotating.rotate() == 2
    assert await rotating.rotate() == 2
    (after,) = await seed.rows(mine, id=organization)
    assert bytes(before.ciphertext) != bytes(after.ciphertext)
    only_new = KeyVault(factory.database, Keyrings((newer,), (newer,)))
    assert (await only_new.open(organization, "openai")).key == KEY


async def test_every_access_is_audited_and_ten_failures_are_told_once(vaults, seed):
    _, factory = vaults
    organization = await seed.organization()
    for _ in range(12):
        with pytest.raises(KeyRejected):
            await factory.open(organization, "gemini")
    rows = await seed.rows(
        "SELECT action FROM posthub.audit WHERE organization_id = :id", id=organization
    )
    actions = [row.action for row in rows]
    assert actions.count("provider_key.refused") == 12
    assert actions.count("provider_key.unusual_access") == 1
    told = await seed.rows(
        "SELECT * FROM posthub.outbox WHERE organization_id = :id", id=organization
    )
    assert [row.topic for row in told] == ["provider_key.unusual_access"]


async def test_an_opened_key_is_kept_so_that_a_call_is_not_an_access(vaults, seed):
    admin, factory = vaults
    organization = await seed.organization()
    await admin.save("openai", KEY, organization_id=organization, check=fine)
    for _ in range(5):
        await factory.open(organization, "openai")
    rows = await seed.rows(
        "SELECT action FROM posthub.audit WHERE organization_id = :id", id=organization
    )
    assert [row.action for row in rows].count("provider_key.open") == 1
    (row,) = await seed.rows(
        "SELECT last_used_at FROM posthub.provider_key WHERE organization_id = :id", id=organization
    )
    assert row.last_used_at is not None


async def test_keys_of_others_and_of_the_platform_are_hidden_from_the_factory(vaults, seed):
    admin, factory = vaults
    organization, stranger = await seed.organization(), await seed.organization()
    await admin.save("openai", KEY, organization_id=organization, check=fine)
    await admin.save("openai", OTHER, organization_id=None, check=fine)
    async with factory.database.transaction(Scope.of(stranger)) as connection:
        assert await provider_keys.listed(connection) == []
        assert await provider_keys.own(connection, organization, "openai") is None


async def test_the_api_cannot_ask_for_the_platforms_key(api_database, clean):
    async with api_database.transaction(Scope.of(new_id())) as connection:
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(sql("SELECT * FROM posthub.platform_key('openai')"))


async def test_a_planted_key_is_nowhere_to_be_seen(vaults, seed, caplog):
    admin, factory = vaults
    organization = await seed.organization()
    seen: list[str] = []
    with caplog.at_level(logging.DEBUG):
        await admin.save("openai", KEY, organization_id=organization, check=fine)
        opened = await factory.open(organization, "openai")
        seen += [repr(opened), repr(admin), repr(factory), repr(admin.keyrings)]
        wrong = KeyVault(factory.database, rings())
        with pytest.raises(StorageError) as caught:
            await wrong.open(organization, "openai")
        chain = caught.value
        while chain is not None:
            seen.append(repr(chain) + str(chain))
            chain = chain.__cause__ or chain.__context__
        await admin.delete("openai", organization_id=organization)
    for table in ("audit", "outbox", "provider_key"):
        rows = await seed.rows(
            f"SELECT to_jsonb(t)::text AS told FROM posthub.{table} t"  # noqa: S608
            " WHERE organization_id = :id",
            id=organization,
        )
        seen += [row.told for row in rows]
    seen.append(caplog.text)
    assert seen
    assert not [one for one in seen if KEY in one or KEY[3:-4] in one]


async def test_two_savings_at_once_leave_one_key(vaults, seed):
    import asyncio

    admin, _ = vaults
    organization = await seed.organization()
    await asyncio.gather(
        *(admin.save("openai", KEY, organization_id=organization, check=fine) for _ in range(4))
    )
    rows = await seed.rows(
        "SELECT * FROM posthub.provider_key WHERE organization_id = :id", id=organization
    )
    assert len(rows) == 1


def test_an_opened_key_tells_itself_apart_without_being_shown():
    one = OpenedKey("openai", KEY, "platform", "ABCD")
    other = OpenedKey("openai", OTHER, "platform", "WXYZ")
    assert one.fingerprint != other.fingerprint


async def test_an_administrator_opens_the_platforms_key_and_that_is_audited_too(vaults, seed):
    admin, _ = vaults
    await admin.save("openai", KEY, organization_id=None, check=fine)
    opened = await admin.open(None, "openai")
    assert (opened.key, opened.key_source) == (KEY, "platform")
    rows = await seed.rows(
        "SELECT action FROM posthub.audit WHERE organization_id IS NULL"
        " AND subject_kind = 'provider_key' ORDER BY at DESC LIMIT 1"
    )
    assert [row.action for row in rows] == ["provider_key.open"]
