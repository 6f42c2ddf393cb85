"""Keys and providers over HTTP; the vendors are a stand-in on this machine."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text as sql

from resources.ids import new_id
from resources.providers.loopback import Fault, LoopbackServer
from resources.settings import load_settings

pytestmark = pytest.mark.anyio

KEY = "a-planted-key-that-nobody-sees-0123"
VENDORS = ("gemini", "openai", "perplexity")
URL = "/v1/provider-keys/openai"
ADMIN = "/v1/admin/providers"


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    """The vendors."""
    with LoopbackServer() as running:
        yield running


@pytest.fixture(scope="module")
def api_settings(database_urls, tmp_path_factory, server):
    """Settings whose vendors are the stand-in."""
    ring = Fernet.generate_key().decode()
    return load_settings(
        {
            "POSTHUB_HOME": str(tmp_path_factory.mktemp("home")),
            "POSTHUB_API_DATABASE_URL": database_urls.api,
            "POSTHUB_SECRET_KEY": "a secret of the tests, longer than it must be",
            "POSTHUB_ADMIN_KEYRING": ring,
            "POSTHUB_USER_KEYRING": ring,
            "GEMINI_API_KEY": f"{KEY}-of-gemini",
            **{f"{one.upper()}_BASE_URL": server.base_url(one) for one in VENDORS},
        }
    )


async def swept(owner_database, organization_id) -> None:
    """Take away what other tests would count."""
    async with owner_database.engine.begin() as connection:
        await connection.execute(sql("SELECT set_config('posthub.organization_ids', '*', true)"))
        await connection.execute(
            sql("SELECT set_config('posthub.organization_id', :id, true)"),
            {"id": str(organization_id or "")},
        )
        for table in ("provider_key", "provider_setting"):
            await connection.execute(
                sql(
                    f"DELETE FROM posthub.{table} WHERE organization_id"  # noqa: S608
                    " IS NOT DISTINCT FROM CAST(:id AS uuid)"
                ),
                {"id": organization_id},
            )


@pytest.fixture
async def company(seed, owner_database):
    made = await seed.company()
    yield made
    await swept(owner_database, made.organization_id)


@pytest.fixture
async def manager(api, seed, company):
    return api.known(await seed.person(company.organization_id, "MANAGER"))


@pytest.fixture
async def admin(api, seed, owner_database):
    """An administrator, on a platform without settings of other tests."""
    await swept(owner_database, None)
    yield api.known(await seed.person(is_admin=True))
    await swept(owner_database, None)


async def audited(seed, organization_id, subject_kind="provider_key"):
    return await seed.rows(
        "SELECT * FROM posthub.audit WHERE organization_id IS NOT DISTINCT FROM"
        " CAST(:id AS uuid) AND subject_kind = :kind ORDER BY at, id",
        id=organization_id,
        kind=subject_kind,
    )


async def test_a_key_is_tried_kept_shown_by_its_end_tested_and_forgotten(seed, company, manager):
    saved = await manager.put(URL, json={"key": KEY, "expires_on": "2099-01-01"})
    assert saved.status_code == 200, saved.text
    assert (saved.json()["last_four"], saved.json()["expires_on"]) == ("0123", "2099-01-01")
    assert saved.json()["tested_at"]
    listed = (await manager.get("/v1/provider-keys")).json()["items"]
    assert [one["provider"] for one in listed] == ["openai"]
    tested = await manager.post(f"{URL}/test")
    assert (tested.status_code, tested.json()["ok"]) == (200, True), tested.text
    assert (await manager.delete(URL)).status_code == 204
    for again in (manager.get(URL), manager.delete(URL), manager.post(f"{URL}/test")):
        assert (await again).status_code == 404
    rows = await audited(seed, company.organization_id)
    assert [one.action.split(".")[1] for one in rows] == ["save", "open", "test", "delete"]
    assert all(one.actor_id for one in rows)


async def test_a_key_is_in_no_answer_no_log_line_and_no_audit_row(
    seed, company, manager, server, caplog
):
    caplog.set_level(logging.DEBUG)
    answers = [await manager.put(URL, json={"key": KEY})]
    server.plan("openai", Fault.BAD_REQUEST)
    answers.append(await manager.put(URL, json={"key": KEY}))
    server.plan("openai", Fault.KEY_REVOKED)
    answers.append(await manager.put(URL, json={"key": KEY}))
    server.plan("openai", Fault.BAD_REQUEST)
    answers.append(await manager.post(f"{URL}/test"))
    answers.append(await manager.put(URL, json={"key": KEY, "expires_on": "2020-01-01"}))
    answers.append(await manager.put(URL, json={"key": f"{KEY} with spaces"}))
    answers.append(await manager.put(URL, json={"key": KEY, "more": KEY}))
    answers.append(await manager.put(URL, json={"key": {"inside": KEY}}))
    broken = f'{{"key": "{KEY}" '.encode()
    for kind in ("application/json", "text/plain"):
        answers.append(await manager.put(URL, content=broken, headers={"content-type": kind}))
    answers.append(await manager.put(URL, json={"key": KEY * 20}))
    answers.append(await manager.get(URL))
    answers.append(await manager.get("/v1/provider-keys"))
    codes = [one.status_code for one in answers]
    assert codes == [200, 502, 502, 200, 422, 422, 422, 422, 422, 415, 422, 200, 200]
    assert not answers[3].json()["ok"]
    for answer in answers:
        assert KEY not in answer.text
        assert KEY not in str(answer.headers)
    assert KEY not in caplog.text
    rows = await audited(seed, company.organization_id)
    assert "refused" in {one.action.split(".")[1] for one in rows}
    assert KEY not in str([tuple(one) for one in rows])
    kept = await seed.rows(
        "SELECT ciphertext FROM posthub.provider_key WHERE organization_id = :id",
        id=company.organization_id,
    )
    assert KEY.encode() not in bytes(kept[0].ciphertext)


async def test_a_key_that_the_vendor_refuses_is_not_kept(seed, company, manager, server):
    server.plan("openai", Fault.KEY_REVOKED)
    answer = await manager.put(URL, json={"key": KEY})
    assert answer.status_code == 502
    assert answer.json()["type"].endswith(":key-rejected")
    assert (await manager.get(URL)).status_code == 404


async def test_below_a_manager_keys_are_out_of_reach(api, seed, company):
    client = api.known(await seed.person(company.organization_id, "MARKETER"))
    for answer in (
        await client.get("/v1/provider-keys"),
        await client.get(URL),
        await client.put(URL, json={"key": KEY}),
        await client.delete(URL),
        await client.post(f"{URL}/test"),
    ):
        assert answer.status_code == 403


async def test_a_stranger_gets_404_and_changes_nothing(api, seed, company, manager):
    assert (await manager.put(URL, json={"key": KEY})).status_code == 200
    stranger = api.known(await seed.person(await seed.organization(), "MANAGER"))
    mine = {"organization_id": str(company.organization_id)}
    for answer in (
        await stranger.get("/v1/provider-keys", params=mine),
        await stranger.get(URL, params=mine),
        await stranger.put(URL, json={"key": KEY, **mine}),
        await stranger.delete(URL, params=mine),
        await stranger.post(f"{URL}/test", params=mine),
    ):
        assert answer.status_code == 404
    assert (await manager.get(URL)).status_code == 200
    assert (await stranger.get("/v1/provider-keys")).json()["items"] == []


async def test_what_takes_no_key_is_404(manager):
    for name in ("local", "replicate", "no-such"):
        answer = await manager.put(f"/v1/provider-keys/{name}", json={"key": KEY})
        assert answer.status_code == 404


async def test_an_administrator_changes_a_provider_and_it_is_audited(seed, admin):
    before = (await admin.get(f"{ADMIN}/openai")).json()
    assert (before["is_enabled"], before["key"], before["makes"]) == (
        True,
        "none",
        ["image", "text"],
    )
    change = {
        "is_enabled": False,
        "monthly_budget_usd": "25.50",
        "requests_per_hour": 60,
        "models": {"text": "gpt-6-luna"},
    }
    after = await admin.put(f"{ADMIN}/openai", json=change)
    assert after.status_code == 200, after.text
    body = after.json()
    assert (body["is_enabled"], body["requests_per_hour"]) == (False, 60)
    assert Decimal(body["monthly_budget_usd"]) == Decimal("25.50")
    assert body["models"] == {"text": "gpt-6-luna"}
    cleared = (await admin.put(f"{ADMIN}/openai", json={"monthly_budget_usd": None})).json()
    assert (cleared["monthly_budget_usd"], cleared["requests_per_hour"]) == (None, 60)
    rows = [one for one in await audited(seed, None, "provider") if one.subject_id == "openai"]
    assert rows[-1].before["monthly_budget_usd"] == "25.50"
    assert "monthly_budget_usd" not in rows[-1].after
    assert rows[-1].actor_id


async def test_there_is_one_default_for_each_kind(admin):
    await admin.post(f"{ADMIN}/openai/set-default", json={})
    await admin.post(f"{ADMIN}/gemini/set-default", json={"kinds": ["text"]})
    found = {one["provider"]: one for one in (await admin.get(ADMIN)).json()["items"]}
    assert found["openai"]["default_for"] == ["image"]
    assert found["gemini"]["default_for"] == ["text"]
    assert found["gemini"]["key"] == "environment"
    assert found["local"]["key"] == "not needed"


@pytest.mark.parametrize(
    "change",
    [
        {"default_for": ["research"]},
        {"models": {"text": "no-such-model"}},
        {"models": {"research": "gpt-6-luna"}},
        {"monthly_budget_usd": "-1"},
        {"requests_per_hour": 0},
        {"api_key": KEY},
    ],
)
async def test_what_does_not_fit_a_provider_is_422(admin, change):
    answer = await admin.put(f"{ADMIN}/openai", json=change)
    assert answer.status_code == 422, answer.text
    assert KEY not in answer.text


async def test_the_platforms_key_is_tested_and_the_last_test_is_shown(admin, server):
    tested = await admin.post(f"{ADMIN}/gemini/test")
    assert (tested.status_code, tested.json()["ok"]) == (200, True), tested.text
    server.plan("gemini", Fault.UNAVAILABLE)
    failed = (await admin.post(f"{ADMIN}/gemini/test")).json()
    assert not failed["ok"]
    assert (await admin.get(f"{ADMIN}/gemini")).json()["last_test"]["ok"] is False
    without = (await admin.post(f"{ADMIN}/perplexity/test")).json()
    assert (without["ok"], KEY in str(without)) == (False, False)
    assert (await admin.post(f"{ADMIN}/local/test")).status_code == 404
    assert (await admin.get(f"{ADMIN}/no-such")).status_code == 404


async def test_what_a_provider_cost_this_month_is_the_journals(seed, company, admin):
    before = Decimal((await admin.get(f"{ADMIN}/perplexity")).json()["spent_this_month_usd"])
    await seed.insert(
        "generation",
        id=new_id(),
        organization_id=company.organization_id,
        company_id=company.id,
        kind="ResearchBrief",
        provider="perplexity",
        request_hash=str(new_id()),
        nonce="",
        status="completed",
        cost_usd=Decimal("0.125"),
    )
    after = Decimal((await admin.get(f"{ADMIN}/perplexity")).json()["spent_this_month_usd"])
    assert after - before == Decimal("0.125")


async def test_providers_are_administrators_alone(manager):
    for answer in (
        await manager.get(ADMIN),
        await manager.get(f"{ADMIN}/openai"),
        await manager.put(f"{ADMIN}/openai", json={"is_enabled": False}),
        await manager.post(f"{ADMIN}/openai/set-default", json={}),
        await manager.post(f"{ADMIN}/openai/test"),
    ):
        assert answer.status_code == 403


def test_the_api_starts_without_the_vendors_sdks():
    code = (
        "import sys; from api.app import create_app; create_app();"
        "print([one for one in ('openai', 'google.genai', 'perplexity', 'genai_prices')"
        " if one in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
