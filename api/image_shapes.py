"""AI images as they are asked for and told of: the shapes of `routers/ai_images.py`.

What does not belong here: routes, what is made of an order (`image_orders.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from typing_extensions import TypeAliasType

from api.routers.jobs import JobStatus
from api.shapes import Exact, Input, Output
from posthub_assets.domain.media.overlay.wish import Align, Placement, Treatment
from posthub_assets.domain.media.wanted import (
    MOST_VARIATIONS,
    SIDES_PX,
    SIZES,
    ImageType,
    Preset,
    Quality,
)

ImageFormat = TypeAliasType("ImageFormat", Literal["poster", "square", "banner"])
ImageProviderName = TypeAliasType("ImageProviderName", Literal["gemini", "openai", "local"])
OverlayFont = TypeAliasType(
    "OverlayFont", Literal["manrope", "lora", "oswald", "rubik", "noto-kufi-arabic"]
)
FactName = TypeAliasType(
    "FactName",
    Literal["title", "performers", "dates", "venue", "price", "call_to_action", "free_text"],
)
Fact = Annotated[str, Field(max_length=300)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Side = Annotated[int, Field(ge=SIDES_PX[0], le=SIDES_PX[1])]
Prompt = Annotated[str, Field(min_length=1, max_length=2_000)]
Negative = Annotated[str, Field(max_length=500)]
Variations = Annotated[int, Field(ge=1, le=MOST_VARIATIONS)]
LayoutCode = Annotated[str, Field(pattern="^[a-z_]{1,40}$")]
Color = Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$")]


class OverlayFacts(Input):
    """Facts in your own words. Each takes the place of the show's; an empty one leaves it out."""

    title: Fact | None = None
    performers: Fact | None = None
    dates: Fact | None = None
    venue: Fact | None = None
    price: Fact | None = None
    call_to_action: Fact | None = None
    free_text: Fact | None = None

    def given(self) -> dict[str, str]:
        """Give what was written, by name."""
        plain: dict[str, str] = self.model_dump(exclude_none=True)
        return plain


class OverlayBox(Input):
    """Where the facts stand, as fractions of the picture from its upper left corner."""

    x0: Fraction
    y0: Fraction
    x1: Fraction
    y1: Fraction


class Overlay(Input):
    """The facts of the show laid over the picture by us, and how they stand. All may be left out.

    `layout` is the code of one of `GET /v1/media/templates`; what is given beside it counts first.
    `show_facts` false lays only your own `facts` over. `only` names the facts that are wanted. What
    finds no room in four lines is left out, the least important first; the answer says so.
    """

    layout: LayoutCode | None = None
    show_facts: bool = True
    facts: OverlayFacts = Field(default_factory=OverlayFacts)
    only: Annotated[list[FactName], Field(min_length=1, max_length=7)] | None = None
    placement: Placement | None = None
    box: OverlayBox | None = None
    align: Align | None = None
    font: OverlayFont | None = None
    treatment: Treatment | None = None
    text_color: Color | None = None
    rule: bool | None = None

    @model_validator(mode="after")
    def _has_its_box(self) -> Overlay:
        if self.placement is Placement.CUSTOM and self.box is None:
            raise ValueError("The placement custom needs a box: x0, y0, x1, y1 from 0 to 1.")
        return self


class SceneOrder(Input):
    """A scene of `GET /v1/media/templates`, with its gaps filled."""

    code: Annotated[str, Field(pattern="^[a-z_]{1,40}$")]
    variables: dict[str, Annotated[str, Field(max_length=200)]] = Field(default_factory=dict)


class Wished(Input):
    """What the picture shall be: everything that decides what it costs.

    A `scene` makes the prompt; what stands in `prompt` beside it is added to it. Type and style are
    the scene's where nothing else is said.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "company_id": "0198c1f0-0000-7000-8000-000000000000",
                    "prompt": "A small jazz band on a candle-lit stage, seen from the tables",
                    "variations": 4,
                }
            ]
        }
    )

    company_id: UUID
    show_id: UUID | None = None
    type: ImageType | None = None
    prompt: Annotated[str, Field(max_length=2_000)] = ""
    scene: SceneOrder | None = None
    negative_prompt: Negative = ""
    style: Preset | None = None
    quality: Quality = Quality.STANDARD
    variations: Variations = 1
    format: ImageFormat | None = None
    width_px: Side | None = None
    height_px: Side | None = None
    source_asset_id: UUID | None = None
    provider: ImageProviderName | None = None

    @model_validator(mode="after")
    def _has_one_size(self) -> Wished:
        sides = (self.width_px, self.height_px)
        if (None in sides) != (sides == (None, None)):
            raise ValueError("Give width_px and height_px, or neither of them.")
        if self.format is not None and self.width_px is not None:
            raise ValueError("Give a format, or a size in pixels; not both.")
        return self

    @model_validator(mode="after")
    def _says_what(self) -> Wished:
        if not self.prompt and self.scene is None:
            raise ValueError("Say in prompt what is to be seen, or name a scene.")
        if self.scene is not None and self.source_asset_id is not None:
            raise ValueError("A scene is for a new picture. Say in prompt what is to change.")
        return self

    def size(self, source: tuple[int, int] | None) -> tuple[int, int]:
        """Give the size in pixels; a picture that is changed keeps its own within the limits."""
        if self.width_px is not None and self.height_px is not None:
            return self.width_px, self.height_px
        if self.format is None and source is not None:
            least, most = SIDES_PX
            share = min(1.0, most / max(source))
            width, height = (max(least, round(side * share)) for side in source)
            return width, height
        return SIZES[self.format or "square"]


class ImageOrder(Wished):
    """Pictures to make, or with `source_asset_id` a picture of the library to change.

    Words are never painted: an `overlay` lays the facts over the picture. Without `provider` the
    organisation's settings say who makes it; without any key that is `local`, which draws in the
    brand's colours and costs nothing.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "company_id": "0198c1f0-0000-7000-8000-000000000000",
                    "prompt": "A small jazz band on a candle-lit stage, seen from the tables",
                    "style": "vintage",
                    "variations": 2,
                    "format": "poster",
                    "provider": "local",
                }
            ]
        }
    )

    overlay: Overlay | None = None


class Regeneration(Input):
    """The same pictures once more, made anew. What is left out stays as it was.

    `changes` says what shall be different from those before.
    """

    prompt: Prompt | None = None
    changes: Annotated[str, Field(max_length=1_000)] | None = None
    negative_prompt: Negative | None = None
    style: Preset | None = None
    quality: Quality | None = None
    variations: Variations | None = None


class Selection(Input):
    """The variation that is to be used, from 1; with `auto_format` its formats are made at once."""

    variation_index: Variations
    auto_format: bool = False


class OverlayOrder(Input):
    """A picture of the library, and the facts to lay over it. It costs nothing.

    Without `show_id` the facts are those of the show that the picture belongs to, if it does.
    """

    asset_id: UUID
    show_id: UUID | None = None
    overlay: Overlay = Field(default_factory=Overlay)


class ImageQuote(Output):
    """What one provider may ask for all the pictures, at most.

    `detail` says what stands in the way where the budget has no room for it.
    """

    provider: str
    model: str
    key_source: Literal["platform", "organization"]
    cost_usd: Exact
    tokens: int
    within_budget: bool
    detail: str


class ImageEstimate(Output):
    """What the pictures may cost, by provider, in the order in which they are asked.

    `provider` is the one that this order goes to.
    """

    provider: str
    variations: int
    quotes: list[ImageQuote]


class LaidOver(Output):
    """A picture with facts on it. `notes` say what found no room."""

    asset_id: UUID
    sha256: str
    url: str
    width_px: int
    height_px: int
    alt_text: str
    is_ai: bool
    notes: list[str]


class ImageVariation(Output):
    """One of the pictures. `with_facts` is the same picture with the facts laid over it.

    `is_ai` is true where a model made it; what `local` draws is not.
    """

    index: int
    asset_id: UUID
    sha256: str
    url: str
    width_px: int
    height_px: int
    alt_text: str
    is_ai: bool
    provider: str
    model: str
    prompt_version: str
    cost_usd: Exact
    with_facts: LaidOver | None


class ImageJob(Output):
    """A request for images: how far it is, and its variations, which come with the job's end."""

    job_id: UUID
    request_id: UUID
    organization_id: UUID
    company_id: UUID
    show_id: UUID | None
    status: JobStatus
    progress: int
    step: str
    error_code: str | None
    error: str | None
    type: str
    prompt: str
    negative_prompt: str
    style: str | None
    quality: str
    width_px: int
    height_px: int
    source_asset_id: UUID | None
    round: int
    key_source: Literal["platform", "organization"]
    estimate_usd: Exact | None
    cost_usd: Exact
    variations: list[ImageVariation]
    chosen_asset_id: UUID | None
    created_at: datetime
    finished_at: datetime | None


class ImageOrdered(Output):
    """The request with its job. `estimate_usd` is the most that it costs.

    `mode` says who does the work, and `detail` why; what was drawn in the request is in `job`.
    """

    job_id: UUID
    request_id: UUID
    mode: Literal["queued", "sync"]
    detail: str
    provider: str
    key_source: Literal["platform", "organization"]
    estimate_usd: Exact
    job: ImageJob | None = None


class ImageSelected(Output):
    """What was chosen; `format_job_id` is the job that makes its formats, if that was asked for."""

    job_id: UUID
    variation_index: int
    asset_id: UUID
    format_job_id: UUID | None
