"""What the library keeps of people: they take it out, and their marks go with them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest

from resources.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(seed):
    return await seed.company()


async def an_asset(seed, company, **values: Any) -> Any:
    asset = new_id()
    owner = {"organization_id": company.organization_id, "sha256": asset.hex * 2}
    size = {"media_type": "image/png", "size_bytes": 1, "width_px": 1, "height_px": 1}
    await seed.insert("media", **owner, **size, origin="test")
    shape = {"id": asset, "company_id": company.id, "month": date(2026, 12, 1), "kind": "upload"}
    await seed.insert("media_asset", **shape, **owner, **size, **values)
    return asset


async def test_my_export_holds_my_favourites_and_what_i_brought(api, seed, company):
    person = await seed.person(company.organization_id)
    colleague = await seed.person(company.organization_id, password_hash=None)
    mine = await an_asset(seed, company, created_by=person.id)
    theirs = await an_asset(seed, company, created_by=colleague.id)
    client = await api.sign_in(person)
    made = await client.post("/v1/shows", json={"company_id": str(company.id), "title": "A show"})
    assert made.status_code == 201
    assert (await client.put(f"/v1/media/assets/{theirs}/favourite")).status_code == 204
    answer = await client.get("/v1/me/export")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        rows = {
            name: [json.loads(line) for line in archive.read(f"data/{name}.jsonl").splitlines()]
            for name in ("favourites", "shows", "pictures", "media_requests")
        }
    assert [one["asset_id"] for one in rows["favourites"]] == [str(theirs)]
    assert [one["id"] for one in rows["shows"]] == [made.json()["id"]]
    assert [one["id"] for one in rows["pictures"]] == [str(mine)]
    assert rows["media_requests"] == []


async def test_an_erased_persons_favourites_go_and_their_pictures_stay(api, seed, company):
    person = await seed.person(company.organization_id)
    colleague = await seed.person(company.organization_id, password_hash=None)
    asset = await an_asset(seed, company, created_by=person.id)
    for one in (person, colleague):
        await seed.insert(
            "media_favourite",
            organization_id=company.organization_id,
            user_id=one.id,
            asset_id=asset,
        )
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    answer = await manager.post(f"/v1/users/{person.id}/erasure", json={"confirm": person.email})
    assert answer.status_code < 300, answer.text
    left = await seed.rows(
        "SELECT user_id FROM posthub.media_favourite WHERE asset_id = :id", id=asset
    )
    assert [row.user_id for row in left] == [colleague.id]
    (row,) = await seed.rows("SELECT created_by FROM posthub.media_asset WHERE id = :id", id=asset)
    assert row.created_by == person.id, "an id without a name is nobody"
