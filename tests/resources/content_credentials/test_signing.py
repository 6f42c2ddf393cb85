"""Credentials are signed, survive what is made of a picture, and tell when a byte was changed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import c2pa
import pytest
from lxml import etree
from PIL import Image

from posthub_assets.domain.errors import InvalidInput, StorageError
from posthub_assets.domain.media.provenance import (
    Action,
    SourceType,
    composed_with_ours,
    derived_manifest,
    is_marked_as_ai,
    source_type_in,
    xmp_packet,
)
from posthub_assets.domain.media.provenance.manifests import parent_ingredient
from resources.content_credentials import (
    content_credentials,
    known_certificates,
    library,
    read,
    signing,
)
from resources.content_credentials.library import c2pa_library, closed_settings
from resources.settings import load_settings

ROOT = Path(__file__).parents[3]
TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
}


@pytest.fixture(scope="session")
def known(house, credentials) -> bytes:
    return known_certificates(house)


def encode_again(data: bytes, kind: str, size: tuple[int, int], **save: object) -> bytes:
    """Do what every format does: decode, scale, encode. No metadata is passed on."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.convert("RGB").resize(size).save(out, kind, **save)
    return out.getvalue()


@pytest.mark.parametrize("kind", TYPES)
def test_a_created_picture_of_every_type_carries_what_made_it(
    credentials, encoded, made_by, known, kind
):
    save = {"xmp": xmp_packet(made_by)} if kind == "AVIF" else {}
    plain = encoded(kind, **save)
    signed = credentials.for_created(plain, TYPES[kind], made_by, alt_text="A ring of light")
    report = read(signed, known)
    assert (report.state, report.trust, report.is_self_made) == ("whole", "known", True)
    assert (report.source_type, report.model, report.provider) == (
        "trainedAlgorithmicMedia",
        "a-model-2",
        "gemini",
    )
    assert (report.prompt_code, report.prompt_version) == ("images.create", "3")
    assert report.made_at == "2026-11-28T02:30:00Z"
    assert report.software.startswith("PostHub 0")
    assert [one.action for one in report.history] == ["created"]
    with Image.open(io.BytesIO(signed)) as image, Image.open(io.BytesIO(plain)) as before:
        assert image.tobytes() == before.tobytes()
        described = etree.fromstring(image.info["xmp"])[0][0]
    name = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
    assert described.get(name) == SourceType.TRAINED.uri
    assert is_marked_as_ai(signed)
    assert len(signed) - len(plain) < 7000


def test_credentials_survive_a_format_and_then_a_text(credentials, encoded, made_by, known):
    first = credentials.for_created(encoded("PNG"), "image/png", made_by)
    square = credentials.for_derived(
        first,
        encode_again(first, "JPEG", (90, 90)),
        "image/jpeg",
        Action.RESIZED,
        made_by,
    )
    told = replace(made_by, source_type=composed_with_ours(made_by.source_type))
    done_at = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    poster = credentials.for_derived(
        square,
        encode_again(square, "WEBP", (60, 90)),
        "image/webp",
        Action.ADDED_TEXT,
        told,
        done_at=done_at,
    )
    report = read(poster, known)
    assert (report.state, report.trust) == ("whole", "known")
    assert (report.source_type, report.model) == ("compositeSynthetic", "a-model-2")
    assert (report.prompt_version, report.made_at) == ("3", "2026-11-28T02:30:00Z")
    assert [one.action for one in report.history] == [
        "created",
        "opened",
        "resized",
        "opened",
        "addedText",
    ]
    assert report.history[0].agent == "a-model-2"
    assert report.history[-1].when == "2026-11-29T08:00:00Z"
    assert report.unsigned_sources == 0
    assert source_type_in(poster) == "compositeSynthetic"
    assert is_marked_as_ai(poster)


def test_encoding_without_signing_again_loses_both(credentials, encoded, made_by):
    """Why every output is signed anew: this is what it would be without."""
    signed = credentials.for_created(encoded(), "image/jpeg", made_by)
    again = encode_again(signed, "JPEG", (60, 60))
    assert read(again).state == "none"
    assert not is_marked_as_ai(again)


def test_a_photo_without_credentials_becomes_a_parent_of_which_nothing_is_known(
    credentials, encoded, made_by, known
):
    photo = encoded()
    ours = replace(made_by, source_type=SourceType.COMPOSITE, model="", provider="")
    signed = credentials.for_derived(photo, encoded(), "image/jpeg", Action.ADDED_TEXT, ours)
    report = read(signed, known)
    assert (report.state, report.source_type, report.unsigned_sources) == ("whole", "composite", 1)
    assert not is_marked_as_ai(signed)


def test_placed_pictures_are_in_the_history(credentials, encoded, made_by, known):
    part = credentials.for_created(encoded("PNG"), "image/png", made_by)
    ours = replace(made_by, source_type=SourceType.WITH_GENERATED_PARTS)
    collage = credentials.for_created(
        encoded(),
        "image/jpeg",
        ours,
        components=[(part, "image/png"), (encoded("WEBP"), "image/webp")],
    )
    report = read(collage, known)
    assert report.state == "whole"
    assert [one.action for one in report.history] == ["created", "created", "placed", "placed"]
    assert report.unsigned_sources == 1


def test_signing_again_takes_the_place_of_what_was_there(credentials, encoded, made_by, known):
    once = credentials.for_created(encoded(), "image/jpeg", made_by)
    twice = credentials.for_created(once, "image/jpeg", made_by)
    assert abs(len(twice) - len(once)) < 50
    assert len(read(twice, known).history) == 1


@pytest.mark.parametrize("kind", TYPES)
def test_a_changed_byte_anywhere_in_the_picture_is_told(credentials, encoded, made_by, kind):
    plain = encoded(kind)
    signed = credentials.for_created(plain, TYPES[kind], made_by)
    end = len(plain) - 30
    begin = signed.index(plain[end - 300 : end])  # of the picture, wherever the manifest went
    for place in range(begin, begin + 300, 50):
        changed = bytearray(signed)
        changed[place] ^= 1
        assert read(bytes(changed)).state == "altered"


def test_changed_words_in_the_manifest_are_told(credentials, encoded, made_by):
    signed = credentials.for_created(encoded(), "image/jpeg", made_by)
    manifest = signed.rindex(b"a-model-2")
    changed = signed[:manifest] + b"b" + signed[manifest + 1 :]
    assert read(changed).state == "altered"


def test_a_changed_mark_in_the_xmp_is_told(credentials, encoded, made_by):
    signed = credentials.for_created(encoded(), "image/jpeg", made_by)
    changed = signed.replace(b"AISystemUsed", b"AISystemUzed", 1)
    assert read(changed).state == "altered"


def test_nothing_is_made_from_a_picture_that_was_altered(credentials, encoded, made_by):
    signed = bytearray(credentials.for_created(encoded(), "image/jpeg", made_by))
    signed[-100] ^= 1
    part = (bytes(signed), "image/jpeg")
    with pytest.raises(InvalidInput, match="was altered after it was signed"):
        credentials.for_created(encoded(), "image/jpeg", made_by, components=[part])
    with pytest.raises(InvalidInput, match="was altered after it was signed"):
        credentials.for_derived(bytes(signed), encoded(), "image/jpeg", Action.RESIZED, made_by)


def test_what_somebody_else_made_from_an_altered_picture_is_told(
    credentials, encoded, made_by, known
):
    """The C2PA library signs it, and by its own word the result is trusted."""
    source = bytearray(credentials.for_created(encoded(), "image/jpeg", made_by))
    source[-100] ^= 1
    manifest = derived_manifest(made_by, Action.RESIZED, datetime.now(UTC))
    parent = (parent_ingredient(), (bytes(source), "image/jpeg"))
    laundered = signing.sign(credentials.key, encoded(), "image/jpeg", manifest, [parent])
    with (
        c2pa.Context.from_dict(closed_settings(known)) as context,
        c2pa.Reader("image/jpeg", io.BytesIO(laundered), context=context) as reader,
    ):
        assert reader.get_validation_state() == "Trusted"
    report = read(laundered, known)
    assert (report.state, report.problems) == ("altered", ("assertion.dataHash.mismatch",))


def test_a_picture_of_another_house_is_whole_and_its_signer_unknown(
    encoded, made_by, known, tmp_path
):
    other = content_credentials(load_settings({"POSTHUB_HOME": str(tmp_path)}))
    report = read(other.for_created(encoded(), "image/jpeg", made_by), known)
    assert (report.state, report.trust, report.is_self_made) == ("whole", "unknown", True)


@pytest.mark.parametrize(
    ("data", "state"),
    [
        (b"", "unreadable"),
        (b"hello", "unreadable"),
        (b"\xff\xd8\xff\xe0garbage", "unreadable"),
        (b"GIF89a" + bytes(50), "unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unreadable"),
        (b"%PDF-1.4\n", "unreadable"),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", "unreadable"),
    ],
)
def test_what_is_no_picture_is_told_as_such(data, state):
    report = read(data)
    assert report.state == state
    assert report.problems == ("this is no whole JPEG, PNG, WebP or AVIF",)


@pytest.mark.parametrize("kind", TYPES)
def test_a_picture_without_credentials_has_none(encoded, kind):
    assert read(encoded(kind)).state == "none"


@pytest.mark.parametrize("data", [b"", b"hello", b"GIF89a" + bytes(50)])
def test_what_is_no_picture_is_not_signed(credentials, made_by, data):
    with pytest.raises(InvalidInput, match="no whole JPEG"):
        credentials.for_created(data, "image/jpeg", made_by)


def test_a_picture_under_a_wrong_type_is_refused(credentials, encoded, made_by):
    with pytest.raises(InvalidInput, match="cannot be signed as image/gif"):
        credentials.for_created(encoded("PNG"), "image/gif", made_by)


def test_no_name_of_a_file_and_no_prompt_is_in_a_picture(credentials, encoded, made_by, house):
    signed = credentials.for_created(encoded(), "image/jpeg", made_by)
    assert str(house.home).encode() not in signed
    assert b"title" not in signed.split(b"jumb", 1)[1].lower()


def test_nobody_is_called_neither_by_signing_nor_by_reading(issued, encoded, made_by, listener):
    address, calls = listener
    settings = load_settings(issued(revocation=f"{address}/ocsp"))
    ours = content_credentials(settings)
    signed = ours.for_created(encoded(), "image/jpeg", made_by)
    derived = ours.for_derived(signed, encoded(), "image/jpeg", Action.RESIZED, made_by)
    assert read(derived, known_certificates(settings)).state == "whole"
    assert address.encode() in derived  # it could have been
    assert calls == []


def test_a_manifest_on_another_server_is_not_fetched(credentials, encoded, listener):
    address, calls = listener
    away = far_away(credentials, encoded(), address)
    report = read(away)
    assert (report.state, report.problems) == (
        "none",
        ("its credentials lie on another server; nothing was fetched",),
    )
    assert calls == []


def test_the_second_lock_holds_alone(credentials, encoded, listener):
    address, calls = listener
    away = far_away(credentials, encoded(), address)
    settings = closed_settings()
    settings["verify"]["remote_manifest_fetch"] = True
    with c2pa.Context.from_dict(settings) as context, pytest.raises(c2pa.C2paError):
        c2pa.Reader("image/jpeg", io.BytesIO(away), context=context)
    assert calls == []
    settings["core"] = {}
    with c2pa.Context.from_dict(settings) as context, pytest.raises(c2pa.C2paError):
        c2pa.Reader("image/jpeg", io.BytesIO(away), context=context)
    assert calls == ["/manifest"]  # so it is the lock that kept it from calling
    calls.clear()


def far_away(credentials, data: bytes, address: str) -> bytes:
    """Sign a picture so that its manifest is only named in it."""
    key, out = credentials.key, io.BytesIO()
    action = {"action": "c2pa.created", "digitalSourceType": SourceType.ALGORITHMIC.uri}
    manifest = {"assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}]}
    info = c2pa.C2paSignerInfo(key.algorithm, key.chain, key.private, None)
    with (
        c2pa.Signer.from_info(info) as signer,
        c2pa.Context.from_dict(closed_settings()) as context,
        c2pa.Builder(manifest, context) as builder,
    ):
        builder.set_no_embed()
        builder.set_remote_url(f"{address}/manifest")
        builder.sign(signer, "image/jpeg", io.BytesIO(data), out)
    return out.getvalue()


def test_nothing_heavy_is_loaded_before_a_picture_is_signed():
    """Backups and the child process that reads uploads import these modules."""
    script = (
        "import sys, resources.content_credentials, posthub_assets.domain.media.provenance as p\n"
        "p.is_marked_as_ai(b'')\n"
        "print({'c2pa', 'cryptography', 'numpy', 'pydantic', 'PIL', 'lxml'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of Python 3.12, with threads
def test_a_process_that_was_forked_after_signing_signs_too(credentials, encoded, made_by, known):
    credentials.for_created(encoded(), "image/jpeg", made_by)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as out:
                out.write(credentials.for_created(encoded(), "image/jpeg", made_by))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        signed = told.read()
    os.waitpid(child, 0)
    assert read(signed, known).state == "whole"


def test_threads_sign_at_once(credentials, encoded, made_by, known):
    plain = encoded()
    with ThreadPoolExecutor(4) as pool:
        signed = list(
            pool.map(lambda _: credentials.for_created(plain, "image/jpeg", made_by), range(24))
        )
    assert all(read(one, known).state == "whole" for one in signed)
    assert len(set(signed)) == 24  # an identifier and a signature of its own each


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch):
    """A machine on which the library cannot be loaded."""
    c2pa_library.cache_clear()
    monkeypatch.setitem(sys.modules, "c2pa", None)
    yield
    c2pa_library.cache_clear()


def test_without_the_library_pictures_are_marked_and_it_is_said(
    no_library, credentials, encoded, made_by, caplog
):
    marked = credentials.for_created(encoded(), "image/jpeg", made_by)
    derived = credentials.for_derived(marked, encoded(), "image/jpeg", Action.RESIZED, made_by)
    assert is_marked_as_ai(marked)
    assert is_marked_as_ai(derived)
    assert b"jumb" not in marked
    assert [one.name for one in caplog.records] == [library.__name__]
    assert "does not run on this machine" in caplog.text
    with pytest.raises(InvalidInput, match="does not run on this machine"):
        read(marked)
    with pytest.raises(StorageError, match="does not run on this machine"):
        signing.try_out(credentials.key)
