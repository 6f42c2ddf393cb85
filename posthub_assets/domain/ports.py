"""The protocols through which the graph reaches the world. Implemented in `resources/`.

What does not belong here: implementations, SQL, vendor names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from posthub_assets.domain.bodies import Body, ImageBody, PictureBody, ResearchBody
from posthub_assets.domain.briefs import ImageBrief, PictureBrief, ResearchBrief, TextBrief

if TYPE_CHECKING:
    from posthub_assets.domain.vendors import Painting

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, and for what: written to the journal; `nonce` parts tell repeated requests apart.

    The nonce is content, round and variant, never the attempt: a second attempt at the same work is
    the same request and is answered from the journal.
    """

    organization_id: str
    company_id: str
    subject: str
    """The content item's id, or another stable name of what is being made."""
    round: int = 0
    variant: int = 0
    job_id: str | None = None
    month: date | None = None
    """The company-month that pays; None for research, DNA and personas."""
    may_wait: bool = False
    """Nobody waits for the answer, so a day may pass: the vendors' batches are half the price."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call consumed. Tokens are counts; `cost_usd` is exact.

    `input_tokens` and `output_tokens` are all that was read and written; the others are parts of
    them: `cached_tokens`, `cache_written_tokens` and `image_input_tokens` of the input,
    `reasoning_tokens` and `image_tokens` of the output.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_written_tokens: int = 0
    """Read and kept for later calls, which some vendors bill above the plain price."""
    reasoning_tokens: int = 0
    image_tokens: int = 0
    image_input_tokens: int = 0
    searches: int = 0
    """Web searches that are billed by the piece."""
    cost_usd: Decimal = Decimal(0)
    """Set by the gateway. An adapter sets it only where the vendor's answer names the bill."""
    is_billed: bool = False
    """True where `cost_usd` is the vendor's own figure."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[B]):
    """What a text provider returns: a validated body and what it consumed."""

    value: B
    model: str
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Picture:
    """What an image provider returns. `data` is an encoded image of `media_type`."""

    data: bytes
    media_type: str
    width_px: int
    height_px: int
    layout: str
    headline: str
    alt_text: str
    text_color: str
    background_color: str
    contrast_percent: int
    right_to_left: bool
    model: str
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Generated(Generic[B]):
    """What the gateway hands to the graph: the value and the journal row that tells its story."""

    value: B
    generation_id: str
    provider: str
    model: str
    usage: Usage
    from_journal: bool
    redacted: Mapping[str, int] = field(default_factory=dict)
    """How many different values of each kind of personal data the prompt was spared of."""


class TextProvider(Protocol):
    """One vendor, or `local`. Knows nothing of journals, budgets or limits."""

    name: str

    async def write(self, brief: TextBrief, schema: type[B]) -> Answer[B]:
        """Answer the brief. Raises ProviderError."""
        ...


class ImageProvider(Protocol):
    """One vendor, or `local`, for pictures."""

    name: str

    async def draw(self, brief: ImageBrief) -> Picture:
        """Draw one picture. Raises ProviderError."""
        ...

    async def ground(self, brief: PictureBrief) -> Painting:
        """Draw a picture without words, for the media assistant. Raises ProviderError."""
        ...


class TextGenerator(Protocol):
    """The graph's way to text: the gateway, in front of all text providers."""

    async def generate(self, brief: TextBrief, schema: type[B], call: Call) -> Generated[B]:
        """Answer from the journal or from a provider. Raises ProviderError."""
        ...


class ImageGenerator(Protocol):
    """The graph's way to pictures: the gateway. The picture's bytes are media already stored."""

    async def draw(self, brief: ImageBrief, call: Call) -> Generated[ImageBody]:
        """Draw, store the media, and answer with an `ImageBody`. Raises ProviderError."""
        ...

    async def picture(self, brief: PictureBrief, call: Call) -> Generated[PictureBody]:
        """Make or change a picture for the media assistant, and store it. Raises ProviderError."""
        ...


class Researcher(Protocol):
    """The graph's way to the web's answers: the gateway."""

    async def research(self, brief: ResearchBrief, call: Call) -> Generated[ResearchBody] | None:
        """Ask the web; None where no provider of research is offered. Raises ProviderError."""
        ...


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page as text, to be kept among the company's documents."""

    url: str
    name: str
    """A file name that is unique in the visit."""
    title: str
    text: str
    """Markdown."""


class WebsiteReader(Protocol):
    """The company's own website, fetched with care; or nothing, where that is switched off."""

    async def read(self, url: str) -> tuple[tuple[WebPage, ...], str]:
        """Visit a website: its pages as text, and a sentence on how the visit went.

        Never raises for what the website does: a site that is away is a sentence, not a failure.
        """
        ...


class BatchDesk(Protocol):
    """Questions that nobody waits for, handed to vendors together."""

    async def turn(self) -> Mapping[str, int]:
        """Hand in what is ready, collect what is over; give how many. May be run twice."""
        ...
