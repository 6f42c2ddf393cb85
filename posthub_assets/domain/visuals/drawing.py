"""`draw_image`: one brief, one picture, the same bytes every time.

What does not belong here: which layout and words (`style.py`, `headline.py`), how letters are set
(`typesetting.py`), what the grounds look like (`grounds/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from posthub_assets.domain.briefs import ImageBrief
from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.ports import Picture
from posthub_assets.domain.visuals.alt_texts import alt_text
from posthub_assets.domain.visuals.composition import Area, Frame, plan_frame
from posthub_assets.domain.visuals.faces import FontSet, choose_face, refuse_unshapable
from posthub_assets.domain.visuals.headline import Wording, clean, wordings
from posthub_assets.domain.visuals.palette import (
    MIN_TEXT_CONTRAST,
    Rgb,
    contrast,
    hex_color,
)
from posthub_assets.domain.visuals.style import Style, choose_style, shapes_dice
from posthub_assets.domain.visuals.typesetting import Block, draw_block, fit, ink_areas

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

MODEL = "local-pictures-1"
"""Changes when the same brief would give another picture."""
SMALLEST_SIDE_PX = 320
LARGEST_SIDE_PX = 4096
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
"""IPTC NewsCodes, digital source type: made by an algorithm that was not trained on anything."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything about the text of one picture, placed. `mark` and `rule` are filled shapes."""

    frame: Frame
    wording: Wording
    headline: Block
    headline_top: float
    rule: Area
    brand: Block | None
    brand_top: float
    brand_inset: float
    """From the text's starting edge to the company's name; the mark stands before it."""

    @property
    def right_to_left(self) -> bool:
        """Whether the picture is mirrored for right-to-left text."""
        return self.headline.face.right_to_left


def draw_image(brief: ImageBrief, fonts: FontSet) -> Picture:
    """Draw the picture of a brief as PNG, `width_px` by `height_px` (320 to 4096 each).

    Text has at least 4.5:1 (WCAG 2.2, 1.4.3) on the pixels really behind it, measured before it is
    drawn; `contrast_percent` is the worst ratio times 100, `background_color` the pixel that has
    it. Emoji and other pictographs are left out of the headline. Raises PermanentProviderError
    for text that cannot be drawn here, naming the missing library or the letters, for words too
    long for the picture, and for sizes out of range.
    """
    from PIL import ImageDraw

    _refuse_size(brief)
    style = choose_style(brief)
    setting = set_text(brief, style, fonts)
    image = _paint_ground(brief, style, setting)
    inks = _text_areas(setting)
    _ensure_contrast(image, inks, style)
    ground, ratio = _worst_ground(image, inks, style.scheme.text)
    _draw_text(ImageDraw.Draw(image), setting, style)
    company = clean(brief.company.name).text if setting.brand else ""
    return Picture(
        data=_encoded(image),
        media_type="image/png",
        width_px=brief.width_px,
        height_px=brief.height_px,
        layout=style.layout.value,
        headline=setting.wording.text,
        alt_text=alt_text(
            language=brief.company.language,
            headline=setting.wording.text,
            company=company,
            layout=style.layout,
            ground=style.scheme.ground,
        ),
        text_color=hex_color(style.scheme.text),
        background_color=hex_color(ground),
        contrast_percent=int(ratio * 100),
        right_to_left=setting.right_to_left,
        model=MODEL,
    )


def set_text(brief: ImageBrief, style: Style, fonts: FontSet) -> Setting:
    """Choose the first wording that can be drawn and fits, and place it with the company's name.

    Raises PermanentProviderError with the first wording's reason where none can.
    """
    reasons: list[PermanentProviderError] = []
    for wording in wordings(brief):
        try:
            return _placed(brief, style, fonts, wording)
        except PermanentProviderError as error:
            reasons.append(error)
    raise reasons[0]


def _placed(brief: ImageBrief, style: Style, fonts: FontSet, wording: Wording) -> Setting:
    language = brief.company.language
    face = choose_face(wording.text, style.family, fonts=fonts, language=language, bold=True)
    frame = plan_frame(style.layout, brief.width_px, brief.height_px)
    if face.right_to_left:
        frame = frame.mirrored(brief.width_px)
    unit = brief.width_px / 100
    rule_height, gap = max(4.0, 0.62 * unit), 2.6 * unit
    brand = _brand_block(brief, style, fonts, frame)
    taken = brand.height_px + 3.2 * unit if brand else 0.0
    room = frame.text.height - taken - rule_height - gap
    block = fit(
        wording.text,
        face,
        width_px=frame.text.width,
        height_px=room,
        sizes_px=frame.headline_px,
    )
    if block is None:
        raise PermanentProviderError(_too_long_message(wording.text), provider="local")
    free = room - block.height_px
    area_top = frame.text.y0 + (taken if frame.brand_on_top else 0.0)
    top = area_top + free * (0.36 if frame.brand_on_top else 0.45)
    start = frame.text.x1 - 7.2 * unit if face.right_to_left else frame.text.x0
    brand_top = frame.text.y0 if frame.brand_on_top else frame.text.y1
    if brand and not frame.brand_on_top:
        brand_top -= brand.height_px
    return Setting(
        frame=frame,
        wording=wording,
        headline=block,
        headline_top=top + rule_height + gap,
        rule=Area(start, top, start + 7.2 * unit, top + rule_height),
        brand=brand,
        brand_top=brand_top,
        brand_inset=_mark_width(frame, style),
    )


def _brand_block(brief: ImageBrief, style: Style, fonts: FontSet, frame: Frame) -> Block | None:
    """Set the company's name on one line; None where it has no letters that can be set so."""
    name = clean(brief.company.name).text
    refuse_unshapable(name, fonts)
    width = frame.text.width - _mark_width(frame, style)
    words = name.split()
    while words:
        shown = " ".join(words) + ("" if len(words) == len(name.split()) else "…")
        face = choose_face(
            shown, style.family, fonts=fonts, language=brief.company.language, bold=False
        )
        glued = shown.replace(" ", "\u00a0")
        block = fit(
            glued, face, width_px=width, height_px=frame.text.height, sizes_px=frame.brand_px
        )
        if block:
            return block
        words.pop()
    return None


def _mark_width(frame: Frame, style: Style) -> float:
    return frame.brand_px[1] * (1.5 if style.mark == "bar" else 1.0)


def _paint_ground(brief: ImageBrief, style: Style, setting: Setting) -> Image.Image:
    from PIL import ImageOps

    from posthub_assets.domain.visuals.canvas import Canvas
    from posthub_assets.domain.visuals.grounds import PAINTERS

    canvas = Canvas(brief.width_px, brief.height_px, style.scheme.ground)
    frame = plan_frame(style.layout, brief.width_px, brief.height_px)
    PAINTERS[style.layout](canvas, frame, style.scheme, shapes_dice(style))
    picture = canvas.picture()
    return ImageOps.mirror(picture) if setting.right_to_left else picture


def _text_areas(setting: Setting) -> list[Area]:
    """Give the ink boxes of all lines; PermanentProviderError if one leaves the safe area."""
    areas = list(ink_areas(setting.headline, **_headline_place(setting)))
    if setting.brand:
        areas += ink_areas(setting.brand, **_brand_place(setting))
    if not all(setting.frame.safe.holds(area) for area in areas):
        raise PermanentProviderError(_too_long_message(setting.wording.text), provider="local")
    return areas


def _headline_place(setting: Setting) -> dict[str, float]:
    text = setting.frame.text
    return {"left": text.x0, "right": text.x1, "top": setting.headline_top}


def _brand_place(setting: Setting) -> dict[str, float]:
    """Place the name at the headline's starting edge, behind the mark, whatever its own script."""
    text, inset = setting.frame.text, setting.brand_inset
    if not setting.brand:
        return {"left": text.x0, "right": text.x1, "top": setting.brand_top}
    box = ink_areas(setting.brand, left=0, right=0, top=0)[0]
    if setting.right_to_left:
        right = text.x1 - inset
        return {"left": right - box.width, "right": right, "top": setting.brand_top}
    left = text.x0 + inset
    return {"left": left, "right": left + box.width, "top": setting.brand_top}


def _ensure_contrast(image: Image.Image, areas: list[Area], style: Style) -> None:
    """Lay the scheme's ground behind the text where what was painted there is too near to it."""
    from PIL import ImageDraw

    _, ratio = _worst_ground(image, areas, style.scheme.text)
    if ratio >= MIN_TEXT_CONTRAST:
        return
    pad = 0.02 * image.width
    box = (
        min(area.x0 for area in areas) - pad,
        min(area.y0 for area in areas) - pad,
        max(area.x1 for area in areas) + pad,
        max(area.y1 for area in areas) + pad,
    )
    ImageDraw.Draw(image).rounded_rectangle(box, radius=pad, fill=style.scheme.ground)


def _worst_ground(image: Image.Image, areas: list[Area], text: Rgb) -> tuple[Rgb, float]:
    """Find the pixel behind the text with the least contrast, and that contrast.

    All pixels of the lines' boxes are looked at, three pixels more on each side.
    """
    found: set[Rgb] = set()
    for area in areas:
        found |= _colors(image, area.inset(-3))
    worst = min(sorted(found), key=lambda color: contrast(color, text))
    return worst, contrast(worst, text)


def _colors(image: Image.Image, area: Area) -> set[Rgb]:
    """Give every colour that is in an area of the picture."""
    import numpy as np

    box = (
        max(0, int(area.x0)),
        max(0, int(area.y0)),
        min(image.width, int(area.x1) + 1),
        min(image.height, int(area.y1) + 1),
    )
    pixels = np.asarray(image.crop(box)).reshape(-1, 3).astype(np.uint32)
    codes = np.unique((pixels[:, 0] << 16) | (pixels[:, 1] << 8) | pixels[:, 2])
    return {(int(code) >> 16, int(code) >> 8 & 255, int(code) & 255) for code in codes}


def _draw_text(draw: ImageDraw.ImageDraw, setting: Setting, style: Style) -> None:
    scheme, rule = style.scheme, setting.rule
    draw.rectangle(
        (round(rule.x0), round(rule.y0), round(rule.x1) - 1, round(rule.y1) - 1),
        fill=scheme.accent,
    )
    text = hex_color(scheme.text)
    draw_block(draw, setting.headline, **_headline_place(setting), color=text)
    if setting.brand:
        place = _brand_place(setting)
        draw_block(draw, setting.brand, **place, color=text)
        _draw_mark(draw, setting, style, place["top"])


def _draw_mark(draw: ImageDraw.ImageDraw, setting: Setting, style: Style, top: float) -> None:
    """Draw the sign before the company's name, level with the middle of its letters."""
    assert setting.brand is not None
    size = 0.5 * setting.brand.size_px
    length = 2.0 * size if style.mark == "bar" else size
    middle = top + setting.brand.ascent_px - 0.36 * setting.brand.size_px
    text = setting.frame.text
    x0 = text.x1 - length if setting.right_to_left else text.x0
    half = 0.22 * size if style.mark == "bar" else size / 2
    box = (x0, middle - half, x0 + length, middle + half)
    if style.mark == "dot":
        draw.ellipse(box, fill=style.scheme.accent)
    else:
        draw.rectangle(box, fill=style.scheme.accent)


def _encoded(image: Image.Image) -> bytes:
    """Write PNG with fixed parameters, no time, and the IPTC digital source type as XMP."""
    from PIL.PngImagePlugin import PngInfo

    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'Iptc4xmpExt:DigitalSourceType="{_SOURCE_TYPE}"/></rdf:RDF></x:xmpmeta>'
    )
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp)
    buffer = BytesIO()
    image.save(buffer, "PNG", pnginfo=info, compress_level=6)
    return buffer.getvalue()


def _refuse_size(brief: ImageBrief) -> None:
    for side in (brief.width_px, brief.height_px):
        if not SMALLEST_SIDE_PX <= side <= LARGEST_SIDE_PX:
            raise PermanentProviderError(
                f"An image of {brief.width_px} by {brief.height_px} pixels cannot be drawn: each "
                f"side must have {SMALLEST_SIDE_PX} to {LARGEST_SIDE_PX} pixels.",
                provider="local",
            )


def _too_long_message(text: str) -> str:
    longest = max(text.split(), key=len)
    return (
        f"The headline “{text}” cannot be set legibly in this picture; its longest word, "
        f"“{longest}”, has {len(longest)} characters. Shorten the topic's title."
    )


__all__ = ["MODEL", "Setting", "draw_image", "set_text"]
