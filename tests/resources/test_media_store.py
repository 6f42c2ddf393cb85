"""Files by their hash: whole or not at all, and nothing altered is handed out."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from posthub_assets.domain.errors import NotFound, StorageError
from resources.ids import new_id
from resources.media_bucket import Bucket
from resources.media_settings import BucketSettings
from resources.media_store import MediaStore


def test_bytes_are_stored_under_their_hash_and_read_back(tmp_path):
    store, owner = MediaStore(tmp_path / "media"), new_id()
    digest = store.put(owner, b"a picture")
    assert digest == hashlib.sha256(b"a picture").hexdigest()
    assert store.open(owner, digest) == b"a picture"


def test_the_same_bytes_are_kept_once(tmp_path):
    store, owner = MediaStore(tmp_path), new_id()
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(lambda _: store.put(owner, b"x" * 100_000), range(16)))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(digests) == len(files) == 1


def test_another_organisation_does_not_see_a_file(tmp_path):
    store = MediaStore(tmp_path)
    digest = store.put(new_id(), b"mine")
    with pytest.raises(NotFound):
        store.open(new_id(), digest)


def test_a_file_that_was_altered_is_not_handed_out(tmp_path):
    store, owner = MediaStore(tmp_path), new_id()
    digest = store.put(owner, b"signed bytes")
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    path.write_bytes(b"other bytes")
    with pytest.raises(StorageError, match="damaged"):
        store.open(owner, digest)


def test_a_half_written_file_has_no_full_name(tmp_path):
    store, owner = MediaStore(tmp_path), new_id()
    digest = hashlib.sha256(b"whole").hexdigest()
    folder = tmp_path / str(owner) / digest[:2]
    folder.mkdir(parents=True)
    (folder / ".part-killed").write_bytes(b"who")
    with pytest.raises(NotFound):
        store.open(owner, digest)
    store.put(owner, b"whole")
    assert store.open(owner, digest) == b"whole"


def test_a_disk_that_refuses_is_a_storage_error_that_names_the_file(tmp_path):
    (tmp_path / "media").write_text("a file stands where a folder should be")
    with pytest.raises(StorageError, match=r"calendar\.csv could not be written"):
        MediaStore(tmp_path / "media").put_derived(new_id(), "shop/2026-12/calendar.csv", b"x")


def test_a_derived_file_is_replaced_by_its_newer_self(tmp_path):
    store, owner = MediaStore(tmp_path), new_id()
    store.put_derived(owner, "shop/2026-12/calendar.csv", b"old")
    path = store.put_derived(owner, "shop/2026-12/calendar.csv", b"new")
    assert path.read_bytes() == b"new"
    assert [one.name for one in path.parent.iterdir()] == ["calendar.csv"]


@pytest.fixture(params=["folder", "bucket"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    """A store on disk, then one in a bucket: nobody who uses one has to know."""
    if request.param == "folder":
        return MediaStore(tmp_path / "media")
    return MediaStore(tmp_path / "media", Bucket(request.getfixturevalue("bucket")))


def test_wherever_they_are_bytes_come_back_by_their_hash_and_go_for_good(either):
    owner, other = new_id(), new_id()
    digest = either.put(owner, b"a picture")
    assert either.put(owner, b"a picture") == digest == hashlib.sha256(b"a picture").hexdigest()
    assert either.open(owner, digest) == b"a picture"
    with pytest.raises(NotFound):
        either.open(other, digest)
    assert either.erase(other, digest) is False
    assert [either.erase(owner, digest), either.erase(owner, digest)] == [True, False]
    with pytest.raises(NotFound):
        either.open(owner, digest)


def test_wherever_they_are_altered_bytes_are_not_handed_out(either):
    owner = new_id()
    digest = either.put(owner, b"signed bytes")
    either.place.write(f"{owner}/{digest[:2]}/{digest}", b"other bytes")
    with pytest.raises(StorageError, match="damaged"):
        either.open(owner, digest)


def test_wherever_they_are_derived_files_are_found_listed_and_taken_away(either):
    owner = new_id()
    for name in ("shop/2026-12/calendar.csv", "shop/2026-11/usage.csv", "shopping/a.csv"):
        either.put_derived(owner, name, name.encode())
    assert either.open_derived(owner, "shop/2026-12/calendar.csv") == b"shop/2026-12/calendar.csv"
    assert either.has_derived(owner, "shop/2026-11/usage.csv")
    assert either.where_derived(owner, "shop").endswith(f"{owner}/derived/shop")
    assert [name for name, _ in either.derived(owner)] == [
        f"{owner}/derived/shop/2026-11/usage.csv",
        f"{owner}/derived/shop/2026-12/calendar.csv",
        f"{owner}/derived/shopping/a.csv",
    ]
    assert [either.erase_derived(owner, one) for one in ("", "..", "shop/2026-12")] == [0, 0, 0]
    assert [either.erase_derived(owner, "shop"), either.erase_derived(owner, "shop")] == [2, 0]
    assert either.open_derived(owner, "shopping/a.csv")
    with pytest.raises(NotFound, match=r"There is no shop/2026-12/calendar\.csv yet"):
        either.open_derived(owner, "shop/2026-12/calendar.csv")


def test_wherever_they_are_what_was_just_stored_is_not_cleaned_away(either):
    owner = new_id()
    digest = either.put(owner, b"new")
    assert either.erase_unless_fresh(owner, digest) is False
    assert either.open(owner, digest) == b"new"
    assert either.erase_unless_fresh(owner, "0" * 64) is True, "there is nothing to remove"


def test_a_file_that_is_stored_again_is_young_again(tmp_path):
    store, owner = MediaStore(tmp_path), new_id()
    digest = store.put(owner, b"a picture")
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    os.utime(path, (time.time() - 7200, time.time() - 7200))
    store.put(owner, b"a picture")
    assert store.erase_unless_fresh(owner, digest) is False
    os.utime(path, (time.time() - 7200, time.time() - 7200))
    assert store.erase_unless_fresh(owner, digest) is True
    assert not path.exists()


def test_a_signed_link_of_a_bucket_gives_the_picture_as_what_it_is(bucket, tmp_path):
    store, owner = MediaStore(tmp_path, Bucket(bucket)), new_id()
    png = b"\x89PNG\r\n\x1a\n and so on"
    picture, page = store.put(owner, png), store.put(owner, b"<script>alert(1)</script>")
    answers = [httpx.get(store.link(owner, one, 60) or "") for one in (picture, page)]
    assert answers[0].content == png
    assert [one.headers["content-type"] for one in answers] == [
        "image/png",
        "application/octet-stream",
    ]
    assert MediaStore(tmp_path).link(owner, picture, 60) is None


def test_a_bucket_that_does_not_answer_is_a_storage_error_in_one_line(bucket, tmp_path):
    away = replace(bucket, endpoint="http://127.0.0.1:9")
    with pytest.raises(StorageError) as caught:
        MediaStore(tmp_path, Bucket(away)).open(new_id(), "0" * 64)
    said = str(caught.value)
    assert said.startswith(f"s3://{bucket.bucket}/of/posthub/")
    assert "\n" not in said and "a-key" not in said


def test_a_bucket_that_is_not_there_is_told_from_a_picture_that_is_not_there(
    bucket: BucketSettings, tmp_path: Path
) -> None:
    store = MediaStore(tmp_path, Bucket(replace(bucket, bucket="nowhere-at-all")))
    with pytest.raises(StorageError, match="could not be written"):
        store.put(new_id(), b"a picture")
    with pytest.raises(StorageError, match="could not be read"):
        store.open(new_id(), "0" * 64)


def test_a_link_that_cannot_be_signed_is_a_storage_error_in_one_line(bucket, monkeypatch):
    import obstore
    from obstore.exceptions import GenericError

    def no_keys(*_: object) -> str:
        raise GenericError("The machine gives out no keys.\nDebug source: …")

    monkeypatch.setattr(obstore, "sign", no_keys)
    with pytest.raises(StorageError, match="could not be signed for: The machine gives out no"):
        Bucket(bucket).link("a/b", 60)
