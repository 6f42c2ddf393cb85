"""The task of the child process: JSON and bytes in, JSON and bytes out."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.formatting.task import format_picture
from tests.posthub_assets.domain.media.odd_pictures import file_of, quadrants, turned_exif

FORMATS = [
    {"code": "b", "width_px": 200, "height_px": 100},
    {"code": "a", "width_px": 100, "height_px": 160},
]
PICTURE = file_of(quadrants(), "JPEG", exif=turned_exif(3))


def test_files_come_in_the_order_of_the_formats_with_what_was_done() -> None:
    answer, files = format_picture({"formats": FORMATS}, [PICTURE])
    assert json.loads(json.dumps(answer)) == answer
    assert [one["code"] for one in answer["outputs"]] == ["b", "a"]
    assert [Image.open(BytesIO(one)).size for one in files] == [(200, 100), (100, 160)]
    assert answer["notes"] == ["turned-upright"]
    assert answer["outputs"][0]["media_type"] == "image/jpeg"


def test_the_encoding_and_the_description_are_as_asked_for() -> None:
    xmp = b"<made/>"
    arguments = {
        "formats": FORMATS,
        "encoding": {"type": "webp", "quality": 60},
        "xmp": base64.b64encode(xmp).decode(),
    }
    answer, files = format_picture(arguments, [PICTURE])
    opened = Image.open(BytesIO(files[0]))
    assert (opened.format, opened.info["xmp"]) == ("WEBP", xmp)
    assert answer["outputs"][0]["quality"] == 60


def test_a_format_asked_for_twice_comes_once() -> None:
    answer, files = format_picture({"formats": FORMATS + FORMATS[:1]}, [PICTURE])
    assert len(answer["outputs"]) == len(files) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"formats": []},
        {"formats": FORMATS * 9},
        {"formats": [{"code": "a"}]},
        {"formats": [{"code": "a", "width_px": "wide", "height_px": 1}]},
        {"formats": FORMATS, "encoding": {"speed": 1}},
        {"formats": FORMATS, "encoding": "jpeg"},
        {"formats": FORMATS, "xmp": "not base64!"},
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        format_picture(arguments, [PICTURE])


@pytest.mark.parametrize("blobs", [[], [PICTURE, PICTURE], [b"text"], [PICTURE[:900]]])
def test_files_that_cannot_be_read_are_refused(blobs: list[bytes]) -> None:
    with pytest.raises(InvalidInput):
        format_picture({"formats": FORMATS}, blobs)


def test_the_task_imports_nothing_but_pillow_and_numpy() -> None:
    told = (
        "import sys, posthub_assets.domain.media.formatting.task;"
        "print([one for one in sys.modules if one.split('.')[0] in"
        " ('pydantic', 'sklearn', 'scipy', 'pandas', 'dagster', 'sqlalchemy', 'resources')])"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
