"""Exports over HTTP: what is in the ZIP, what is never in it, who may have it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from posthub_assets.domain.content import content_hash
from resources.company_archive.tables import OF_COMPANY, OF_PERSON
from resources.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(seed):
    return await seed.company(name="The bakery")


@pytest.fixture
async def person(seed, company):
    return await seed.person(company.organization_id, "MANAGER")


@pytest.fixture
async def manager(api, person):
    return api.known(person)


async def taken(client, path: str) -> zipfile.ZipFile:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"data/{name}.jsonl").splitlines()]


async def test_a_company_comes_as_rows_and_media_and_each_entry_has_its_hash(
    app, seed, company, person, manager
):
    picture = app.state.services.media.put(company.organization_id, b"a picture")
    await seed.insert(
        "media",
        organization_id=company.organization_id,
        sha256=picture,
        media_type="image/png",
        size_bytes=9,
        origin="test",
    )
    await seed.insert(
        "generation",
        id=new_id(),
        organization_id=company.organization_id,
        company_id=company.id,
        kind="image",
        provider="local",
        request_hash="h",
        nonce="n",
        status="completed",
        media_sha256=picture,
        cost_usd="0.000000123",
    )
    item = await seed.item(company, body={"title": "Chléb", "faq": [15, {"q": "čí?"}]})
    await seed.item(await seed.company(company.organization_id, name="Another"))
    archive = await taken(manager, f"/v1/companies/{company.id}/export")
    manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["format"], manifest["version"]) == ("posthub-company", 1)
    assert manifest["exported_by"] == str(person.id)
    assert set(manifest["entries"]) | {"manifest.json"} == set(archive.namelist())
    for name, entry in manifest["entries"].items():
        data = archive.read(name)
        assert (entry["sha256"], entry["bytes"]) == (
            hashlib.sha256(data).hexdigest(),
            len(data),
        ), name
    assert [one["name"] for one in rows(archive, "company")] == ["The bakery"]
    (version,) = rows(archive, "versions")
    assert version["content_id"] == str(item.id)
    assert version["sha256"] == content_hash(version["body"])
    assert archive.read(f"media/{picture}") == b"a picture"
    assert b'"cost_usd": 0.000000123' in archive.read("data/calls.jsonl")
    (trace,) = await seed.rows(
        "SELECT action FROM posthub.audit WHERE actor_id = :id", id=person.id
    )
    assert trace.action == "company.export"


async def test_a_file_that_is_damaged_on_the_disk_is_named(app, seed, company, manager):
    await seed.insert(
        "media",
        organization_id=company.organization_id,
        sha256="ab" * 32,
        media_type="image/png",
        size_bytes=9,
        origin="test",
    )
    await seed.insert(
        "generation",
        id=new_id(),
        organization_id=company.organization_id,
        company_id=company.id,
        kind="image",
        provider="local",
        request_hash="h",
        nonce="n",
        status="completed",
        media_sha256="ab" * 32,
    )
    archive = await taken(manager, f"/v1/companies/{company.id}/export")
    assert json.loads(archive.read("manifest.json"))["missing"] == ["ab" * 32]


@pytest.mark.parametrize("role", ["SUPERVISOR", "MARKETER"])
async def test_managers_export_and_nobody_below(api, seed, company, role):
    client = api.known(await seed.person(company.organization_id, role))
    assert (await client.get(f"/v1/companies/{company.id}/export")).status_code == 403


async def test_my_export_holds_what_is_kept_about_me_and_no_secret(api, seed, company, person):
    client = await api.sign_in(person)
    made = await client.post("/v1/api-tokens", json={"name": "portal", "scopes": ["read"]})
    secret = made.json()["token"]
    other = await seed.person(company.organization_id)
    archive = await taken(client, "/v1/me/export")
    everything = b"".join(archive.read(name) for name in archive.namelist())
    (profile,) = rows(archive, "profile")
    assert (profile["id"], profile["email"]) == (str(person.id), person.email)
    assert [one["name"] for one in rows(archive, "api_tokens")] == ["portal"]
    assert len(rows(archive, "sessions")) == 1
    assert [one["role"] for one in rows(archive, "memberships")] == ["MANAGER"]
    assert {"auth.login", "user.export"} <= {one["action"] for one in rows(archive, "audit")}
    assert str(other.id).encode() not in everything and other.email.encode() not in everything
    hashes = await seed.rows(
        "SELECT password_hash AS secret FROM posthub.app_user WHERE id = :id"
        " UNION ALL SELECT token_hash FROM posthub.api_token WHERE user_id = :id"
        " UNION ALL SELECT t.token_hash FROM posthub.refresh_token t JOIN posthub.refresh_family f"
        " ON f.id = t.family_id WHERE f.user_id = :id",
        id=person.id,
    )
    assert len(hashes) == 3
    for one in (secret, *(row.secret for row in hashes)):
        assert one.encode() not in everything


async def test_no_part_of_an_archive_has_a_column_that_opens_anything(seed):
    named = await seed.rows(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'posthub' AND column_name ~ '(secret|password|token|hash)'"
        # Counted tokens, and hashes of what was asked and answered.
        " AND column_name !~ '(^tokens|_tokens$|request_hash)'"
    )
    keys = {(one.table_name, one.column_name) for one in named}
    assert ("app_user", "confirmation_hash") in keys and ("api_token", "token_hash") in keys
    for part in (*OF_COMPANY, *OF_PERSON):
        out = {column for table, column in keys if table == part.table} - set(part.without)
        assert not out, (part.name, out)


async def test_a_machine_takes_a_company_and_nothing_about_its_person(api, company, manager):
    made = await manager.post("/v1/api-tokens", json={"name": "m", "scopes": ["read"]})
    machine = api.client(authorization=f"Bearer {made.json()['token']}")
    assert (await machine.get("/v1/me/export")).status_code == 403
    await taken(machine, f"/v1/companies/{company.id}/export")
