"""Facts on pictures: legible on every pixel, four lines, inside the box, from the right side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageOps

from posthub_assets.domain.errors import InvalidInput, PermanentProviderError
from posthub_assets.domain.media.overlay.facts import EventFacts
from posthub_assets.domain.media.overlay.laying import lay_over
from posthub_assets.domain.media.overlay.wish import Align, Box, Placement, Treatment, Wish
from posthub_assets.domain.visuals.faces import FontSet
from posthub_assets.domain.visuals.legibility import contrasts
from posthub_assets.domain.visuals.palette import contrast, parse_color

CALM = (28, 48, 74)
BOX = Box(0.1, 0.2, 0.9, 0.6)


def calm(width: int = 600, height: int = 900) -> Image.Image:
    return Image.new("RGB", (width, height), CALM)


def untouched_around(line: dict, painted: Image.Image) -> list[tuple[int, int, int]]:
    """Give the pixels one to three pixels outside a line's ink box, corners left out."""
    x0, y0, x1, y1 = line["box_px"]
    pixels = np.asarray(painted)
    strips = [
        *(pixels[y0 - away - 1, x0:x1] for away in (1, 2)),
        *(pixels[y1 + away, x0:x1] for away in (1, 2)),
        *(pixels[y0:y1, x0 - away - 1] for away in (1, 2)),
        *(pixels[y0:y1, x1 + away] for away in (1, 2)),
    ]
    return [tuple(int(v) for v in pixel) for pixel in np.unique(np.concatenate(strips), axis=0)]


@pytest.mark.parametrize("placement", ["top", "centre", "bottom", "custom"])
@pytest.mark.parametrize("treatment", ["scrim", "panel"])
def test_around_every_line_the_painted_pixels_have_the_contrast(
    busy, facts, fonts, placement, treatment
) -> None:
    wish = Wish(placement=Placement(placement), box=BOX, treatment=Treatment(treatment))
    painted, report = lay_over(busy, facts["en"], wish, fonts)
    assert report.contrast >= 4.5
    assert treatment == "panel" or 0.4 < report.veil_opacity < 0.75
    for line in report.as_dict()["lines"]:
        ink = parse_color(line["color"])
        assert min(contrast(ink, one) for one in untouched_around(line, painted)) >= 4.5


def test_letters_with_an_outline_touch_only_pixels_that_have_the_contrast(
    busy, facts, fonts
) -> None:
    wish = Wish(treatment=Treatment.OUTLINE)
    painted, report = lay_over(busy, facts["cs"], wish, fonts)
    assert (report.treatment, report.contrast >= 4.5) == ("outline", True)
    title = report.lines[0]
    x0, y0, x1, y1 = title.box_px
    region = painted.crop((x0, y0, x1, y1))
    ink = parse_color(title.color)
    letters = (np.asarray(region) == np.array(ink)).all(axis=2)
    grown = [Image.fromarray((letters * 255).astype(np.uint8))]
    for _ in range(3):
        grown.append(grown[-1].filter(ImageFilter.MaxFilter(3)))
    # Three pixels from solid ink: past the smoothed edge of the letters, within the outline.
    ring = (np.asarray(grown[3]) > 0) & (np.asarray(grown[2]) == 0)
    ratios = contrasts(np.asarray(region)[ring], ink)
    assert len(ratios) > 1000
    assert np.quantile(ratios, 0.005) >= 4.5


def test_a_calm_picture_gets_letters_and_nothing_else(facts, fonts) -> None:
    painted, report = lay_over(calm(), facts["en"], Wish(rule=False), fonts)
    assert (report.treatment, report.veil_opacity) == ("none", 0.0)
    changed = ImageChops.difference(painted, calm()).convert("L").point([0, *[255] * 255])
    boxes = Image.new("L", changed.size, 0)
    for line in report.lines:
        x0, y0, x1, y1 = line.box_px
        boxes.paste(255, (x0 - 2, y0 - 2, x1 + 2, y1 + 2))
    assert ImageChops.subtract(changed, boxes).getbbox() is None
    assert changed.getbbox() is not None


def test_a_few_bright_spots_get_an_outline_not_a_scrim(facts, fonts) -> None:
    spotted = calm()
    for x in range(0, 600, 40):
        for y in range(600, 900, 40):
            spotted.paste((255, 255, 255), (x, y, x + 4, y + 4))
    _, report = lay_over(spotted, facts["en"], Wish(), fonts)
    assert report.treatment == "outline"
    assert lay_over(spotted, facts["en"], Wish(treatment=Treatment.SCRIM), fonts)[1].treatment == (
        "scrim"
    )


def test_a_scrim_leaves_the_far_side_of_the_picture_as_it_was(busy, facts, fonts) -> None:
    painted, report = lay_over(busy, facts["en"], Wish(placement=Placement.BOTTOM), fonts)
    assert report.treatment == "scrim"
    upper = (0, 0, 600, 300)
    assert painted.crop(upper).tobytes() == busy.crop(upper).tobytes()
    painted, _ = lay_over(busy, facts["en"], Wish(placement=Placement.TOP), fonts)
    lower = (0, 600, 600, 900)
    assert painted.crop(lower).tobytes() == busy.crop(lower).tobytes()


def test_white_paper_gets_dark_ink_and_black_cloth_light_ink(facts, fonts) -> None:
    for ground, is_light in (((250, 250, 250), False), ((8, 8, 8), True)):
        _, report = lay_over(Image.new("RGB", (600, 600), ground), facts["en"], Wish(), fonts)
        ink = parse_color(report.lines[0].color)
        assert (sum(ink) > 384) is is_light
        assert report.treatment == "none"


@pytest.mark.parametrize("size", [(1200, 628), (900, 900), (600, 900), (540, 960), (1000, 250)])
def test_there_are_at_most_four_lines_and_all_ink_is_in_the_area(facts, shaped_fonts, size) -> None:
    picture = calm(*size)
    for placement, language in zip(Placement, facts, strict=True):
        full = replace(facts[language], free_text="Free text 12345")
        wish = Wish(placement=placement, box=BOX, rule=False)
        painted, report = lay_over(picture, full, wish, shaped_fonts)
        assert 1 <= len(report.lines) <= 4
        changed = ImageChops.difference(painted, picture).getbbox()
        x0, y0, x1, y1 = report.area_px
        assert changed[0] >= x0 - 1
        assert changed[1] >= y0 - 1
        assert changed[2] <= x1 + 1
        assert changed[3] <= y1 + 1


def test_a_custom_box_is_kept_to_its_fractions_with_its_panel(busy, facts, fonts) -> None:
    wish = Wish(placement=Placement.CUSTOM, box=BOX, treatment=Treatment.PANEL)
    painted, _ = lay_over(busy, facts["en"], wish, fonts)
    changed = ImageChops.difference(painted, busy).getbbox()
    assert changed[0] >= 60
    assert changed[1] >= 180
    assert changed[2] <= 540
    assert changed[3] <= 540


def test_the_title_is_largest_and_details_share_a_size(facts, fonts) -> None:
    _, report = lay_over(calm(), facts["en"], Wish(), fonts)
    title, *details = report.lines
    assert title.text == "An Evening with Mahler"
    assert len({line.size_px for line in details}) == 1
    assert title.size_px >= 1.3 * details[0].size_px


def test_what_finds_no_room_is_left_out_least_important_first_and_named(facts, fonts) -> None:
    full = replace(facts["en"], free_text="Doors open at seven. " * 4)
    small = Wish(placement=Placement.CUSTOM, box=Box(0.05, 0.05, 0.75, 0.2))
    _, report = lay_over(calm(900, 600), full, small, fonts)
    assert report.left_out
    drawn = {name for line in report.lines for name in line.facts}
    assert drawn | set(report.left_out) == {*full.given()}
    assert "title" in drawn
    assert "free_text" in report.left_out
    note = next(note for note in report.notes if "want of room" in note)
    assert "the free text" in note


def test_a_long_title_wraps_a_very_long_one_is_shortened_and_said_so(fonts) -> None:
    wrapped = EventFacts(title="The long and winding story of a small town orchestra on tour")
    _, report = lay_over(calm(), wrapped, Wish(), fonts)
    assert 2 <= len(report.lines) <= 4
    assert report.notes == ()
    endless = EventFacts(title="the story of a small town orchestra and its tour " * 6)
    _, report = lay_over(calm(), endless, Wish(), fonts)
    assert len(report.lines) <= 4
    assert any("Shortened the title" in note for note in report.notes)


def test_a_long_compound_word_shrinks_and_an_endless_one_is_refused(fonts) -> None:
    word = "Donaudampfschifffahrtsgesellschaft"
    _, report = lay_over(calm(), EventFacts(title=word, language="de"), Wish(), fonts)
    assert [line.text for line in report.lines] == [word]
    assert report.lines[0].box_px[2] <= report.area_px[2] + 1
    with pytest.raises(InvalidInput, match="longest word"):
        lay_over(calm(), EventFacts(title="x" * 200), Wish(), fonts)


def test_persian_lines_start_at_the_right_and_latin_details_join_them(facts, shaped_fonts) -> None:
    mixed = replace(facts["fa"], venue="", performers="Alder Quartet")
    _, report = lay_over(calm(), mixed, Wish(), shaped_fonts)
    assert report.right_to_left
    for line in report.lines:
        assert abs(line.box_px[2] - report.area_px[2]) <= 1
    _, report = lay_over(calm(), mixed, Wish(align=Align.END), shaped_fonts)
    for line in report.lines:
        assert abs(line.box_px[0] - report.area_px[0]) <= 1


def test_left_to_right_lines_start_at_the_left_and_centred_ones_share_a_middle(
    facts, fonts
) -> None:
    _, report = lay_over(calm(), facts["uk"], Wish(), fonts)
    assert {abs(line.box_px[0] - report.area_px[0]) <= 1 for line in report.lines} == {True}
    _, report = lay_over(calm(), facts["uk"], Wish(align=Align.CENTRE), fonts)
    assert {abs(line.box_px[0] + line.box_px[2] - 600) <= 2 for line in report.lines} == {True}


def ink_columns(picture: Image.Image, box: tuple[int, int, int, int]) -> np.ndarray:
    """Say for each column of a line's box whether there is ink."""
    region = np.asarray(picture.crop(box)).astype(int)
    return (np.abs(region - np.array(CALM)).sum(axis=2) > 60).any(axis=0)


def test_the_first_persian_word_is_at_the_right_of_the_line(shaped_fonts) -> None:
    """A single thin letter against a wide word: which end is the thin one?"""
    _, one = lay_over(
        calm(), EventFacts(title="ا نمایشنمایش", language="fa"), Wish(rule=False), shaped_fonts
    )
    painted, _ = lay_over(
        calm(), EventFacts(title="ا نمایشنمایش", language="fa"), Wish(rule=False), shaped_fonts
    )
    columns = ink_columns(painted, one.lines[0].box_px)
    gaps = np.flatnonzero(~columns)
    widest = max(np.split(gaps, np.flatnonzero(np.diff(gaps) > 1) + 1), key=len)
    assert widest.mean() > 0.75 * len(columns)


def test_in_a_joined_row_digits_of_the_dates_stay_with_the_dates(shaped_fonts) -> None:
    """A Latin venue must not pull the digits of what follows to its own side."""
    facts = EventFacts(
        title="نمایش",
        performers="گروه",
        dates="Rudolfinum",
        venue="۱۱ ممممممممم",
        price="رایگان",
        language="fa",
    )
    painted, report = lay_over(calm(900, 600), facts, Wish(rule=False), shaped_fonts)
    row = next(line for line in report.lines if line.facts == ("dates", "venue"))
    columns = ink_columns(painted, row.box_px)
    gaps = np.flatnonzero(~columns)
    runs = np.split(gaps, np.flatnonzero(np.diff(gaps) > 1) + 1)
    spaces = sorted(sorted(runs, key=len)[-3:], key=lambda run: run[0])
    # From the left: the long word, a space, the two digits, the dot between spaces, Rudolfinum.
    digits = spaces[1][0] - spaces[0][-1]
    assert digits < 0.12 * len(columns)


def test_a_telephone_number_in_persian_reads_from_left_to_right(shaped_fonts) -> None:
    """Its first group is a wide one, its last a narrow one."""
    facts = EventFacts(title="رزرو: 0888888-11-11", language="fa")
    wish = Wish(rule=False, placement=Placement.CUSTOM, box=Box(0, 0, 1, 0.2))
    painted, report = lay_over(calm(1200, 600), facts, wish, shaped_fonts)
    assert [line.text for line in report.lines] == ["رزرو: 0888888-11-11"]
    x0, y0, x1, y1 = report.lines[0].box_px
    line = np.asarray(painted.crop((x0, y0, x1, y1))).astype(int)
    ink = (np.abs(line - np.array(CALM)).sum(axis=2) > 60).sum(axis=0)
    eights, ones = ink[: int(0.35 * len(ink))], ink[int(0.48 * len(ink)) : int(0.68 * len(ink))]
    assert eights.mean() > 1.3 * ones.mean()


def test_without_fribidi_persian_is_refused_and_latin_is_drawn(facts, fonts) -> None:
    bare = FontSet(fonts.files, missing_libraries=("FriBiDi",))
    with pytest.raises(PermanentProviderError, match="FriBiDi"):
        lay_over(calm(), facts["fa"], Wish(), bare)
    _, report = lay_over(calm(), facts["en"], Wish(), bare)
    assert report.lines


def test_emoji_and_unknown_scripts_are_left_out_with_a_note_never_as_boxes(fonts) -> None:
    facts = EventFacts(title="Jazz 🎷 Night 音楽", venue="東京", dates="5 May 🎉")
    _, report = lay_over(calm(), facts, Wish(), fonts)
    texts = " ".join(line.text for line in report.lines)
    assert texts == "Jazz Night 5 May"
    notes = " ".join(report.notes)
    assert "🎷" in notes
    assert "U+97F3" in notes
    assert "Left out the venue" in notes


def test_scripts_that_no_single_font_has_lose_the_fewest_letters_and_say_so(shaped_fonts) -> None:
    facts = EventFacts(title="شب آرام α", dates="Ωmega night", venue="تالار", language="fa")
    _, report = lay_over(calm(), facts, Wish(), shaped_fonts)
    assert " ".join(line.text for line in report.lines if "title" in line.facts) == "شب آرام"
    assert any("α" in note for note in report.notes)
    drawn = {name for line in report.lines for name in line.facts}
    assert {"title", "dates", "venue"} == drawn
    with pytest.raises(InvalidInput, match="None of the facts"):
        lay_over(calm(), EventFacts(title="\u0301 \u2066 \u200f"), Wish(), shaped_fonts)


def test_facts_that_no_font_can_write_are_refused(fonts) -> None:
    with pytest.raises(InvalidInput, match="None of the facts"):
        lay_over(calm(), EventFacts(title="音楽", venue="🎉"), Wish(), fonts)


def test_with_no_facts_the_picture_comes_back_with_a_note(busy, fonts) -> None:
    painted, report = lay_over(busy, EventFacts(title="  "), Wish(), fonts)
    assert painted.tobytes() == busy.tobytes()
    assert "no facts" in report.notes[0]


def test_a_show_without_a_title_leads_with_what_there_is(fonts) -> None:
    facts = EventFacts(dates="Friday 12 June", performers="Alder Quartet", price="€9")
    _, report = lay_over(calm(), facts, Wish(), fonts)
    assert report.lines[0].facts == ("performers",)
    assert report.lines[0].size_px > report.lines[-1].size_px


def test_only_wanted_facts_are_drawn(facts, fonts) -> None:
    _, report = lay_over(calm(), facts["en"], Wish(facts=("title", "dates")), fonts)
    assert {name for line in report.lines for name in line.facts} == {"title", "dates"}
    assert report.left_out == ()


def test_brand_colours_are_used_where_they_can_be_read(facts, fonts) -> None:
    brand = Wish(colors=("#101820", "#FFD100"))
    _, report = lay_over(calm(), facts["en"], brand, fonts)
    loud = next(line for line in report.lines if "call_to_action" in line.facts)
    assert loud.color == "#FFD100"
    _, report = lay_over(Image.new("RGB", (600, 900), (255, 250, 240)), facts["en"], brand, fonts)
    loud = next(line for line in report.lines if "call_to_action" in line.facts)
    assert loud.color != "#FFD100"
    assert report.contrast >= 4.5


@pytest.mark.parametrize("color", ["#C8102E", "#FFFFFF", "#000000", "#808080"])
def test_an_ink_that_is_asked_for_is_taken_and_made_legible(busy, facts, fonts, color) -> None:
    _, report = lay_over(busy, facts["en"], Wish(text_color=color), fonts)
    assert report.lines[0].color == color
    assert report.contrast >= 4.5


def test_the_same_asked_twice_gives_the_same_pixels(busy, facts, shaped_fonts) -> None:
    first, one = lay_over(busy, facts["fa"], Wish(), shaped_fonts)
    second, other = lay_over(busy, facts["fa"], Wish(), shaped_fonts)
    assert first.tobytes() == second.tobytes()
    assert one == other


def test_the_picture_that_is_given_is_not_changed(busy, facts, fonts) -> None:
    before = busy.tobytes()
    lay_over(busy, facts["en"], Wish(treatment=Treatment.PANEL), fonts)
    assert busy.tobytes() == before


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (Image.new("L", (600, 600)), "L"),
        (Image.new("RGB", (600, 40)), "600 by 40"),
        (Image.new("RGB", (4097, 200)), "4097"),
        (Image.new("RGB", (4000, 4000)), "Format it first"),
    ],
)
def test_other_pictures_are_refused_with_the_reason(picture, words, facts, fonts) -> None:
    with pytest.raises(InvalidInput, match=words):
        lay_over(picture, facts["en"], Wish(), fonts)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["team.jpg", "banyan.jpg", "glacier-park.jpg"])
def test_real_photos_carry_facts_in_every_placement(shared_data, facts, shaped_fonts, name) -> None:
    path = next(shared_data.glob(f"companies/18f/photos/{name}"))
    with Image.open(path) as opened:
        opened.draft("RGB", (900, 900))
        photo = ImageOps.fit(opened.convert("RGB"), (540, 810))
    for placement, language in zip(("top", "centre", "bottom"), ("en", "fa", "uk"), strict=True):
        painted, report = lay_over(
            photo, facts[language], Wish(placement=Placement(placement)), shaped_fonts
        )
        assert report.contrast >= 4.5
        if report.treatment == "scrim":
            for line in report.as_dict()["lines"]:
                ink = parse_color(line["color"])
                assert min(contrast(ink, one) for one in untouched_around(line, painted)) >= 4.5


def test_dates_that_fit_one_line_leave_the_next_line_to_the_performers(fonts) -> None:
    show = EventFacts(
        title="Лісова пісня",
        performers="Леся Українка",
        dates="18 і 19 грудня, 18:00; нд 20 грудня, 12:00",
        venue="Театр на Подолі, Андріївський узвіз 20",
        price="200–600 грн",
        language="uk",
    )
    _, report = lay_over(calm(1200, 1800), show, Wish(), fonts)
    assert [line.facts for line in report.lines] == [
        ("title",),
        ("performers",),
        ("dates",),
        ("venue",),
    ]
    assert report.left_out == ("price",)


def test_details_below_a_small_title_are_larger_than_the_smallest_that_is_allowed(fonts) -> None:
    show = EventFacts(
        title="Příliš žluťoučký kůň: večer písní",
        performers="Jiří Řehoř, Květa Fialová",
        dates="pá 11. prosince, 19:30",
        venue="Divadlo Archa",
        price="od 250 Kč",
        call_to_action="Kupte si vstupenky",
        language="cs",
    )
    _, report = lay_over(calm(1200, 1800), show, Wish(), fonts)
    title, *details = [line.size_px for line in report.lines]
    assert all(39 <= size < 0.65 * title for size in details)
