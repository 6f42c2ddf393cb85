"""Pictures painted by vendors' models: the prompt in words, the painting made a picture of ours.

What does not belong here: paying (`till.py`), what a picture shows (`domain/writing/images.py`,
`pictures.py`), keeping it (`shelf.py`, `framing.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from posthub_assets.domain.bodies import Body, ImageBody, PictureBody
from posthub_assets.domain.briefs import CompanyFacts, ImageBrief, PictureBrief
from posthub_assets.domain.errors import (
    InvalidAnswer,
    InvalidInput,
    ProviderError,
    TransientProviderError,
    Unavailable,
)
from posthub_assets.domain.media.wanted import word_for
from posthub_assets.domain.ports import Call, Generated
from resources.gateway.by_brief import as_generated
from resources.gateway.failing import first_to_answer
from resources.gateway.framing import Framer, Made, painted_by
from resources.gateway.requests import bytes_of, vendor_request
from resources.gateway.shelf import Shelf
from resources.gateway.till import ATTEMPTS, Question, Receipt, Till

if TYPE_CHECKING:
    from posthub_assets.domain.privacy import Redaction
    from posthub_assets.domain.vendors import ImageModel, ImagePrompt, Painting
    from posthub_assets.domain.writing import PreparedImage
    from resources.gateway.vendors import Offer, Vendors
    from resources.pricing import Estimate
    from resources.prompt_library import ServedPrompt

B = TypeVar("B", bound=Body)

FINISHING_ATTEMPTS = 3
FINISHING_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Commission(Generic[B]):
    """A picture to be bought, whoever paints it, and what is made of the painting."""

    company: CompanyFacts
    prepared: PreparedImage
    schema: type[B]
    media_of: Callable[[B], str]
    """Gives the hash of the stored picture."""
    finish: Callable[[Painting, ServedPrompt, Offer], Awaitable[B]]
    source: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Asks vendors in the order of `offers`."""

    till: Till
    vendors: Vendors
    shelf: Shelf

    async def draw(
        self, brief: ImageBrief, call: Call, offers: Sequence[Offer]
    ) -> Generated[ImageBody]:
        """Paint, cut to size, store. Raises ProviderError when nobody could, BudgetExceeded."""
        from posthub_assets.domain.writing import picture_from, prepare_image

        async def finish(painting: Painting, prompt: ServedPrompt, offer: Offer) -> ImageBody:
            picture = await asyncio.to_thread(picture_from, brief, painting)
            made = Made(painting, offer.provider, is_ai=True, prompt=prompt)
            return await self.shelf.keep(brief, call, picture, painted_by(made))

        prepared = await asyncio.to_thread(prepare_image, brief)
        commission = Commission(
            brief.company, prepared, ImageBody, lambda body: body.media_sha256, finish
        )
        return await self._buy(commission, call, offers)

    async def picture(
        self, brief: PictureBrief, call: Call, offers: Sequence[Offer], framer: Framer
    ) -> Generated[PictureBody]:
        """Paint, or change the source; cut to size, sign, store. Raises what `draw` raises."""
        from posthub_assets.domain.writing import prepare_picture

        async def finish(painting: Painting, prompt: ServedPrompt, offer: Offer) -> PictureBody:
            made = Made(painting, offer.provider, is_ai=True, prompt=prompt)
            return await framer.frame(brief, call, made)

        prepared = await asyncio.to_thread(prepare_picture, brief)
        source = await framer.source(brief, call) if brief.source_sha256 else None
        commission = Commission(
            brief.company, prepared, PictureBody, lambda body: body.media_sha256, finish, source
        )
        return await self._buy(commission, call, offers)

    async def _buy(
        self, commission: Commission[B], call: Call, offers: Sequence[Offer]
    ) -> Generated[B]:
        prepared, language = commission.prepared, commission.company.language
        prompt = await self.vendors.prompt(call, prepared.code, language)

        async def ask(offer: Offer) -> Generated[B]:
            question = await self._question(commission, call, prompt, offer)
            return as_generated(await self.till.buy(question), commission.schema)

        return await first_to_answer(offers, ask)

    async def _question(
        self, commission: Commission[B], call: Call, prompt: ServedPrompt, offer: Offer
    ) -> Question:
        asked, redaction = await asyncio.to_thread(
            put_into_words, commission.prepared, commission.company, prompt, offer,
            commission.source,
        )  # fmt: skip
        model = await self.vendors.image_model(offer, call)
        return Question(
            call=call,
            provider=offer.provider,
            request=vendor_request(
                commission.prepared.kind,
                call,
                offer,
                prompt,
                redaction=redaction,
                asked=_sent(asked, commission.prepared.source_sha256),
            ),
            buy=lambda: self._paint(model, asked, commission, prompt, offer),
            lines=offer.lines,
            estimate=most_of(offer, asked, has_source=commission.source is not None),
            attempts=ATTEMPTS,
            is_budgeted=offer.is_budgeted,
        )

    async def _paint(
        self,
        model: ImageModel,
        asked: ImagePrompt,
        commission: Commission[B],
        prompt: ServedPrompt,
        offer: Offer,
    ) -> Receipt:
        painting = await model.paint(asked)
        try:
            body = await _patiently(lambda: commission.finish(painting, prompt, offer))
        except InvalidInput as refused:
            # What came is no picture, and was billed as one.
            told = InvalidAnswer(f"What {model.name} sent is of no use: {refused}")
            raise _billed(told, model.name, painting) from refused
        except Unavailable as error:
            away = TransientProviderError(f"The picture could not be finished: {error}")
            raise _billed(away, model.name, painting) from error
        except ProviderError as error:
            raise _billed(error, model.name, painting) from error
        response = body.model_dump(mode="json")
        return Receipt(response, painting.model, painting.usage, commission.media_of(body))


async def _patiently(work: Callable[[], Awaitable[B]]) -> B:
    """Do the work; where a part of ours does not answer, twice more. What is painted is paid."""
    for _ in range(FINISHING_ATTEMPTS - 1):
        try:
            return await work()
        except Unavailable:
            await asyncio.sleep(FINISHING_PAUSE_S)
    return await work()


def _billed(error: ProviderError, provider: str, painting: Painting) -> ProviderError:
    error.provider, error.usage, error.model = provider, painting.usage, painting.model
    return error


def put_into_words(
    prepared: PreparedImage,
    company: CompanyFacts,
    prompt: ServedPrompt,
    offer: Offer,
    source: bytes | None = None,
) -> tuple[ImagePrompt, Redaction]:
    """Render the prompt for an offer, without personal data; and say what was taken out."""
    from posthub_assets.domain.privacy import redact
    from posthub_assets.domain.vendors import ImagePrompt
    from resources.prompt_library import chosen, render

    rendered = render(prompt, chosen(prompt, prepared.variables))
    redaction = redact(
        (rendered.system, rendered.user, prepared.negative),
        country=company.country,
        language=company.language,
    )
    *texts, negative = redaction.texts
    quality = offer.quality
    if prepared.quality:
        quality = word_for(prepared.quality, offer.facts.qualities)
    asked = ImagePrompt(
        model=offer.model,
        text="\n\n".join(part for part in texts if part.strip()),
        negative=negative,
        aspect_ratio=prepared.aspect_ratio,
        quality=quality,
        source=source,
        source_media_type="image/jpeg",
    )
    return asked, redaction


def most_of(offer: Offer, asked: ImagePrompt, *, has_source: bool) -> Estimate:
    """Give the most that one picture can cost: what is told before, and what is reserved."""
    size = bytes_of(asked.text, asked.negative)
    return offer.estimate(size, 0, images=1, sources=1 if has_source else 0)


def _sent(asked: ImagePrompt, source_sha256: str) -> dict[str, Any]:
    return {
        "text": asked.text,
        "negative": asked.negative,
        "aspect_ratio": asked.aspect_ratio,
        "quality": asked.quality,
        # Not of what is sent: another release may shrink the same picture to other bytes.
        "source": source_sha256 or None,
    }
