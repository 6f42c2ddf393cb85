"""What the two commands say to a wrong command line. No database is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from posthub_assets.cli import app
from posthub_assets.commands.backups import as_size


@pytest.fixture
def posthub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments, env={"POSTHUB_HOME": str(tmp_path / "home")})

    return run


def test_another_place_for_the_keys_is_refused(posthub, tmp_path):
    told = posthub("backup", str(tmp_path / "b.tar"), "--keys", "somewhere")
    assert told.exit_code == 1
    assert "it must be beside, inside or none" in told.stderr
    assert not (tmp_path / "home").exists()


def test_where_there_is_no_posthub_none_is_made(posthub, tmp_path):
    told = posthub("backup", str(tmp_path))
    assert told.exit_code == 1
    assert "There is no PostHub in" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_keeping_none_is_no_command_line(posthub, tmp_path):
    assert posthub("backup", str(tmp_path), "--keep", "0").exit_code == 2


@pytest.mark.parametrize("arguments", [["backup", "--verify"], ["restore"]])
def test_a_file_that_is_no_backup_is_refused_by_name(posthub, tmp_path, arguments):
    path = tmp_path / "photo.tar"
    path.write_bytes(b"JPEG" * 1000)
    told = posthub(*arguments, str(path))
    assert told.exit_code == 1
    assert str(path) in told.stderr
    assert not (tmp_path / "home").exists()


def test_a_file_that_is_not_there_is_told(posthub, tmp_path):
    told = posthub("restore", "nowhere.tar", "--into", "new")
    assert told.exit_code == 1
    assert "nowhere.tar cannot be read: No such file" in told.stderr
    assert not (tmp_path / "new").exists()


def test_sizes_are_told_as_people_say_them():
    assert [as_size(n) for n in (0, 999, 1000, 3_400_000, 5_000_000_000)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "3.4 MB",
        "5.0 GB",
    ]
