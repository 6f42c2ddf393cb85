"""`lay_over`: facts onto one picture. The same picture, facts and wish give the same pixels.

What does not belong here: files and formats (`task.py`), each step's rules (the other modules).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.overlay import veils
from posthub_assets.domain.media.overlay.arranging import arrange, sizes_for
from posthub_assets.domain.media.overlay.facts import (
    EventFacts,
    drawable,
    lost_note,
    nothing_to_draw,
    says_something,
)
from posthub_assets.domain.media.overlay.inks import (
    Chosen,
    Tone,
    accent_for,
    choose,
    needed_opacity,
    tones,
)
from posthub_assets.domain.media.overlay.lettering import Lettering, lettering, reads_right_to_left
from posthub_assets.domain.media.overlay.placing import Line, Placed, area_of, place
from posthub_assets.domain.media.overlay.report import LineReport, OverlayReport
from posthub_assets.domain.media.overlay.wish import Placement, Treatment, Wish, checked
from posthub_assets.domain.visuals.composition import Area
from posthub_assets.domain.visuals.faces import FontSet
from posthub_assets.domain.visuals.legibility import contrasts, pixels_behind
from posthub_assets.domain.visuals.palette import (
    MIN_SHAPE_CONTRAST,
    MIN_TEXT_CONTRAST,
    Rgb,
    hex_color,
)

if TYPE_CHECKING:
    from PIL import Image

    from posthub_assets.domain.visuals.legibility import Pixels

SMALLEST_SIDE_PX = 120
LARGEST_SIDE_PX = 4096
MOST_PIXELS = 12_500_000
"""A larger picture would not stay below 200 MB while it is written as a file."""
_FEW = 0.03
"""Where at most this share of the pixels is in the way, an outline is enough."""
_MOST, _WORTH_IT = 0.95, 0.12
"""A scrim for this share of the pixels, and an outline for the rest, where that makes the scrim
thinner by so much."""
_PANEL_OPACITY = 0.88
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2069"))
"""Marks of direction that we put in; what is reported is free of them."""


@dataclass(frozen=True, slots=True)
class _Veil:
    """What lies between picture and words. `mask` is None for nothing.

    `exact`: contrast is measured on what touches the letters, else in their lines' whole boxes.
    """

    kind: str
    mask: Image.Image | None
    opacity: float
    exact: bool = False


def lay_over(
    picture: Image.Image, facts: EventFacts, wish: Wish, fonts: FontSet
) -> tuple[Image.Image, OverlayReport]:
    """Lay facts over an RGB picture. Gives a new one and a report; the rest is as in `lay_onto`."""
    painted = picture.copy()
    return painted, lay_onto(painted, facts, wish, fonts)


def lay_onto(picture: Image.Image, facts: EventFacts, wish: Wish, fonts: FontSet) -> OverlayReport:
    """Lay facts onto an RGB picture itself: 120 to 4096 pixels a side, 12.5 million at most in all.

    At most four lines, all inside the area asked for; every line has at least 4.5:1 (WCAG 2.2,
    1.4.3) with every pixel that touches its letters. With no facts the picture stays as it is,
    and a note says so. Raises InvalidInput for a wish, size or text that cannot be met, naming it,
    PermanentProviderError where right-to-left text cannot be shaped here.
    """
    wish = checked(wish)
    _refuse(picture)
    canvas = picture.size
    words = drawable(facts, fonts, wish.facts)
    if not words.texts:
        return _nothing(words.notes)
    letters = lettering(words.texts, fonts=fonts, preferred=wish.font, language=facts.language)
    texts, dropped = _settable(words.texts, letters)
    rtl = reads_right_to_left(texts, facts.language)
    area = area_of(wish, *canvas, rtl=rtl)
    if wish.treatment is Treatment.PANEL and wish.placement is Placement.CUSTOM:
        area = area.inset(veils.PANEL_PAD_SHARE * min(canvas) + 1)  # the card too is in the box
    sizes = sizes_for(*canvas, rule=wish.rule)
    arranged = arrange(texts, letters, area, sizes)
    placed = place(arranged.rows, sizes, area, wish, canvas, rtl=rtl)
    chosen, veil = _veil(picture, placed, wish)
    colors, ratio = _draw(picture, placed, chosen, veil)
    return OverlayReport(
        lines=tuple(_told(line, color) for line, color in zip(placed.lines, colors, strict=True)),
        left_out=arranged.left_out,
        notes=(*words.notes, *dropped, *arranged.notes),
        treatment=veil.kind,
        veil_color=hex_color(chosen.tone.veil) if veil.mask else "",
        veil_opacity=veil.opacity,
        contrast=round(ratio - 0.005, 2),
        right_to_left=rtl,
        area_px=_rounded(area),
    )


def _settable(texts: Mapping[str, str], letters: Lettering) -> tuple[dict[str, str], list[str]]:
    """Give the facts in letters that can stand side by side, and a note for each that cannot."""
    kept, notes = {}, []
    for name, text in texts.items():
        kept[name], lost = letters.settable(text)
        if lost:
            notes.append(lost_note(name, lost))
    sayable = {name: text for name, text in kept.items() if says_something(text)}
    if not sayable:
        raise nothing_to_draw()
    return sayable, notes


def _veil(picture: Image.Image, placed: Placed, wish: Wish) -> tuple[Chosen, _Veil]:
    """Choose colours, and paint what the words need behind them onto the picture."""
    offered = tones(picture, wish.colors, wish.text_color)
    behind = pixels_behind(picture, placed.inks())
    chosen = choose(behind, offered)
    kind = wish.treatment
    if kind is Treatment.AUTO:
        kind = Treatment.OUTLINE if chosen.failing <= _FEW else Treatment.SCRIM
        thin = needed_opacity(behind, chosen.tone, _MOST)
        if kind is Treatment.SCRIM and thin <= chosen.opacity - _WORTH_IT:
            return chosen, _scrim_and_outline(picture, placed, wish, chosen.tone, thin)
    if chosen.opacity == 0 and kind is not Treatment.PANEL:
        return chosen, _Veil("none", None, 0.0)
    if kind is Treatment.OUTLINE:
        return chosen, _outline(picture, placed, chosen.tone)
    if kind is Treatment.PANEL:
        mask, least = veils.panel(placed, picture.size), max(_PANEL_OPACITY, chosen.opacity)
    else:
        mask, least = veils.scrim(placed, wish, picture.size), chosen.opacity
    return chosen, _lay_enough(picture, placed, (chosen.tone, least), kind.value, mask)


def _scrim_and_outline(
    picture: Image.Image, placed: Placed, wish: Wish, tone: Tone, opacity: float
) -> _Veil:
    """Lay a thin scrim for most pixels, and an outline for the few that it leaves too near."""
    mask = veils.scrim(placed, wish, picture.size)
    veils.lay(picture, mask, tone.veil, opacity)
    _outline(picture, placed, tone)
    return _Veil("scrim and outline", mask, round(opacity, 2), exact=True)


def _outline(picture: Image.Image, placed: Placed, tone: Tone) -> _Veil:
    opacity = needed_opacity(
        veils.masked_pixels(picture, veils.touching(placed.lines, picture.size)), tone
    )
    if opacity == 0:
        return _Veil("none", None, 0.0, exact=True)
    mask = veils.outline(placed.lines, picture.size)
    return _lay_enough(picture, placed, (tone, opacity), "outline", mask)


def _lay_enough(
    picture: Image.Image, placed: Placed, veil: tuple[Tone, float], kind: str, mask: Image.Image
) -> _Veil:
    """Paint the veil at the reckoned opacity, and more where rounding left it too thin."""
    (tone, opacity), exact = veil, kind == Treatment.OUTLINE
    box = veils.surroundings(placed, picture.size)
    inks = [_moved(ink, -box[0], -box[1]) for ink in placed.inks()]
    letters = veils.touching(placed.lines, picture.size).crop(box) if exact else None
    while opacity < 1:
        trial = picture.crop(box)
        veils.lay(trial, mask.crop(box), tone.veil, opacity)
        behind = veils.masked_pixels(trial, letters) if letters else pixels_behind(trial, inks)
        if float(contrasts(behind, tone.ink).min()) >= MIN_TEXT_CONTRAST:
            break
        opacity = min(1.0, opacity + 0.02)
    veils.lay(picture, mask, tone.veil, opacity)
    return _Veil(kind, mask, round(opacity, 2), exact)


def _moved(area: Area, x: float, y: float) -> Area:
    return Area(area.x0 + x, area.y0 + y, area.x1 + x, area.y1 + y)


def _draw(
    picture: Image.Image, placed: Placed, chosen: Chosen, veil: _Veil
) -> tuple[list[Rgb], float]:
    """Draw the bar and the lines; give each line's colour and the worst contrast of all."""
    from PIL import ImageDraw

    ink, draw = chosen.tone.ink, ImageDraw.Draw(picture)
    loud = _loud_fact(placed.lines)
    colors, ratios = [], []
    behind = [_behind_line(picture, line, exact=veil.exact) for line in placed.lines]
    if placed.rule:
        around = pixels_behind(picture, (placed.rule,))
        bar = accent_for(around, chosen.tone, MIN_SHAPE_CONTRAST)
        draw.rectangle(_rounded(placed.rule), fill=bar)
    for line, pixels in zip(placed.lines, behind, strict=True):
        color = ink
        if loud in line.facts:
            color = accent_for(pixels, chosen.tone, MIN_TEXT_CONTRAST)
        line.draw(draw, hex_color(color))
        colors.append(color)
        ratios.append(float(contrasts(pixels, color).min()))
    return colors, min(ratios)


def _behind_line(picture: Image.Image, line: Line, *, exact: bool) -> Pixels:
    if exact:
        return veils.masked_pixels(picture, veils.touching((line,), picture.size))
    return pixels_behind(picture, (line.ink(),))


def _loud_fact(lines: tuple[Line, ...]) -> str:
    """Give the one detail that is set in the accent: the call to action, else the dates."""
    details = {name for line in lines if not line.is_title for name in line.facts}
    return next((name for name in ("call_to_action", "dates") if name in details), "")


def _told(line: Line, color: Rgb) -> LineReport:
    face = line.block.face
    return LineReport(
        line.text.translate(_MARKS),
        line.facts,
        face.family,
        line.block.size_px,
        _rounded(line.ink()),
        hex_color(color),
    )


def _rounded(area: Area) -> tuple[int, int, int, int]:
    return round(area.x0), round(area.y0), round(area.x1), round(area.y1)


def _nothing(notes: tuple[str, ...]) -> OverlayReport:
    note = "There are no facts to lay over: the picture is as it was. Give at least a title."
    return OverlayReport((), (), (*notes, note), "none", "", 0.0, 21.0, False, (0, 0, 0, 0))


def _refuse(picture: Image.Image) -> None:
    width, height = picture.size
    if picture.mode != "RGB":
        raise InvalidInput(
            f"Facts are laid over RGB pictures; this one is {picture.mode}. Convert it first.",
            field="picture",
        )
    if not SMALLEST_SIDE_PX <= min(width, height) <= max(width, height) <= LARGEST_SIDE_PX:
        raise InvalidInput(
            f"Facts cannot be laid over a picture of {width} by {height} pixels: each side must "
            f"have {SMALLEST_SIDE_PX} to {LARGEST_SIDE_PX}.",
            field="picture",
        )
    if width * height > MOST_PIXELS:
        raise InvalidInput(
            f"Facts cannot be laid over a picture of {width} by {height} pixels: it may have "
            f"{MOST_PIXELS / 1e6:.1f} million in all. Format it first and lay them over that.",
            field="picture",
        )
