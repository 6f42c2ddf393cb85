"""`draw_image`: one brief, one picture, the same bytes every time.

What does not belong here: which layout and words (`style.py`, `headline.py`), where letters stand
(`setting.py`), what the grounds look like (`grounds/`).
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from posthub_assets.domain.briefs import ImageBrief
from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.ports import Picture
from posthub_assets.domain.visuals.alt_texts import alt_text
from posthub_assets.domain.visuals.composition import plan_frame
from posthub_assets.domain.visuals.faces import FontSet
from posthub_assets.domain.visuals.headline import clean
from posthub_assets.domain.visuals.legibility import ensure_contrast
from posthub_assets.domain.visuals.palette import Rgb, hex_color
from posthub_assets.domain.visuals.setting import Setting, set_text
from posthub_assets.domain.visuals.style import Style, choose_style, shapes_dice
from posthub_assets.domain.visuals.typesetting import draw_block

if TYPE_CHECKING:
    from PIL import Image

MODEL = "local-pictures-1"
"""Changes when the same brief would give another picture."""
SMALLEST_SIDE_PX = 320
LARGEST_SIDE_PX = 4096
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
"""IPTC NewsCodes, digital source type: made by an algorithm that was not trained on anything."""
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    f'Iptc4xmpExt:DigitalSourceType="{_SOURCE_TYPE}"/></rdf:RDF></x:xmpmeta>'
)


def draw_image(brief: ImageBrief, fonts: FontSet) -> Picture:
    """Draw the picture of a brief as PNG, `width_px` by `height_px` (320 to 4096 each).

    Text has at least 4.5:1 (WCAG 2.2, 1.4.3) on the pixels really behind it, measured before it is
    drawn; `contrast_percent` is the worst ratio times 100, `background_color` the pixel that has
    it. Emoji and other pictographs are left out of the headline. Raises PermanentProviderError
    for text that cannot be drawn here, naming the missing library or the letters, for words too
    long for the picture, and for sizes out of range.
    """
    _refuse_size(brief)
    style, setting = set_text(brief, choose_style(brief), fonts)
    scheme = style.scheme
    image = _paint_ground(brief, style, mirrored=setting.right_to_left)
    ground, ratio = ensure_contrast(image, setting.inks(), text=scheme.text, ground=scheme.ground)
    _draw_text(image, setting, style)
    return Picture(
        data=_encoded(image),
        media_type="image/png",
        width_px=brief.width_px,
        height_px=brief.height_px,
        layout=style.layout.value,
        headline=setting.wording.text,
        alt_text=_alt_text(brief, style, setting),
        text_color=hex_color(scheme.text),
        background_color=hex_color(ground),
        contrast_percent=int(ratio * 100),
        right_to_left=setting.right_to_left,
        model=MODEL,
    )


def _paint_ground(brief: ImageBrief, style: Style, *, mirrored: bool) -> Image.Image:
    from PIL import ImageOps

    from posthub_assets.domain.visuals.canvas import Canvas
    from posthub_assets.domain.visuals.grounds import PAINTERS

    canvas = Canvas(brief.width_px, brief.height_px, style.scheme.ground)
    frame = plan_frame(style.layout, brief.width_px, brief.height_px)
    PAINTERS[style.layout](canvas, frame, style.scheme, shapes_dice(style))
    picture = canvas.picture()
    return ImageOps.mirror(picture) if mirrored else picture


def _draw_text(image: Image.Image, setting: Setting, style: Style) -> None:
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image)
    accent: Rgb = style.scheme.accent
    color = hex_color(style.scheme.text)
    rule, mark = setting.rule, setting.mark
    draw.rectangle(
        (round(rule.x0), round(rule.y0), round(rule.x1) - 1, round(rule.y1) - 1), fill=accent
    )
    for placed in (setting.headline, setting.brand):
        if placed:
            draw_block(
                draw,
                placed.block,
                left=placed.left,
                right=placed.right,
                top=placed.top,
                color=color,
            )
    if mark:
        shape = draw.ellipse if style.mark == "dot" else draw.rectangle
        shape((mark.x0, mark.y0, mark.x1, mark.y1), fill=accent)


def _alt_text(brief: ImageBrief, style: Style, setting: Setting) -> str:
    return alt_text(
        language=brief.company.language,
        headline=setting.wording.text,
        company=clean(brief.company.name).text if setting.brand else "",
        layout=style.layout,
        ground=style.scheme.ground,
    )


def _encoded(image: Image.Image) -> bytes:
    """Write PNG with fixed parameters, no time, and the IPTC digital source type as XMP."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", _XMP)
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
