"""What is asked of a vendor's model, and what comes back: prompts written, answers raw.

The gateway writes the prompt from a brief, redacts it, and makes a body of the answer; an adapter
only carries it. What does not belong here: briefs and bodies (the graph speaks those), prompts'
words (`prompts/`), prices and limits (the gateway's).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from posthub_assets.domain.ports import Usage


@dataclass(frozen=True, slots=True)
class TextPrompt:
    """One question to a text model. `schema` None asks for Markdown, else for JSON of that schema.

    `temperature` None leaves it to the model: some refuse the parameter (`models.yaml` says which).
    """

    model: str
    system: str
    user: str
    max_tokens: int
    """The most that may be paid for: output and thinking together."""
    temperature: float | None = None
    schema: Mapping[str, Any] | None = None
    schema_name: str = "answer"


@dataclass(frozen=True, slots=True)
class Completion:
    """What a text model said, not yet read against the schema."""

    text: str
    model: str
    """As the vendor names it in its answer; the journal keeps it, prices are looked up by it."""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class ImagePrompt:
    """One picture to be made, or one to be changed where `source` is given."""

    model: str
    text: str
    negative: str
    """What must not be in the picture. Vendors without such a field get it in words."""
    aspect_ratio: str
    """`1:1`, `4:5`, `9:16`, `16:9` or `1.91:1`; the adapter takes the nearest of its model."""
    quality: str = ""
    """The model's own word for it (`low`, `medium`, `high`, `1K`, `2K`); empty: the model's own."""
    source: bytes | None = field(default=None, repr=False)
    source_media_type: str = "image/png"


@dataclass(frozen=True, slots=True)
class Painting:
    """A picture as the vendor made it: not cut to size, nothing written on it."""

    data: bytes = field(repr=False)
    media_type: str
    model: str
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class ResearchPrompt:
    """A question that the vendor answers from the web."""

    model: str
    system: str
    user: str
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A page that an answer leans on."""

    url: str
    title: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class ResearchAnswer:
    """What the web says, with the pages that say so."""

    text: str
    citations: tuple[Citation, ...]
    model: str
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class BatchState:
    """How a batch stands at its vendor. `answers` is filled when `is_over`; keys are the caller's.

    A row that failed or expired is an exception of `ProviderError`'s tree in place of its answer; a
    row that is not there at all has to be bought singly by the caller.
    """

    is_over: bool
    status: str
    """The vendor's own word."""
    answers: Mapping[str, Completion | Exception] = field(default_factory=dict)
    check_again: timedelta = timedelta(minutes=5)


class TextModel(Protocol):
    """A vendor's text models behind one key."""

    name: str

    async def complete(self, prompt: TextPrompt) -> Completion:
        """Ask once, without retries. Raises ProviderError, with `usage` where it was billed."""
        ...


class ImageModel(Protocol):
    """A vendor's image models behind one key."""

    name: str

    async def paint(self, prompt: ImagePrompt) -> Painting:
        """Ask once, without retries. Raises ProviderError, with `usage` where it was billed."""
        ...


class ResearchModel(Protocol):
    """A vendor that reads the web."""

    name: str

    async def research(self, prompt: ResearchPrompt) -> ResearchAnswer:
        """Ask once, without retries. Raises ProviderError, with `usage` where it was billed."""
        ...


class BatchModel(Protocol):
    """A vendor that answers many questions within a day, for half the price."""

    name: str

    async def submit(self, prompts: Mapping[str, TextPrompt], *, label: str) -> str:
        """Hand in prompts of one model by key; give the vendor's reference.

        Raises ProviderError.
        """
        ...

    async def look(self, reference: str) -> BatchState:
        """Ask how the batch stands, and fetch its answers when it is over. Raises ProviderError."""
        ...

    async def cancel(self, reference: str) -> None:
        """Stop a batch; what is answered by then stays answered. Raises ProviderError."""
        ...


class VideoGenerator(Protocol):
    """Clips from a prompt and a first picture; its adapters are not there yet."""

    name: str

    async def start(self, prompt: str, *, model: str, duration_s: int, source: bytes | None) -> str:
        """Order a clip; give the vendor's reference, to be asked about later."""
        ...

    async def look(self, reference: str) -> Painting | None:
        """Give the clip (an MP4) when it is there, None before. Raises ProviderError."""
        ...


class ModelTrainer(Protocol):
    """Trains an image model on a company's own pictures; its adapters are not there yet."""

    name: str

    async def start(self, pictures: Mapping[str, bytes], *, trigger_word: str) -> str:
        """Order a training; give the vendor's reference, to be asked about later."""
        ...

    async def look(self, reference: str) -> str | None:
        """Give the trained model's name when it is there, None before. Raises ProviderError."""
        ...
