"""The library over HTTP: lists, lineage, favourites, links, and pictures that go."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Kind
from resources.ids import new_id
from resources.media_bucket import Bucket
from resources.media_store import MediaStore

pytestmark = pytest.mark.anyio

PNG = b"\x89PNG\r\n\x1a\n"
ASSETS = "/v1/media/assets"


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def client(api, seed, company):
    return api.known(await seed.person(company.organization_id))


@pytest.fixture
def media(app) -> MediaStore:
    found: MediaStore = app.state.services.media
    return found


async def an_asset(seed, media, company, data: bytes | None = None, **values: Any) -> Any:
    """Put a picture into the library as a worker would; give its id."""
    asset = new_id()
    data = data or PNG + asset.bytes
    sha256 = media.put(company.organization_id, data)
    owner = {"organization_id": company.organization_id, "sha256": sha256}
    known = await seed.rows(
        "SELECT 1 FROM posthub.media WHERE organization_id = :organization_id AND sha256 = :sha256",
        **owner,
    )
    size = {"media_type": "image/png", "size_bytes": len(data), "width_px": 6, "height_px": 4}
    if not known:
        await seed.insert("media", **owner, **size, origin="test")
    shape = {"company_id": company.id, "month": date(2026, 12, 1), "kind": "upload"}
    await seed.insert("media_asset", **{"id": asset, **owner, **size, **shape, **values})
    return asset


async def ids(client, **query: Any) -> list[str]:
    answer = await client.get(ASSETS, params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_lists_are_by_what_a_person_looks_for(client, seed, media, company):
    other = await seed.company(company.organization_id)
    show = (
        await client.post("/v1/shows", json={"company_id": str(company.id), "title": "A show"})
    ).json()["id"]
    stage = await an_asset(seed, media, company, filename="Stage_1.jpg", show_id=show)
    poster = await an_asset(
        seed, media, company, kind="formatted", format="poster", alt_text="Jeviště", is_ai=True
    )
    late = await an_asset(seed, media, other, month=date(2027, 1, 1), prompt="a STAGE at night")
    assert await ids(client) == [str(late), str(poster), str(stage)]
    for query, found in (
        ({"company": str(company.id)}, [poster, stage]),
        ({"show": show}, [stage]),
        ({"month": "2027-01"}, [late]),
        ({"kind": "formatted"}, [poster]),
        ({"format": "poster"}, [poster]),
        ({"is_ai": "true"}, [poster]),
        ({"is_ai": "false"}, [late, stage]),
        ({"q": "stage"}, [late, stage]),
        ({"q": "JEVIŠTĚ"}, [poster]),
        ({"q": "stage_"}, [stage]),
        ({"q": "%"}, []),
    ):
        assert await ids(client, **query) == [str(one) for one in found], query


async def test_lists_are_paged_without_a_gap(client, seed, media, company):
    made = [str(await an_asset(seed, media, company)) for _ in range(5)]
    found, cursor = [], None
    while True:
        here = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
        page = (await client.get(ASSETS, params=here)).json()
        found += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == made[::-1]


async def test_a_favourite_is_mine_alone(api, client, seed, media, company):
    mine, other = await an_asset(seed, media, company), await an_asset(seed, media, company)
    colleague = api.known(await seed.person(company.organization_id))
    for _ in range(2):
        assert (await client.put(f"{ASSETS}/{mine}/favourite")).status_code == 204
    assert await ids(client, favourite="true") == [str(mine)]
    assert await ids(client, favourite="false") == [str(other)]
    assert await ids(colleague, favourite="true") == []
    assert (await client.get(f"{ASSETS}/{mine}")).json()["is_favourite"] is True
    for _ in range(2):
        assert (await client.delete(f"{ASSETS}/{mine}/favourite")).status_code == 204
    assert await ids(client, favourite="true") == []


async def test_lineage_goes_up_to_the_upload_and_down_to_what_was_made(
    client, seed, media, company
):
    request, job = new_id(), new_id()
    owner = {"organization_id": company.organization_id, "company_id": company.id}
    await seed.insert(
        "media_request", id=request, **owner, month=date(2026, 12, 1), kind="image", mode="queued"
    )
    await seed.insert(
        "job", id=job, **owner, kind="create_generated_images", asset="generated_images",
        month=date(2026, 12, 1), status="completed", media_request_id=request, time_limit_s=180,
        cost_usd=Decimal("0.04"),
    )  # fmt: skip
    upload = await an_asset(seed, media, company, filename="stage.jpg", notes=["turned-upright"])
    drawn = await an_asset(
        seed, media, company, kind="generated", variation=2, derived_from=upload, is_ai=True,
        media_request_id=request, prompt="a stage", provider="gemini", model="m",
        cost_usd=Decimal("0.039"),
    )  # fmt: skip
    square = await an_asset(
        seed, media, company, kind="formatted", format="square", derived_from=drawn
    )
    gone = await an_asset(
        seed, media, company, kind="formatted", format="banner", derived_from=drawn,
        deleted_at=datetime.now(UTC),
    )  # fmt: skip
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.media_request SET chosen_asset_id = :a WHERE id = :r"),
            {"a": drawn, "r": request},
        )
    found = (await client.get(f"{ASSETS}/{square}")).json()
    assert [one["id"] for one in found["ancestors"]] == [str(drawn), str(upload)]
    middle = (await client.get(f"{ASSETS}/{drawn}")).json()
    assert [one["id"] for one in middle["children"]] == [str(square)], f"without {gone}"
    assert (middle["prompt"], middle["model"], middle["cost_usd"]) == (
        "a stage",
        "m",
        "0.039000000",
    )
    made_by = middle["made_by"]
    assert (made_by["request_id"], made_by["job_id"]) == (str(request), str(job))
    assert (made_by["is_chosen"], made_by["job_status"]) == (True, "completed")
    first = (await client.get(f"{ASSETS}/{upload}")).json()
    assert first["notes"][0]["says"] == "The picture was turned upright, as the camera says."
    assert first["made_by"] is None


async def test_a_picture_is_described_and_put_to_a_show_of_its_company(
    client, seed, media, company
):
    asset = await an_asset(seed, media, company)
    show = (
        await client.post("/v1/shows", json={"company_id": str(company.id), "title": "A show"})
    ).json()["id"]
    path = f"{ASSETS}/{asset}"
    said = (await client.patch(path, json={"alt_text": " A \n stage ", "show_id": show})).json()
    assert (said["alt_text"], said["show_id"]) == ("A stage", show)
    kept = (await client.patch(path, json={"alt_text": ""})).json()
    assert (kept["alt_text"], kept["show_id"]) == ("", show)
    assert (await client.patch(path, json={"show_id": None})).json()["show_id"] is None
    other = await seed.company(company.organization_id)
    theirs = await client.post("/v1/shows", json={"company_id": str(other.id), "title": "x"})
    refused = await client.patch(path, json={"show_id": theirs.json()["id"]})
    assert refused.status_code == 404


async def test_a_download_has_the_pictures_name_and_counts_as_use(client, seed, media, company):
    asset = await an_asset(seed, media, company, filename="Jeviště 1.jpg")
    old = datetime.now(UTC) - timedelta(days=80)
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.media_asset SET last_used_at = :old WHERE id = :id"),
            {"old": old, "id": asset},
        )
    answer = await client.get(f"{ASSETS}/{asset}/file")
    assert answer.content == PNG + asset.bytes
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Jevi%C5%A1t%C4%9B%201.png"
    )
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    used = (await client.get(f"{ASSETS}/{asset}")).json()["last_used_at"]
    assert datetime.fromisoformat(used) > datetime.now(UTC) - timedelta(minutes=5)


async def a_link(client, asset, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{ASSETS}/{asset}/link", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def path_of(link: dict[str, Any]) -> str:
    return str(httpx.URL(link["url"]).path)


async def test_a_link_gives_one_picture_to_anybody_for_its_time(
    *, api, app, client, seed, media, company
):
    asset = await an_asset(seed, media, company)
    link = await a_link(client, asset, lasts_s=60)
    left = datetime.fromisoformat(link["expires_at"]) - datetime.now(UTC)
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)
    opened = await api.stranger.get(path_of(link))
    assert (opened.status_code, opened.content) == (200, PNG + asset.bytes)
    assert opened.headers["cache-control"].startswith("private, max-age=")
    assert opened.headers["cross-origin-resource-policy"] == "cross-origin"
    tokens = app.state.services.file_tokens
    past = tokens.issue(company.organization_id, asset, datetime.now(UTC) - timedelta(seconds=1))
    over = await api.stranger.get(f"/v1/media/files/{past}")
    assert (over.status_code, over.json()["type"]) == (410, "urn:posthub:problem:link-expired")
    forged = path_of(link)[:-4] + "AAAA"
    assert (await api.stranger.get(forged)).status_code == 404
    for lasts_s in (0, 8 * 24 * 3600):
        wrong = await client.post(f"{ASSETS}/{asset}/link", json={"lasts_s": lasts_s})
        assert wrong.status_code == 422


async def test_a_link_ends_with_its_picture_and_with_its_company(api, client, seed, media, company):
    one, two = await an_asset(seed, media, company), await an_asset(seed, media, company)
    links = [await a_link(client, one), await a_link(client, two)]
    assert (await client.delete(f"{ASSETS}/{one}")).status_code == 204
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.company SET deleted_at = now() WHERE id = :id"),
            {"id": company.id},
        )
    assert [(await api.stranger.get(path_of(link))).status_code for link in links] == [404, 404]


async def test_links_are_counted_by_themselves_and_their_tokens_are_not_in_the_log(
    *, api, client, seed, media, company, caplog
):
    asset = await an_asset(seed, media, company)
    path = path_of(await a_link(client, asset))
    with caplog.at_level("INFO", "posthub.access"):
        opened = await api.stranger.get(path)
    assert opened.headers["ratelimit-policy"].startswith('"link"')
    assert "GET /v1/media/files/... 200" in caplog.text
    assert path.rpartition("/")[2] not in caplog.text


async def test_from_a_bucket_a_link_is_the_buckets_own(app, client, seed, company, bucket):
    services = app.state.services
    in_bucket = MediaStore(services.settings.home / "media", Bucket(bucket))
    app.state.services = replace(services, media=in_bucket)
    try:
        asset = await an_asset(seed, in_bucket, company)
        link = await a_link(client, asset, lasts_s=60)
        assert (await client.get(f"{ASSETS}/{asset}/file")).content == PNG + asset.bytes
        async with httpx.AsyncClient() as anybody:
            assert (await anybody.get(link["url"])).content == PNG + asset.bytes
        assert (await client.delete(f"{ASSETS}/{asset}")).status_code == 204
        async with httpx.AsyncClient() as anybody:
            assert (await anybody.get(link["url"])).status_code == 404, (
                "its file is gone from the bucket"
            )
    finally:
        app.state.services = services


async def test_the_file_of_a_deleted_picture_goes_unless_something_else_shows_it(
    client, seed, media, company
):
    data = PNG + b"shared" + company.id.bytes
    sha256 = hashlib.sha256(data).hexdigest()
    other = await seed.company(company.organization_id)
    ours = await an_asset(seed, media, company, data)
    theirs = await an_asset(seed, media, other, data)
    assert (await client.delete(f"{ASSETS}/{ours}")).status_code == 204
    assert media.open(company.organization_id, sha256) == data
    assert (await client.delete(f"{ASSETS}/{theirs}")).status_code == 204
    assert media.place.age_s(f"{company.organization_id}/{sha256[:2]}/{sha256}") is None
    (row,) = await seed.rows("SELECT erased_at FROM posthub.media WHERE sha256 = :s", s=sha256)
    assert row.erased_at is not None
    assert (await client.get(f"/v1/media/{sha256}")).status_code == 404
    assert (await client.delete(f"{ASSETS}/{ours}")).status_code == 404


@pytest.mark.parametrize(
    "user", ["an item", "a palette", "the journal", "a deleted company", "open work"]
)
async def test_a_file_that_is_used_elsewhere_stays(client, seed, media, company, user):
    asset = await an_asset(seed, media, company)
    sha256 = hashlib.sha256(PNG + asset.bytes).hexdigest()
    owner = {"organization_id": company.organization_id, "company_id": company.id}
    if user == "an item":
        body = {"media_sha256": sha256, "media_type": "image/png", "alt_text": "x"}
        await seed.item(company, kind=Kind.IMAGE, body=body)
    elif user == "a palette":
        await seed.item(company, kind=Kind.PALETTE, body={"media_sha256s": [sha256]})
    elif user == "the journal":
        await seed.insert(
            "generation", id=new_id(), **owner, kind="image", provider="local", model="m",
            nonce="n", request_hash="h", media_sha256=sha256, status="completed",
        )  # fmt: skip
    elif user == "a deleted company":
        other = await seed.company(company.organization_id, deleted_at=datetime.now(UTC))
        await an_asset(seed, media, other, PNG + asset.bytes)
    else:
        request = new_id()
        await seed.insert(
            "media_request", id=request, **owner, month=date(2026, 12, 1), kind="auto_format",
            mode="queued", source_sha256=sha256,
        )  # fmt: skip
        await seed.insert(
            "job", id=new_id(), **owner, kind="create_formatted_images", asset="formatted_images",
            month=date(2026, 12, 1), media_request_id=request, time_limit_s=180,
        )  # fmt: skip
    assert (await client.delete(f"{ASSETS}/{asset}")).status_code == 204
    assert media.open(company.organization_id, sha256) == PNG + asset.bytes


async def test_a_deleted_companys_picture_is_not_given_to_who_knows_its_hash(
    client, seed, media, company
):
    asset = await an_asset(seed, media, company)
    sha256 = hashlib.sha256(PNG + asset.bytes).hexdigest()
    assert (await client.get(f"/v1/media/{sha256}")).status_code == 200
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.company SET deleted_at = now() WHERE id = :id"),
            {"id": company.id},
        )
    assert (await client.get(f"/v1/media/{sha256}")).status_code == 404


async def test_without_the_assistant_the_library_is_shut_and_links_too(
    api, client, seed, media, company
):
    asset = await an_asset(seed, media, company)
    link = await a_link(client, asset)
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.organization SET media_assistant = false WHERE id = :id"),
            {"id": company.organization_id},
        )
    path = f"{ASSETS}/{asset}"
    answers = [
        await client.get(path),
        await client.get(f"{path}/file"),
        await client.patch(path, json={"alt_text": "x"}),
        await client.put(f"{path}/favourite"),
        await client.delete(path),
        await client.get(ASSETS, params={"company": str(company.id)}),
        await api.stranger.get(path_of(link)),
    ]
    assert [one.status_code for one in answers] == [403] * len(answers)
    assert await ids(client) == []
