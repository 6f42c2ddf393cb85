"""A folder's photos become pictures of the library, once each."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from resources.company_folder import Photo
from resources.media_store import MediaStore
from resources.photo_import import Album, take_photos
from resources.settings import load_settings

pytestmark = pytest.mark.anyio


def photo(folder: Path, name: str, data: bytes) -> Photo:
    (folder / name).write_bytes(data)
    return Photo(f"photos/{name}", folder / name, len(data), 40, 30)


def jpeg(color: str) -> bytes:
    kept = BytesIO()
    Image.new("RGB", (40, 30), color).save(kept, "JPEG")
    return kept.getvalue()


@pytest.fixture
async def album(seed) -> Album:
    company = await seed.company()
    person = await seed.person(company.organization_id)
    return Album(company.organization_id, company.id, person.id)


async def test_photos_are_taken_once_and_what_is_none_is_named(
    album, owner_database, seed, tmp_path
):
    settings = load_settings({"POSTHUB_HOME": str(tmp_path / "home")})
    photos = [
        photo(tmp_path, "stage.jpg", jpeg("red")),
        photo(tmp_path, "hall.jpg", jpeg("green")),
        photo(tmp_path, "torn.jpg", jpeg("blue")[:200]),
    ]
    taken = await take_photos(owner_database, settings, album, photos)
    assert taken.new == ("photos/stage.jpg", "photos/hall.jpg")
    (refused,) = taken.refused
    assert refused.name == "photos/torn.jpg" and "photos/torn.jpg" in refused.reason

    again = await take_photos(owner_database, settings, album, photos[:2])
    assert (again.new, again.known) == ((), 2)
    rows = await seed.rows(
        "SELECT filename, sha256, kind, created_by FROM posthub.media_asset"
        " WHERE company_id = :id ORDER BY filename",
        id=album.company_id,
    )
    assert [(row.filename, row.kind) for row in rows] == [
        ("hall.jpg", "upload"),
        ("stage.jpg", "upload"),
    ]
    store = MediaStore(settings.home / "media")
    assert all(store.open(album.organization_id, row.sha256) for row in rows)


async def test_nothing_is_taken_where_the_assistant_is_off(album, owner_database, seed, tmp_path):
    settings = load_settings({"POSTHUB_HOME": str(tmp_path / "home")})
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.organization SET media_assistant = false WHERE id = :id"),
            {"id": album.organization_id},
        )
    one = photo(tmp_path, "stage.jpg", jpeg("red"))
    taken = await take_photos(owner_database, settings, album, [one])
    assert (taken.new, taken.known) == ((), 0)
    assert "switched off" in taken.refused[0].reason
