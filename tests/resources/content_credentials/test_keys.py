"""The house makes its key once and keeps it closed; an operator's is checked before it is used."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509

from posthub_assets.domain.errors import InvalidInput, StorageError
from resources.backup.keys import keys_from, keys_of
from resources.content_credentials import (
    content_credentials,
    known_certificates,
    read,
    signing_key,
)
from resources.content_credentials.house import HOUSE_FILE, house_pem
from resources.content_credentials.signing import try_out
from resources.settings import load_settings

ROOT = Path(__file__).parents[3]


def settings_of(home: Path):
    return load_settings({"POSTHUB_HOME": str(home)})


def test_the_house_makes_one_key_and_keeps_it_closed(tmp_path):
    first = signing_key(settings_of(tmp_path / "home"))
    assert signing_key(settings_of(tmp_path / "home")) == first
    assert (tmp_path / "home" / HOUSE_FILE).stat().st_mode & 0o777 == 0o600
    assert first.is_house
    assert b"PRIVATE" not in first.chain
    assert "PRIVATE" not in repr(first)


def test_two_houses_have_names_of_their_own(tmp_path):
    names = {signing_key(settings_of(tmp_path / home)).name for home in "ab"}
    assert len(names) == 2
    assert all(one.startswith("PostHub content credentials ") for one in names)


def test_the_key_of_the_root_is_kept_nowhere(tmp_path):
    pem = house_pem(tmp_path)
    leaf, root = x509.load_pem_x509_certificates(pem)
    assert pem.count(b"PRIVATE KEY-----\n") == 2  # its begin and its end
    leaf.verify_directly_issued_by(root)
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_threads_that_need_it_first_get_the_same(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: house_pem(tmp_path), range(8)))
    assert len(made) == 1


def test_processes_that_need_it_first_get_the_same(tmp_path):
    """They wait for each other before they ask, so that they ask at the same moment."""
    script = (
        "import sys, pathlib, hashlib, cryptography.x509\n"
        "from resources.content_credentials.house import house_pem\n"
        "print(flush=True); sys.stdin.readline()\n"
        "print(hashlib.sha256(house_pem(pathlib.Path(sys.argv[1]))).hexdigest())\n"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "home")],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for one in racers:
        assert one.stdout is not None
        one.stdout.readline()
    for one in racers:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    made = [one.communicate(timeout=30)[0].strip() for one in racers]
    assert len(set(made)) == 1
    assert len(made[0]) == 64


def test_a_key_that_others_can_read_is_refused(tmp_path):
    house_pem(tmp_path)
    (tmp_path / HOUSE_FILE).chmod(0o644)
    with pytest.raises(StorageError, match="chmod 600"):
        signing_key(settings_of(tmp_path))


@pytest.mark.parametrize("damage", [b"", b"no PEM", "half"])
def test_a_damaged_key_is_told_and_never_replaced(tmp_path, damage):
    whole = house_pem(tmp_path)
    damaged = whole[: len(whole) // 2] if damage == "half" else damage
    (tmp_path / HOUSE_FILE).write_bytes(damaged)
    with pytest.raises(StorageError, match="from a backup"):
        signing_key(settings_of(tmp_path))
    assert (tmp_path / HOUSE_FILE).read_bytes() == damaged


def test_reading_makes_no_key(tmp_path):
    assert known_certificates(settings_of(tmp_path / "home")) == b""
    assert not (tmp_path / "home").exists()


def test_a_backup_keeps_the_key_with_the_other_keys(tmp_path):
    pem = house_pem(tmp_path)
    kept = keys_from(keys_of(settings_of(tmp_path), "beside").to_json(), tmp_path)
    assert kept.files[HOUSE_FILE].encode() == pem


@pytest.mark.parametrize("kind", ["P-256", "P-384", "Ed25519", "RSA"])
@pytest.mark.parametrize("purpose", ["1.3.6.1.5.5.7.3.4", "1.3.6.1.4.1.62558.2.1"])
def test_an_operators_certificate_signs_and_is_known(issued, encoded, made_by, kind, purpose):
    settings = load_settings(issued(kind, purpose=purpose))
    signed = content_credentials(settings).for_created(encoded(), "image/jpeg", made_by)
    report = read(signed, known_certificates(settings))
    assert (report.state, report.trust, report.signer) == (
        "whole",
        "known",
        "A Theatre's pictures",
    )
    assert not report.is_self_made
    assert not settings.home.exists()  # the house made none


def test_where_an_operators_certificate_came_later_the_houses_pictures_are_still_known(
    issued, encoded, made_by, tmp_path
):
    before = load_settings({"POSTHUB_HOME": str(tmp_path / "home")})
    signed = content_credentials(before).for_created(encoded(), "image/jpeg", made_by)
    report = read(signed, known_certificates(load_settings(issued())))
    assert (report.state, report.trust, report.is_self_made) == ("whole", "known", True)


def test_a_certificate_for_another_purpose_is_refused(issued):
    with pytest.raises(InvalidInput, match="not made for signing documents"):
        signing_key(load_settings(issued(purpose="1.3.6.1.5.5.7.3.1")))


def test_a_certificate_that_the_library_does_not_take_is_told_when_it_is_tried(issued):
    key = signing_key(load_settings(issued(signs=False)))
    with pytest.raises(StorageError, match="A Theatre's pictures cannot sign pictures"):
        try_out(key)


def test_a_certificate_that_has_ended_is_refused(issued):
    with pytest.raises(InvalidInput, match="has ended on"):
        signing_key(load_settings(issued(days=(-20, -1))))


def test_a_key_of_another_kind_is_refused(issued):
    with pytest.raises(InvalidInput, match="P-256, P-384"):
        signing_key(load_settings(issued("P-192")))


def test_a_key_of_another_certificate_is_refused(issued, tmp_path):
    issued()
    chain = (tmp_path / "chain.pem").read_bytes()
    settings = load_settings(issued())
    (tmp_path / "chain.pem").write_bytes(chain)
    with pytest.raises(InvalidInput, match="does not belong to the first certificate"):
        signing_key(settings)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("chain.pem", b"nothing", "holds no certificates"),
        ("key.pem", b"nothing", "holds no private key"),
        ("chain.pem", None, "POSTHUB_C2PA_CERTIFICATE names .* No such file"),
        ("key.pem", None, "POSTHUB_C2PA_KEY names .* No such file"),
    ],
)
def test_files_that_cannot_be_used_are_named(issued, tmp_path, name, content, says):
    settings = load_settings(issued())
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o600)
    with pytest.raises(InvalidInput, match=says):
        signing_key(settings)


def test_an_operators_key_that_all_may_read_is_refused(issued, tmp_path):
    settings = load_settings(issued())
    (tmp_path / "key.pem").chmod(0o644)
    with pytest.raises(InvalidInput, match="chmod 600"):
        signing_key(settings)
