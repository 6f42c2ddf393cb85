"""What `posthub media` says of pictures, and how it ends. No database is needed."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from posthub_assets.cli import app
from posthub_assets.domain.media.provenance import (
    Action,
    MadeBy,
    SourceType,
    with_xmp,
    xmp_packet,
)
from resources.content_credentials import ContentCredentials, content_credentials
from resources.settings import load_settings

BY_MODEL = MadeBy(
    SourceType.TRAINED,
    datetime(2026, 11, 28, 2, 30, tzinfo=UTC),
    "a-model-2",
    "gemini",
    "images.create",
    3,
)
Posthub = Callable[..., Result]


def jpeg(level: int = 128) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), (level, 80, 40)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def posthub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Posthub:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments, env={"POSTHUB_HOME": str(tmp_path / "home")})

    return run


@pytest.fixture
def ours(tmp_path: Path) -> ContentCredentials:
    return content_credentials(load_settings({"POSTHUB_HOME": str(tmp_path / "home")}))


@pytest.fixture
def made(ours: ContentCredentials, tmp_path: Path) -> Path:
    """A formatted picture of a model."""
    first = ours.for_created(jpeg(), "image/jpeg", BY_MODEL)
    path = tmp_path / "poster.jpg"
    done_at = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
    path.write_bytes(
        ours.for_derived(first, jpeg(), "image/jpeg", Action.RESIZED, BY_MODEL, done_at=done_at)
    )
    return path


def test_a_whole_picture_tells_all_that_is_known_of_it(posthub, made):
    told = posthub("media", "verify", "poster.jpg")
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert lines[0] == "poster.jpg"
    assert lines[1] == (
        "  Credentials   whole; signed by PostHub, with a certificate that it made for itself"
    )
    assert lines[2] == "  Source        created using generative AI (trainedAlgorithmicMedia)"
    assert lines[3].startswith("  Made by       PostHub 0.")
    assert lines[4:8] == [
        "  Model         a-model-2 (gemini)",
        "  Prompt        images.create, version 3",
        "  When          2026-11-28T02:30:00Z",
        "  History       created by a-model-2, 2026-11-28T02:30:00Z",
    ]
    assert lines[8].endswith(", 2026-11-28T09:00:00Z")
    assert lines[8].startswith("                fitted to a format by PostHub 0.")
    assert len(lines) == 9


def test_one_altered_picture_among_whole_ones_ends_with_1(posthub, made, tmp_path):
    data = bytearray(made.read_bytes())
    data[-100] ^= 1
    (tmp_path / "bad.jpg").write_bytes(data)
    told = posthub("media", "verify", "poster.jpg", "bad.jpg")
    assert told.exit_code == 1
    assert "ALTERED after it was signed (assertion.dataHash.mismatch)" in told.stdout
    assert told.stdout.splitlines()[-1] == "2 files: 1 whole, 1 altered."


def test_a_picture_without_credentials_ends_with_1_and_what_its_xmp_says_is_told(posthub, tmp_path):
    (tmp_path / "plain.jpg").write_bytes(jpeg())
    (tmp_path / "marked.jpg").write_bytes(with_xmp(jpeg(), xmp_packet(BY_MODEL)))
    told = posthub("media", "verify", "plain.jpg", "marked.jpg")
    assert told.exit_code == 1
    assert told.stdout.splitlines() == [
        "plain.jpg",
        "  Credentials   none",
        "",
        "marked.jpg",
        "  Credentials   none",
        "  Source        created using generative AI (trainedAlgorithmicMedia); "
        "said by its XMP, which anybody can write",
        "",
        "2 files: 2 without credentials.",
    ]
    assert not (tmp_path / "home").exists()


def test_files_that_are_no_pictures_are_told_one_by_one(posthub, made, tmp_path):
    (tmp_path / "page.png").write_bytes(b"<html></html>")
    (tmp_path / "empty.webp").touch()
    told = posthub("media", "verify", "page.png", "empty.webp", "gone.jpg", "poster.jpg")
    assert told.exit_code == 1
    assert told.stdout.count("cannot be read: this is no whole JPEG, PNG, WebP or AVIF") == 2
    assert "gone.jpg\n  Credentials   cannot be read: No such file or directory" in told.stdout
    assert told.stdout.splitlines()[-1] == "4 files: 1 whole, 3 not readable."


def test_what_is_no_file_is_not_waited_for(posthub, tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    told = posthub("media", "verify", "pipe.jpg", "/dev/zero")
    assert told.exit_code == 1
    assert told.stdout.count("cannot be read: it is no file") == 2


def test_a_name_that_is_no_text_is_shown_all_the_same(posthub, made, tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / os.fsdecode(b"a\xff\x1b[2Jb.jpg")).write_bytes(made.read_bytes())
    told = posthub("media", "verify", "odd")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[0] == "odd/a??[2Jb.jpg"


def test_a_folder_is_looked_through_for_pictures(posthub, made, tmp_path):
    inside = tmp_path / "month" / "a"
    inside.mkdir(parents=True)
    (inside / "ONE.JPG").write_bytes(made.read_bytes())
    (inside / "two.jpeg").write_bytes(made.read_bytes())
    (inside / "notes.txt").write_text("no picture")
    (inside / ".part-three.jpg").write_bytes(b"half")
    told = posthub("media", "verify", "month")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1] == "2 files: 2 whole."


def test_a_folder_without_pictures_is_refused(posthub, tmp_path):
    (tmp_path / "month").mkdir()
    told = posthub("media", "verify", "month")
    assert told.exit_code == 1
    assert "There are no pictures in month." in told.stderr


def test_others_know_the_signer_with_the_certificate_that_they_were_given(posthub, made, tmp_path):
    given = posthub("media", "certificate", "--pem")
    assert given.exit_code == 0
    assert "PRIVATE" not in given.stdout
    (tmp_path / "posthub.pem").write_text(given.stdout)
    elsewhere = {"POSTHUB_HOME": str(tmp_path / "elsewhere")}
    told = CliRunner().invoke(app, ["media", "verify", "poster.jpg"], env=elsewhere)
    assert told.exit_code == 0
    assert "PostHub content credentials" in told.stdout
    assert "who is not known here" in told.stdout
    arguments = ["media", "verify", "--trust", "posthub.pem", "poster.jpg"]
    told = CliRunner().invoke(app, arguments, env=elsewhere)
    assert "signed by PostHub, with a certificate" in told.stdout


@pytest.mark.parametrize(
    ("content", "says"), [(None, "cannot be read"), (b"JPEG", "holds no certificates")]
)
def test_a_file_of_certificates_that_is_none_is_refused(posthub, made, tmp_path, content, says):
    if content:
        (tmp_path / "wrong.pem").write_bytes(content)
    told = posthub("media", "verify", "--trust", "wrong.pem", "poster.jpg")
    assert told.exit_code == 1
    assert f"wrong.pem {says}" in told.stderr


def test_who_signs_is_told_and_tried(posthub, tmp_path):
    told = posthub("media", "certificate")
    assert told.exit_code == 0
    assert "Signs           PostHub content credentials" in told.stdout
    assert "Certificate     made by this PostHub for itself" in told.stdout
    assert "It is on no trust list" in told.stdout


def test_a_key_that_others_may_read_does_not_stop_the_reading(posthub, made, tmp_path):
    (tmp_path / "home" / "content-credentials.pem").chmod(0o644)
    told = posthub("media", "verify", "poster.jpg")
    assert told.exit_code == 0
    assert "chmod 600" in told.stdout
    assert "who is not known here" in told.stdout


def test_without_a_file_it_is_no_command_line(posthub):
    assert posthub("media", "verify").exit_code == 2
