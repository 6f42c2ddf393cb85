"""An archive is checked as a whole, and refused by the name of what is wrong with it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from posthub_assets.domain.content import content_hash
from posthub_assets.domain.errors import InvalidInput
from resources.company_archive import reading
from resources.company_archive.reading import opened
from resources.company_archive.tables import OF_COMPANY

PICTURE = b"a picture"
SHA256 = hashlib.sha256(PICTURE).hexdigest()
BODY = {"title": "How to mend a chain"}
ROWS = {
    "company": [{"id": "1", "name": "River Bicycles"}],
    "versions": [
        {"id": "2", "body": BODY, "sha256": content_hash(BODY)},
        {"id": "3", "body": None, "sha256": "a" * 64, "erased_at": "2026-11-27T12:00:00Z"},
    ],
}

Change = Callable[[dict[str, Any]], None]


def nothing(_: dict[str, Any]) -> None:
    """Leave the manifest as it is."""


def entries_of(rows: dict[str, list[dict[str, Any]]] = ROWS) -> dict[str, bytes]:
    names = [*(part.name for part in OF_COMPANY), "people"]
    data = {
        f"data/{name}.jsonl": "".join(json.dumps(row) + "\n" for row in rows.get(name, ())).encode()
        for name in names
    }
    return {**data, f"media/{SHA256}": PICTURE}


def archive(
    path: Path,
    entries: dict[str, bytes],
    *,
    change: Change = nothing,
    signed: dict[str, bytes] | None = None,
) -> Path:
    """Write an archive; the manifest tells of `signed`, where that is something else."""
    told: dict[str, Any] = {
        "format": "posthub-company",
        "version": 1,
        "entries": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in (signed or entries).items()
        },
    }
    change(told)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
        file.writestr("manifest.json", json.dumps(told))
    return path


def refused(path: Path, match: str) -> None:
    with pytest.raises(InvalidInput, match=match) as caught, opened(path):
        pass
    assert path.name in str(caught.value)


def test_an_archive_from_before_there_was_a_library_is_read(tmp_path):
    later = {f"data/{part.name}.jsonl" for part in OF_COMPANY if part.is_later}
    entries = {name: data for name, data in entries_of().items() if name not in later}
    assert len(entries) < len(entries_of())
    with opened(archive(tmp_path / "a.zip", entries)) as found:
        assert list(found.lines("pictures")) == []
        assert [json.loads(line)["name"] for line in found.lines("company")] == ["River Bicycles"]


def test_what_is_whole_is_read(tmp_path):
    with opened(archive(tmp_path / "a.zip", entries_of())) as found:
        assert [json.loads(line)["name"] for line in found.lines("company")] == ["River Bicycles"]
        assert (found.media, found.picture(SHA256)) == ([SHA256], PICTURE)


@pytest.mark.parametrize("name", [f"media/{SHA256}", "data/company.jsonl", "data/jobs.jsonl"])
def test_an_entry_that_was_changed_is_named(tmp_path, name):
    whole = entries_of()
    path = archive(tmp_path / "a.zip", {**whole, name: whole[name] + b"{}\n"}, signed=whole)
    refused(path, f"{name} is not what the manifest says; it was changed")


def test_entries_and_manifest_must_agree(tmp_path):
    whole = entries_of()
    less = {name: data for name, data in whole.items() if name != "data/checks.jsonl"}
    refused(
        archive(tmp_path / "a.zip", less, signed=whole),
        "data/checks.jsonl is in the manifest and not in the archive",
    )
    refused(archive(tmp_path / "b.zip", less), "data/checks.jsonl is missing")
    refused(
        archive(tmp_path / "c.zip", whole, signed=less),
        "data/checks.jsonl is in the archive and not in the manifest",
    )


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "data/../x.jsonl", "data/secrets.jsonl", "media/../../x",
     "media/" + "AB" * 32, "C:\\x", "data/"],
)  # fmt: skip
def test_an_entry_of_another_name_is_refused(tmp_path, name):
    refused(
        archive(tmp_path / "a.zip", {**entries_of(), name: b"x"}), "no entry of such an archive"
    )


def test_a_file_is_the_one_of_its_name(tmp_path):
    other = {**entries_of(), "media/" + "ab" * 32: b"something else"}
    refused(archive(tmp_path / "a.zip", other), "is not the file of that hash")


def test_an_entry_that_is_there_twice_is_refused(tmp_path):
    path = archive(tmp_path / "a.zip", entries_of())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as file:
        file.writestr("data/company.jsonl", b"")
    refused(path, "data/company.jsonl is in it twice")


def test_a_body_must_be_the_one_that_was_signed(tmp_path):
    changed = [{**ROWS["versions"][0], "body": {"title": "Other words"}}]
    emptied = [{**ROWS["versions"][0], "body": None}]
    broken = [{**ROWS["versions"][0], "body": {"number": 1.5}}]
    for number, versions in enumerate((changed, emptied, broken)):
        path = archive(tmp_path / f"{number}.zip", entries_of({**ROWS, "versions": versions}))
        refused(path, "data/versions.jsonl, row 1: the version's hash is not that of its body")


@pytest.mark.parametrize("line", [b"no json\n", b"[1]\n", b"[" * 100_000 + b"\n", b"\xff\xfe\n"])
def test_a_row_that_is_none_is_named(tmp_path, line):
    path = archive(tmp_path / "a.zip", {**entries_of(), "data/jobs.jsonl": b"{}\n" + line})
    refused(path, "data/jobs.jsonl, row 2: this is no")


def test_a_row_has_an_end(tmp_path):
    path = archive(tmp_path / "a.zip", {**entries_of(), "data/jobs.jsonl": b"{}"})
    refused(path, "data/jobs.jsonl ends within a row")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"version": 99}, "is of the format posthub-company 99; this PostHub reads"),
        ({"format": "posthub-person"}, "the export of a person; only a company is restored"),
        ({"format": "something"}, "is of the format something"),
        ({"entries": []}, "manifest.json cannot be read"),
        ({"entries": {"data/jobs.jsonl": {"sha256": 1}}}, "manifest.json cannot be read"),
    ],
)
def test_a_manifest_of_another_sort_is_refused(tmp_path, changes, match):
    refused(
        archive(tmp_path / "a.zip", entries_of(), change=lambda told: told.update(changes)), match
    )


def test_what_is_packed_to_burst_is_not_unpacked(tmp_path, monkeypatch):
    many = {**entries_of(), "data/company.jsonl": b"0" * (50 << 20)}
    refused(archive(tmp_path / "a.zip", many), "data/company.jsonl is packed to burst")
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    refused(archive(tmp_path / "b.zip", entries_of()), "bytes unpacked; 10 are the most")
    monkeypatch.setattr(reading, "MAX_ENTRIES", 3)
    refused(archive(tmp_path / "c.zip", entries_of()), "entries; 3 are the most")


def test_what_is_no_archive_is_refused(tmp_path):
    garbage = tmp_path / "garbage.zip"
    garbage.write_bytes(b"PK\x03\x04 and nothing more")
    refused(garbage, "is no ZIP, or a broken one")
    refused(tmp_path / "none.zip", "There is no file")
    whole = archive(tmp_path / "whole.zip", entries_of()).read_bytes()
    half = tmp_path / "half.zip"
    half.write_bytes(whole[: len(whole) // 2])
    refused(half, "is no ZIP, or a broken one")
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w"):
        pass
    refused(empty, "has no manifest.json")


def test_no_flipped_byte_of_an_entry_goes_unnoticed(tmp_path):
    whole = archive(tmp_path / "whole.zip", entries_of()).read_bytes()
    ends = whole.index(b"PK\x01\x02")
    flipped = tmp_path / "flipped.zip"
    noticed = 0
    for place in range(40, ends, 23):
        content = bytearray(whole)
        content[place] ^= 0x55
        flipped.write_bytes(content)
        try:
            with opened(flipped) as found:
                # A ZIP says some things twice; then the other place counts.
                assert [json.loads(line) for line in found.lines("company")] == ROWS["company"]
                assert found.picture(SHA256) == PICTURE
        except InvalidInput:
            noticed += 1
    assert noticed > 5
