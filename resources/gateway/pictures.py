"""Pictures painted by vendors' models: the prompt in words, the picture cut to its platform.

What does not belong here: paying (`till.py`), what a picture shows (`domain/writing/images.py`),
keeping it (`shelf.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.bodies import ImageBody
from posthub_assets.domain.briefs import ImageBrief
from posthub_assets.domain.errors import ProviderError
from posthub_assets.domain.ports import Call, Generated
from resources.gateway.by_brief import as_generated
from resources.gateway.failing import first_to_answer
from resources.gateway.requests import bytes_of, vendor_request
from resources.gateway.shelf import Shelf
from resources.gateway.till import ATTEMPTS, Question, Receipt, Till

if TYPE_CHECKING:
    from posthub_assets.domain.privacy import Redaction
    from posthub_assets.domain.vendors import ImageModel, ImagePrompt
    from posthub_assets.domain.writing import PreparedImage
    from resources.gateway.vendors import Offer, Vendors
    from resources.prompt_library import ServedPrompt


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
        from posthub_assets.domain.writing import prepare_image

        prepared = await asyncio.to_thread(prepare_image, brief)
        prompt = await self.vendors.prompt(call, prepared.code, brief.company.language)

        async def ask(offer: Offer) -> Generated[ImageBody]:
            question = await self._question(brief, call, prepared, prompt, offer)
            return as_generated(await self.till.buy(question), ImageBody)

        return await first_to_answer(offers, ask)

    async def _question(
        self,
        brief: ImageBrief,
        call: Call,
        prepared: PreparedImage,
        prompt: ServedPrompt,
        offer: Offer,
    ) -> Question:
        asked, redaction = await asyncio.to_thread(_ask, brief, prepared, prompt, offer)
        model = await self.vendors.image_model(offer, call)
        return Question(
            call=call,
            provider=offer.provider,
            request=vendor_request(
                "ImageBrief", call, offer, prompt, redaction=redaction, asked=_sent(asked)
            ),
            buy=lambda: self._paint(model, asked, brief, call),
            lines=offer.lines,
            estimate=offer.estimate(bytes_of(asked.text, asked.negative), 0, images=1),
            attempts=ATTEMPTS,
            is_budgeted=offer.is_budgeted,
        )

    async def _paint(
        self, model: ImageModel, asked: ImagePrompt, brief: ImageBrief, call: Call
    ) -> Receipt:
        from posthub_assets.domain.writing import picture_from

        painting = await model.paint(asked)
        try:
            picture = await asyncio.to_thread(picture_from, brief, painting)
        except ProviderError as error:
            # What came is no picture, and was billed as one.
            error.provider, error.usage, error.model = model.name, painting.usage, painting.model
            raise
        body = await self.shelf.keep(brief, call, picture)
        response = body.model_dump(mode="json")
        return Receipt(response, painting.model, painting.usage, body.media_sha256)


def _ask(
    brief: ImageBrief, prepared: PreparedImage, prompt: ServedPrompt, offer: Offer
) -> tuple[ImagePrompt, Redaction]:
    from posthub_assets.domain.privacy import redact
    from posthub_assets.domain.vendors import ImagePrompt
    from resources.prompt_library import chosen, render

    rendered = render(prompt, chosen(prompt, prepared.variables))
    company = brief.company
    redaction = redact(
        (rendered.system, rendered.user), country=company.country, language=company.language
    )
    asked = ImagePrompt(
        model=offer.model,
        text="\n\n".join(part for part in redaction.texts if part.strip()),
        negative=prepared.negative,
        aspect_ratio=prepared.aspect_ratio,
        quality=offer.quality,
    )
    return asked, redaction


def _sent(asked: ImagePrompt) -> dict[str, Any]:
    return {
        "text": asked.text,
        "negative": asked.negative,
        "aspect_ratio": asked.aspect_ratio,
        "quality": asked.quality,
        "source": hashlib.sha256(asked.source).hexdigest() if asked.source else None,
    }
