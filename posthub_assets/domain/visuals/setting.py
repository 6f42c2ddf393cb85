"""The text of one picture, chosen and placed: headline, rule, company's name and its mark.

What does not belong here: breaking lines (`typesetting.py`) and painting (`drawing.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from posthub_assets.domain.briefs import ImageBrief
from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.visuals.composition import Area, Frame, Layout, plan_frame
from posthub_assets.domain.visuals.faces import FontSet, choose_face, refuse_unshapable
from posthub_assets.domain.visuals.headline import Wording, clean, wordings
from posthub_assets.domain.visuals.style import Style
from posthub_assets.domain.visuals.typesetting import Block, fit, ink_areas

_RULE_WIDTH, _RULE_HEIGHT, _RULE_GAP = 7.2, 0.62, 2.6
_BRAND_GAP_ABOVE_HEADLINE, _BRAND_GAP_BELOW = 4.2, 3.2
"""All in percent of the picture's width."""
_MARK_SHARE = 0.5
"""The mark's height as a share of the name's size."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Lines with the edges that their ink is flush with, in pixels."""

    block: Block
    left: float
    right: float
    top: float

    def inks(self) -> tuple[Area, ...]:
        """Give the box of each line's ink."""
        return ink_areas(self.block, left=self.left, right=self.right, top=self.top)


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything about the text of one picture. `brand` is None where the name has no room."""

    frame: Frame
    wording: Wording
    headline: Placed
    rule: Area
    brand: Placed | None
    mark: Area | None

    @property
    def right_to_left(self) -> bool:
        """Whether the picture is mirrored for right-to-left text."""
        return self.headline.block.face.right_to_left

    def inks(self) -> tuple[Area, ...]:
        """Give the boxes of all lines' ink: the headline's, then the name's."""
        return self.headline.inks() + (self.brand.inks() if self.brand else ())


def set_text(brief: ImageBrief, style: Style, fonts: FontSet) -> tuple[Style, Setting]:
    """Choose the first wording that can be drawn and fits, and place it with the company's name.

    Where none fits the style's layout, the widest layout and the narrowest family are tried, so
    the style comes back too. Raises PermanentProviderError with the first reason where nothing
    helps; no word is ever cut.
    """
    widest = replace(style, layout=Layout.WAVES)
    narrowest = replace(widest, family="oswald")
    reasons: list[PermanentProviderError] = []
    for tried in dict.fromkeys((style, widest, narrowest)):
        for wording in wordings(brief):
            try:
                return tried, _place(brief, tried, fonts, wording)
            except PermanentProviderError as error:
                reasons.append(error)
    raise reasons[0]


def _place(brief: ImageBrief, style: Style, fonts: FontSet, wording: Wording) -> Setting:
    language = brief.company.language
    face = choose_face(wording.text, style.family, fonts=fonts, language=language, bold=True)
    frame = plan_frame(style.layout, brief.width_px, brief.height_px)
    if face.right_to_left:
        frame = frame.mirrored(brief.width_px)
    brand, mark = _place_brand(brief, style, fonts, frame, face.right_to_left)
    area = _headline_area(frame, brand, brief.width_px / 100)
    rule_px = _rule_px(brief.width_px)
    block = fit(
        wording.text,
        face,
        width_px=area.width,
        height_px=area.height - rule_px,
        sizes_px=frame.headline_px,
    )
    if block is None:
        raise PermanentProviderError(_too_long_message(wording.text), provider="local")
    # A little above the middle: that is where the eye takes the middle to be.
    top = area.y0 + 0.44 * (area.height - rule_px - block.height_px)
    headline = Placed(block, area.x0, area.x1, top + rule_px)
    rule = _rule(area, top, brief.width_px, face.right_to_left)
    setting = Setting(frame, wording, headline, rule, brand, mark)
    if not all(frame.safe.holds(ink) for ink in setting.inks()):
        raise PermanentProviderError(_too_long_message(wording.text), provider="local")
    return setting


def _headline_area(frame: Frame, brand: Placed | None, unit: float) -> Area:
    text = frame.text
    if brand is None:
        return text
    if frame.brand_on_top:
        taken = brand.block.height_px + _BRAND_GAP_ABOVE_HEADLINE * unit
        return Area(text.x0, text.y0 + taken, text.x1, text.y1)
    taken = brand.block.height_px + _BRAND_GAP_BELOW * unit
    return Area(text.x0, text.y0, text.x1, text.y1 - taken)


def _rule_px(width_px: int) -> float:
    return (_RULE_HEIGHT + _RULE_GAP) * width_px / 100


def _rule(area: Area, top: float, width_px: int, right_to_left: bool) -> Area:
    length, height = _RULE_WIDTH * width_px / 100, _RULE_HEIGHT * width_px / 100
    start = area.x1 - length if right_to_left else area.x0
    return Area(start, top, start + length, top + height)


def _place_brand(
    brief: ImageBrief, style: Style, fonts: FontSet, frame: Frame, right_to_left: bool
) -> tuple[Placed | None, Area | None]:
    """Place the name at the headline's starting edge, behind its mark, whatever its own script."""
    inset = frame.brand_px[1] * (1.5 if style.mark == "bar" else 1.0)
    block = _brand_block(brief, style, fonts, frame, frame.text.width - inset)
    if block is None:
        return None, None
    text = frame.text
    top = text.y0 if frame.brand_on_top else text.y1 - block.height_px
    box = ink_areas(block, left=0, right=0, top=0)[0]
    left = text.x1 - inset - box.width if right_to_left else text.x0 + inset
    placed = Placed(block, left, left + box.width, top)
    height = _MARK_SHARE * block.size_px
    length = 2 * height if style.mark == "bar" else height
    height = 0.44 * height if style.mark == "bar" else height
    middle = top + block.ascent_px - 0.36 * block.size_px
    x0 = text.x1 - length if right_to_left else text.x0
    return placed, Area(x0, middle - height / 2, x0 + length, middle + height / 2)


def _brand_block(
    brief: ImageBrief, style: Style, fonts: FontSet, frame: Frame, width_px: float
) -> Block | None:
    """Set the company's name on one line, leaving out last words where it is too long."""
    name = clean(brief.company.name).text
    refuse_unshapable(name, fonts)
    words = name.split()
    while words:
        shown = "\u00a0".join(words) + ("" if len(words) == len(name.split()) else "…")
        language = brief.company.language
        face = choose_face(shown, style.family, fonts=fonts, language=language, bold=False)
        height = frame.text.height
        block = fit(shown, face, width_px=width_px, height_px=height, sizes_px=frame.brand_px)
        if block:
            return block
        words.pop()
    return None


def _too_long_message(text: str) -> str:
    longest = max(text.split(), key=len)
    return (
        f"The headline “{text}” cannot be set legibly in this picture; its longest word, "
        f"“{longest}”, has {len(longest)} characters. Shorten the topic's title."
    )
