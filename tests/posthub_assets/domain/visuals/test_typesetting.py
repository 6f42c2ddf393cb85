"""Type setting: as large as it goes, balanced, never outside its place."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from posthub_assets.domain.visuals.faces import choose_face
from posthub_assets.domain.visuals.typesetting import draw_block, fit

TEXTS = [
    ("en", "Why testing with five people is enough"),
    ("en", "Buying agile: how agencies can stop failing big and start small"),
    ("cs", "Jak začít s programováním v Pythonu a nezbláznit se z toho"),
    ("uk", "Розгортання сайту без страху: поради для початківців"),
    ("fa", "چگونه پژوهش کاربر به تیم‌های کوچک کمک می‌کند؟"),
    ("fa", "CSS در Django 5.2"),
]


def needs_shaping(language, request) -> None:
    if language == "fa":
        request.getfixturevalue("shaped_fonts")


def block_of(text, language, fonts, *, width_px=640, height_px=420, sizes_px=(50, 98)):
    face = choose_face(text, "lora", fonts=fonts, language=language, bold=True)
    return fit(text, face, width_px=width_px, height_px=height_px, sizes_px=sizes_px)


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_ink_stays_in_its_place_and_is_flush_with_the_starting_edge(
    fonts, language, text, request
) -> None:
    needs_shaping(language, request)
    block = block_of(text, language, fonts)
    image = Image.new("L", (900, 700), 0)
    draw_block(ImageDraw.Draw(image), block, left=100, right=740, top=120, color="white")
    x0, y0, x1, y1 = image.point(lambda value: 255 * (value > 90)).getbbox()
    assert x0 >= 99
    assert x1 <= 741
    assert y0 >= 118
    assert y1 <= 120 + 420
    flush = abs(x1 - 740) if block.face.right_to_left else abs(x0 - 100)
    assert flush <= 0.06 * block.size_px


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_lines_hold_the_whole_text_in_order(fonts, language, text, request) -> None:
    needs_shaping(language, request)
    block = block_of(text, language, fonts)
    assert " ".join(block.lines) == text
    assert 1 <= len(block.lines) <= 5


def test_no_line_ends_with_a_one_letter_word(fonts) -> None:
    block = block_of("Jak začít s programováním v Pythonu a nezbláznit se", "cs", fonts)
    assert not any(line.split()[-1] in ("s", "v", "a") for line in block.lines[:-1])


def test_a_number_stays_with_the_word_before_it(fonts) -> None:
    block = block_of("What is new for you in Django 5.2 today", "en", fonts, width_px=420)
    assert any("Django 5.2" in line for line in block.lines)


def test_lines_are_about_equally_long(fonts) -> None:
    block = block_of("Why testing with five people is enough for most of us", "en", fonts)
    lengths = [len(line) for line in block.lines]
    assert min(lengths) > 0.5 * max(lengths)


def test_a_word_wider_than_the_place_at_the_smallest_size_does_not_fit(fonts) -> None:
    assert block_of("x" * 60, "en", fonts) is None


def test_more_room_gives_larger_letters(fonts) -> None:
    text = "Why testing with five people is enough"
    assert block_of(text, "en", fonts, width_px=800).size_px > block_of(text, "en", fonts).size_px
