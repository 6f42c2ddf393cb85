"""The overlay as a task: JSON and bytes in and out, nothing heavy imported, bad orders refused."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.overlay.alt_texts import overlaid_alt_text
from posthub_assets.domain.media.overlay.facts import EventFacts, read_facts
from posthub_assets.domain.media.overlay.task import lay_over_task, overlay_call
from posthub_assets.domain.media.overlay.wish import Box, Placement, Wish, read_wish

ROOT = Path(__file__).parents[5]


def encoded(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_packed_call_passes_through_json_and_gives_a_picture_and_its_report(
    busy, facts, fonts
) -> None:
    wish = Wish(placement=Placement.CUSTOM, box=Box(0.1, 0.1, 0.9, 0.5), colors=("#C8102E",))
    arguments, blobs = overlay_call(
        encoded(busy), facts["en"], wish, fonts, picture_alt="Coloured noise."
    )
    told, pictures = lay_over_task(json.loads(json.dumps(arguments)), blobs)
    json.dumps(told)
    with Image.open(BytesIO(pictures[0])) as opened:
        assert (opened.format, opened.mode, opened.size) == ("JPEG", "RGB", busy.size)
        assert opened.info.get("progressive")
    assert (told["width_px"], told["height_px"]) == busy.size
    assert told["contrast"] >= 4.5
    assert told["lines"][0]["text"] == "An Evening with Mahler"
    assert told["alt_text"].endswith("Behind the words: Coloured noise.")


def test_asked_twice_the_bytes_are_the_same(busy, facts, fonts) -> None:
    arguments, blobs = overlay_call(encoded(busy), facts["en"], Wish(), fonts)
    assert lay_over_task(arguments, blobs) == lay_over_task(arguments, blobs)


def test_other_encodings_and_a_picture_that_shows_through_are_taken(facts, fonts) -> None:
    arguments, blobs = overlay_call(
        encoded(Image.new("RGBA", (300, 300), (0, 0, 0, 0))), facts["en"], Wish(), fonts
    )
    told, pictures = lay_over_task({**arguments, "encoding": {"type": "webp"}}, blobs)
    assert told["media_type"] == "image/webp"
    with Image.open(BytesIO(pictures[0])) as opened:
        assert min(opened.convert("RGB").getpixel((2, 2))) > 245


def test_a_wish_survives_packing_and_reading(fonts) -> None:
    wish = Wish(placement=Placement.CUSTOM, box=Box(0.1, 0.2, 0.8, 0.9), facts=("title",))
    arguments, _ = overlay_call(b"", EventFacts(title="x"), wish, fonts)
    assert read_wish(json.loads(json.dumps(arguments["overlay"]))) == wish
    assert read_facts(arguments["facts"]) == EventFacts(title="x")


def test_a_picture_that_cannot_be_read_is_refused(facts, fonts) -> None:
    arguments, blobs = overlay_call(b"<svg/>", facts["en"], Wish(), fonts)
    with pytest.raises(InvalidInput, match="picture"):
        lay_over_task(arguments, blobs)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"placement": "left"}, "overlay.placement"),
        ({"placement": "custom"}, "overlay.box"),
        ({"placement": "custom", "box": [0.1, 0.1, 0.15, 0.9]}, "overlay.box"),
        ({"placement": "custom", "box": [0.1, 0.1, 1.2, 0.9]}, "overlay.box"),
        ({"placement": "custom", "box": [0.1, float("nan"), 0.9, 0.9]}, "overlay.box"),
        ({"box": "everywhere"}, "overlay.box"),
        ({"box": {"x0": 0.1}}, "overlay.box"),
        ({"align": "justify"}, "overlay.align"),
        ({"font": "comic"}, "overlay.font"),
        ({"treatment": "glow"}, "overlay.treatment"),
        ({"colors": ["#12345"]}, "overlay.colors[0]"),
        ({"colors": "#123456"}, "overlay.colors"),
        ({"text_color": "red"}, "overlay.text_color"),
        ({"facts": ["title", "weather"]}, "overlay.facts"),
        ({"shadow": True}, "overlay.shadow"),
    ],
)
def test_a_wish_that_cannot_be_met_names_its_field(told, field) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_wish(told)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"titel": "x"}, "facts.titel"),
        ({"title": 7}, "facts.title"),
        ({"venue": "x" * 301}, "facts.venue"),
    ],
)
def test_facts_that_cannot_be_taken_name_their_field(told, field) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_facts(told)
    assert caught.value.field == field


def test_missing_facts_may_be_null() -> None:
    assert read_facts({"title": "A", "venue": None, "language": "cs"}) == EventFacts(
        title="A", language="cs"
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Event picture with the words: “An Evening with Mahler”, Alder"),
        ("cs", "Obrázek k akci s textem: „Příliš žluťoučký kůň“, Divadlo"),
        ("uk", "Зображення до події з текстом: «Ніч музеїв у Києві», Ансамбль"),
        ("fa", "تصویر رویداد با این نوشته: «شب موسیقی در Rudolfinum»، گروه"),
    ],
)
def test_the_alternative_text_says_the_facts_in_the_companys_language(
    facts, language, words
) -> None:
    text = overlaid_alt_text(facts[language], left_out=("price",))
    assert text.startswith(words)
    assert facts[language].price not in text
    assert facts[language].venue in text


def test_without_facts_the_alternative_text_is_that_of_the_picture() -> None:
    assert overlaid_alt_text(EventFacts(), picture="A hall.") == "A hall."


@pytest.mark.parametrize(
    "module",
    ["overlay.task", "grounds.drawing", "templates.catalogue"],
)
def test_the_child_process_can_import_it_without_anything_heavy(module) -> None:
    code = (
        f"import sys, posthub_assets.domain.media.{module}\n"
        "heavy = {'pydantic', 'sklearn', 'pandas', 'sqlalchemy', 'dagster', 'fastapi', 'scipy'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
