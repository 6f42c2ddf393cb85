"""Templates of the media assistant: layouts, styles, kinds of picture and scenes to choose from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api.services import acting, signed_in
from api.shapes import Output
from posthub_assets.domain.media.templates.catalogue import catalogue

router = APIRouter(prefix="/v1/media", tags=["media"], dependencies=[Depends(signed_in)])


class Template(Output):
    """What all templates have: the code to order by, and its name in four languages."""

    code: str
    name: str
    names: dict[str, str]
    description: str


class TemplateBox(Output):
    """A place, as fractions of the picture from its upper left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


class LayoutTemplate(Template):
    """Where the facts stand: `overlay.layout` of an order."""

    shape: str
    width_px: int
    height_px: int
    placement: str
    box: TemplateBox | None
    align: str
    font: str
    treatment: str
    facts: list[str]
    rule: bool


class StylePreset(Template):
    """A style: `style` of an order. `local_grounds` are what `local` draws in it."""

    prompt: str
    negative_prompt: str
    local_grounds: list[str]


class ImageTypeTemplate(Template):
    """A kind of picture: `type` of an order. `local_grounds` is by style."""

    prompt: str
    composition: str
    local_grounds: dict[str, str]


class SceneTemplate(Template):
    """A prompt with gaps: `scene` of an order. `variables` say what goes into each gap."""

    prompt: str
    variables: dict[str, str]
    example: dict[str, str]
    example_prompt: str
    image_type: str
    preset: str
    shape: str
    layout: str


class FontTemplate(Output):
    """A font: `overlay.font` of an order."""

    code: str
    description: str


class OverlayChoices(Output):
    """What an overlay can be told besides its layout."""

    facts: list[str]
    max_fact_chars: int
    placements: list[str]
    aligns: list[str]
    treatments: list[str]
    fonts: list[FontTemplate]


class MediaTemplates(Output):
    """Everything that can be chosen instead of described."""

    layouts: list[LayoutTemplate]
    presets: list[StylePreset]
    image_types: list[ImageTypeTemplate]
    scenes: list[SceneTemplate]
    overlay: OverlayChoices


@router.get("/templates")
async def list_media_templates(
    request: Request,
    *,
    language: Annotated[
        str, Query(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="of the names")
    ] = "en",
) -> MediaTemplates:
    """List layouts, styles, kinds of picture, and scenes with an example of each."""
    async with acting(request):
        return MediaTemplates.model_validate(catalogue(language))
