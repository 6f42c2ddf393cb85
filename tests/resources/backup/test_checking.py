"""A backup that is not what was written is refused by name, before anything is written."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from posthub_assets.domain.errors import InvalidInput
from resources.backup.archive import PartWriter, check
from resources.backup.manifest import KeyNote, Manifest
from resources.backup.restoring import Wanted, restore_backup
from resources.settings import load_settings


def refused(path: Path, tmp_path: Path) -> str:
    """Give the sentence with which both reading and restoring refuse; nothing was written."""
    with pytest.raises(InvalidInput) as first:
        check(path)
    new_home = tmp_path / "new home"
    settings = load_settings({"POSTHUB_HOME": str(new_home)})
    with pytest.raises(InvalidInput) as second:
        restore_backup(settings, Wanted(path), lambda _: None)
    assert str(first.value) == str(second.value)
    assert str(path) in str(first.value)
    assert not new_home.exists()
    return str(first.value)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.99, 0.999])
def test_a_file_that_is_cut_off_is_refused(made, tmp_path, share):
    whole = made.path.read_bytes()
    path = tmp_path / "cut.tar"
    path.write_bytes(whole[: int(len(whole) * share)])
    refused(path, tmp_path)


def test_a_file_that_lost_only_its_last_part_is_refused(made, tmp_path):
    with tarfile.open(made.path) as tar:
        ends_at = tar.getmember("manifest.json").offset
    path = tmp_path / "cut.tar"
    path.write_bytes(made.path.read_bytes()[:ends_at])
    assert "its end is missing" in refused(path, tmp_path)


def test_one_changed_bit_in_any_part_is_refused_and_the_part_named(made, tmp_path):
    whole = made.path.read_bytes()
    with tarfile.open(made.path) as tar:
        members = tar.getmembers()
    for member in members:
        changed = bytearray(whole)
        changed[member.offset_data + member.size // 2] ^= 1
        path = tmp_path / "changed.tar"
        path.write_bytes(changed)
        told = refused(path, tmp_path)
        assert member.name in told or "manifest" in told


def rewritten(made, path: Path, change) -> Path:
    """Write the backup again with its members as `change` has them."""
    with tarfile.open(made.path) as source, tarfile.open(path, "w") as target:
        members = [(one, source.extractfile(one).read()) for one in source.getmembers()]
        for member, data in change(members):
            member.size = len(data)
            target.addfile(member, io.BytesIO(data))
    return path


def test_a_part_that_is_missing_is_named(made, tmp_path):
    path = rewritten(made, tmp_path / "less.tar", lambda all_: all_[1:])
    assert "posthub.dump is missing" in refused(path, tmp_path)


def test_a_part_that_was_put_in_is_named(home, made, tmp_path):
    name = f"media/{home.organization_id}/derived/more.csv"
    more = (tarfile.TarInfo(name), b"more")
    path = rewritten(made, tmp_path / "more.tar", lambda all_: [*all_[:-2], more, *all_[-2:]])
    assert f"{name} was put into it" in refused(path, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/etc/passwd",
        "media/00000000-0000-0000-0000-000000000000/derived/../../../../x",
        "home/.bashrc",
    ],
)
def test_a_part_with_a_name_of_its_own_choice_is_refused(made, tmp_path, name):
    more = (tarfile.TarInfo(name), b"evil")
    path = rewritten(made, tmp_path / "evil.tar", lambda all_: [*all_[:-2], more, *all_[-2:]])
    assert "does not belong into it" in refused(path, tmp_path)


def test_a_link_is_refused(made, tmp_path):
    link = tarfile.TarInfo("posthub.dump")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    path = rewritten(made, tmp_path / "link.tar", lambda all_: [all_[1], (link, b""), *all_[2:]])
    assert "does not belong into it" in refused(path, tmp_path)


def test_a_part_that_is_there_twice_is_refused(made, tmp_path):
    path = rewritten(made, tmp_path / "twice.tar", lambda all_: [all_[0], *all_])
    assert "posthub.dump is in it twice" in refused(path, tmp_path)


def test_other_files_are_no_backups(tmp_path):
    text_file = tmp_path / "letter.tar"
    text_file.write_text("Dear all, " * 500)
    refused(text_file, tmp_path)
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as tar:
        tar.addfile(tarfile.TarInfo("photos/one.jpg"), io.BytesIO())
    assert "is no backup of PostHub" in refused(other, tmp_path)
    refused(tmp_path, tmp_path / "x")
    refused(tmp_path / "nowhere.tar", tmp_path)


def written(path: Path, **values) -> Path:
    manifest = Manifest(
        **{
            "posthub": "9.9",
            "made_at": "2030-01-01T00:00:00+00:00",
            "migration": "9999",
            "postgres": 180000,
            "owner": "posthub_owner",
            "tables": {},
            "keys": KeyNote("none", (), (), 0, 0),
            **values,
        },
        parts={},
    )
    with path.open("w+b") as stream:
        writer = PartWriter(stream)
        writer.add("posthub.dump", [b"dump"])
        manifest.parts.update(writer.parts)
        writer.finish(manifest)
    return path


def test_a_backup_of_a_newer_posthub_says_so(tmp_path):
    with pytest.raises(InvalidInput, match="newer PostHub"):
        check(written(tmp_path / "format.tar", format=2))
    settings = load_settings({"POSTHUB_HOME": str(tmp_path / "home")})
    path = written(tmp_path / "revision.tar")
    with pytest.raises(InvalidInput, match="revision 9999, which this one does not know"):
        restore_backup(settings, Wanted(path), lambda _: None)
    assert not (tmp_path / "home").exists()


def test_long_parts_keep_their_length(tmp_path):
    path = tmp_path / "parts.tar"
    with path.open("w+b") as stream:
        writer = PartWriter(stream)
        for size in (0, 1, 511, 512, 513, 3_000_000):
            name = f"media/{'0' * 8}-0000-0000-0000-{'0' * 12}/derived/{'n' * 90}/{size}"
            writer.add(name, (b"x" * min(7919, size - at) for at in range(0, size, 7919)))
    with tarfile.open(path) as tar:
        assert [one.size for one in tar.getmembers()] == [0, 1, 511, 512, 513, 3_000_000]
