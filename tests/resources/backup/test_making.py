"""A backup says what it holds, is whole under its name, and takes nothing of others away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound
from resources.backup.archive import check
from resources.backup.folder import Target, keys_path
from resources.backup.making import make_backup
from resources.backup.told_settings import told
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.database.urls import DatabaseUrls
from resources.media_store import media_store_of
from resources.settings import load_settings


def test_a_backup_is_whole_and_says_what_it_holds(home, made):
    checked = check(made.path)
    manifest = checked.manifest
    assert checked.digest == made.digest
    assert manifest.tables["posthub.organization"] == 1
    assert manifest.tables["posthub.media"] == manifest.media_files == 2
    assert "posthub.request_count" not in manifest.tables, "unlogged rows are no part of it"
    assert {"posthub.dump", "dagster.dump"} < set(manifest.parts)
    assert f"media/{home.organization_id}/derived/shop/2026-12/calendar.csv" in manifest.parts
    assert manifest.missing == ()


def test_only_its_owner_reads_a_backup_and_its_keys(made):
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.keys.stat().st_mode & 0o777 == 0o600


def test_any_tar_lists_a_backup(made):
    told = subprocess.run(["tar", "tf", made.path], capture_output=True, text=True, check=True)
    assert told.stdout.split()[-2:] == ["manifest.json", "manifest.sha256"]


def test_the_keys_are_beside_a_backup_and_not_in_it(home, made):
    secrets = json.loads((home.settings.home / "secrets.json").read_text())
    keys = json.loads(made.keys.read_text())
    assert keys["POSTHUB_SECRET_KEY"] == secrets["secret_key"]
    assert keys["POSTHUB_USER_KEYRING"] == secrets["user_keyring"][0]
    assert keys["files"] == {"admin.txt": "Password: open sesame\n"}
    whole = made.path.read_bytes()
    for secret in (secrets["secret_key"], secrets["user_keyring"][0], secrets["owner_password"]):
        assert secret.encode() not in whole


def test_the_keys_are_inside_where_that_is_asked_for(home, place):
    made = home.back_up(place / "inside.tar", keys="inside")
    assert made.keys is None
    assert not keys_path(made.path).exists()
    secrets = json.loads((home.settings.home / "secrets.json").read_text())
    assert secrets["secret_key"].encode() in made.path.read_bytes()
    assert check(made.path).manifest.keys.where == "inside"


def test_pictures_of_a_bucket_are_in_the_backup_like_those_on_disk(home, place, bucket):
    settings = replace(home.settings, media_bucket=bucket)
    on_disk, store = media_store_of(home.settings), media_store_of(settings)
    for sha256 in home.pictures:
        store.put(home.organization_id, on_disk.open(home.organization_id, sha256))
    store.put_derived(home.organization_id, "shop/2026-12/usage.csv", b"cost\n")
    made = replace(home, settings=settings).back_up(place / "bucket.tar")
    manifest = check(made.path).manifest
    assert (manifest.media_files, manifest.missing) == (2, ())
    assert f"media/{home.organization_id}/derived/shop/2026-12/usage.csv" in manifest.parts


def test_a_picture_that_is_lost_is_told_and_the_rest_is_kept(home, place):
    sha256 = home.pictures[0]
    path = home.settings.home / "media" / str(home.organization_id) / sha256[:2] / sha256
    kept = path.read_bytes()
    path.write_bytes(b"not what it was")
    try:
        made = home.back_up(place / "gaps.tar")
    finally:
        path.write_bytes(kept)
    assert made.manifest.missing == (f"media/{home.organization_id}/{sha256[:2]}/{sha256}",)
    assert check(made.path).manifest.media_files == 1


def test_a_file_that_is_there_is_not_written_over(home, made):
    before = made.path.read_bytes()
    with pytest.raises(InvalidInput, match="is there already"):
        home.back_up(made.path)
    assert made.path.read_bytes() == before


def test_in_a_folder_the_oldest_of_ours_give_way_and_nothing_else(home, place):
    folder = place / "nightly"
    folder.mkdir()
    foreign = [
        folder / "posthub-00000000-20200101T000000Z.tar",  # another home's
        folder / "posthub-old.tar",
        folder / "letters.txt",
    ]
    for one in foreign:
        one.write_text("mine")
    first = home.back_up(folder, keep=2)
    older = [first.path.with_name(first.path.name[:17] + f"20200101T00000{n}Z.tar") for n in (1, 2)]
    for one in older:
        one.write_bytes(first.path.read_bytes())
        keys_path(one).write_text("{}")
    time.sleep(1.1)  # a name tells the second
    second = home.back_up(folder, keep=2)
    assert second.removed == tuple(older)
    left = {one.name for one in folder.iterdir()}
    mine = {first.path.name, second.path.name, first.keys.name, second.keys.name}
    assert left == mine | {one.name for one in foreign}


def test_keep_is_for_a_folder(home, place):
    with pytest.raises(InvalidInput, match="--keep is for a folder"):
        home.back_up(place / "one.tar", keep=3)


def test_a_backup_that_is_stopped_leaves_nothing(home, place):
    def stop(_told: str) -> None:
        raise KeyboardInterrupt

    before = set(place.iterdir())
    with pytest.raises(KeyboardInterrupt):
        target = Target(place / "stopped.tar")
        make_backup(home.settings, home.urls, target, keys="beside", say=stop)
    assert set(place.iterdir()) == before


def test_a_backup_that_was_killed_leaves_no_file_under_its_name_and_can_be_made_again(home, place):
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from resources.backup.folder import Target\n"
        "from resources.backup.making import make_backup\n"
        "from resources.database.embedded import resolve_database\n"
        "from resources.settings import load_settings\n"
        "s = load_settings({'POSTHUB_HOME': sys.argv[1]})\n"
        "kill = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "make_backup(s, resolve_database(s), Target(Path(sys.argv[2])), keys='beside', say=kill)\n"
    )
    target = place / "killed.tar"
    command = [sys.executable, "-c", script, str(home.settings.home), str(target)]
    root = Path(__file__).resolve().parents[3]
    ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(root)}, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not target.exists()
    assert home.back_up(target).path == target
    assert check(target).manifest.media_files == 2
    assert not target.with_name("killed.tar.part").exists()


def test_two_backups_into_one_file_do_not_mix(home, place):
    target = place / "twice.tar"
    refused = []

    def second(_told: str) -> None:
        try:
            home.back_up(target)
        except Conflict as error:
            refused.append(str(error))

    make_backup(home.settings, home.urls, Target(target), keys="none", say=second)
    assert refused
    assert "Another backup" in refused[0]
    assert check(target).manifest.keys.where == "none"


def test_dagsters_records_of_another_database_are_left_out_and_that_is_told(home, place):
    engine = create_engine(home.urls.owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE elsewhere OWNER posthub_dagster"))
    engine.dispose()
    known = home.urls.known()
    dagster = make_url(known["dagster"]).set(database="elsewhere")
    urls = DatabaseUrls(**{**known, "dagster": dagster.render_as_string(hide_password=False)})
    target = Target(place / "without dagster.tar")
    made = make_backup(home.settings, urls, target, keys="none", say=lambda _: None)
    assert made.leaves_dagster
    assert "dagster.dump" not in check(made.path).manifest.parts


def test_an_empty_database_is_no_backup(place):
    settings = load_settings({"POSTHUB_HOME": str(place / "empty")})
    EmbeddedPostgres(settings.home, durable=False).ensure_running()
    with pytest.raises(NotFound, match="nothing to back up"):
        make_backup(
            settings,
            resolve_database(settings),
            Target(place / "never.tar"),
            keys="none",
            say=lambda _: None,
        )
    assert not (place / "never.tar").exists()


def test_settings_are_told_by_value_and_secrets_by_name_only():
    plain, secret = told(
        {
            "POSTHUB_BATCH": "auto",
            "POSTHUB_HOME": "/somewhere",
            "POSTHUB_PUBLIC_URL": "https://posthub.example.com",
            "POSTHUB_SMTP_URL": "smtp://me:word@example.com",
            "POSTHUB_DATABASE_URL": "postgresql://me:word@example.com/posthub",
            "GEMINI_API_KEY": "word",
            "STRIPE_WEBHOOK_SECRET": "word",
            "POSTHUB_METRICS_TOKEN": "",
            "PATH": "/usr/bin",
        }
    )
    assert plain == {
        "POSTHUB_BATCH": "auto",
        "POSTHUB_PUBLIC_URL": "https://posthub.example.com",
    }
    assert secret == (
        "GEMINI_API_KEY",
        "POSTHUB_DATABASE_URL",
        "POSTHUB_SMTP_URL",
        "STRIPE_WEBHOOK_SECRET",
    )
