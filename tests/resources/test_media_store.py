"""Files by their hash: whole or not at all, and nothing altered is handed out."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from posthub_assets.domain.errors import NotFound, StorageError
from resources.ids import new_id
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
