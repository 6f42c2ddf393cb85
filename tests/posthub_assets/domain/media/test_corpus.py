"""Every file of the corpus goes through the darkroom: taken as it must be, or refused with why."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator

import pytest
from PIL import Image

from posthub_assets.domain.errors import RefusedPicture
from posthub_assets.domain.media.notes import Note
from posthub_assets.domain.media.refusing import NEXT, Reason
from resources.darkroom.room import Darkroom, Developed
from tests.posthub_assets.domain.media.corpus import cases
from tests.posthub_assets.domain.media.corpus.building import Case, Refused, Taken

BASELINE_BYTES = 45_000_000
"""What a child has before the job, shared with the zygote; with room for other machines."""


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, Developed]]:
    """All of the corpus, developed once: by name."""
    room = Darkroom()

    async def develop() -> dict[str, Developed]:
        jobs = [
            room.develop("receive", {"name": case.filename, "declared": case.declared}, [case.data])
            for case in cases()
        ]
        done = await asyncio.gather(*jobs)
        await room.close()
        return {case.name: one for case, one in zip(cases(), done, strict=True)}

    yield asyncio.run(develop())


def test_the_corpus_is_as_large_as_promised():
    assert len(cases()) >= 400


def test_no_file_crashes_its_child_or_is_a_fault_of_ours(outcomes):
    ended = {name: one.ended_by for name, one in outcomes.items() if one.ended_by}
    assert ended == {}
    strange = {
        name: repr(one.error)
        for name, one in outcomes.items()
        if one.error and not isinstance(one.error, RefusedPicture)
    }
    assert strange == {}


def test_no_file_takes_more_than_200_megabytes_or_5_seconds(outcomes):
    for name, one in outcomes.items():
        assert one.peak_bytes < 200_000_000 + BASELINE_BYTES, name
        assert one.cpu_s < 5, name


def test_each_file_is_taken_or_refused_as_it_must_be(outcomes):
    wrong = []
    for case in cases():
        try:
            _as_expected(case, outcomes[case.name])
        except AssertionError as error:
            wrong.append(f"{case.name}: {error}")
    assert wrong == []


def _as_expected(case: Case, outcome: Developed) -> None:
    error = outcome.error
    if isinstance(case.expected, Refused):
        assert isinstance(error, RefusedPicture), f"was taken: {outcome.answer}"
        assert error.reason in case.expected.reasons, f"{error.reason}: {error}"
    if isinstance(case.expected, Taken):
        assert error is None, str(error)
        _check(case, case.expected, outcome)
    if error is None:
        _is_clean(outcome)
    else:
        assert isinstance(error, RefusedPicture)
        assert str(error).endswith(NEXT[Reason(error.reason)])


def _check(case: Case, expected: Taken, outcome: Developed) -> None:
    answer = outcome.answer
    assert expected.size in (None, (answer["width_px"], answer["height_px"]))
    assert expected.media_type in (None, answer["media_type"])
    assert set(expected.notes) <= set(answer["notes"])
    assert not set(expected.without) & set(answer["notes"])
    assert answer["is_ai_marked"] is expected.is_ai_marked
    assert answer["has_c2pa"] is expected.has_c2pa
    if not expected.spots:
        return
    image = Image.open(io.BytesIO(outcome.blobs[0]))
    image = image.convert("RGBA" if image.mode == "RGBA" else "RGB")
    for place, wanted, off in expected.spots:
        found = image.getpixel(place)
        assert isinstance(found, tuple)
        compared = found if len(wanted) == 4 else found[:3]
        apart = max(abs(one - other) for one, other in zip(compared, wanted, strict=True))
        assert apart <= off, f"{case.name}: at {place} {found}, not {wanted}"


def _is_clean(outcome: Developed) -> None:
    """What is stored is ours: a PNG or JPEG, and nothing of the upload but its pixels."""
    assert all(Note(one) for one in outcome.answer["notes"])
    data = outcome.blobs[0]
    image = Image.open(io.BytesIO(data))
    assert image.format in ("JPEG", "PNG")
    assert image.size == (outcome.answer["width_px"], outcome.answer["height_px"])
    assert not set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif()
    for trace in (b"Hedgehog", b"Hana", b"<script", b"PK\3\4", b"Exif", b"adobe", b"icc"):
        assert trace not in data
