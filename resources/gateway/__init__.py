"""The gateway: the one way to a provider, for texts, pictures and research.

`Gateway` implements the graph's ports and chooses who answers; `till.py` pays for one call;
`texts.py`, `pictures.py` and `researching.py` ask vendors; `by_brief.py` asks `local` and the
fakes; `framing.py` finishes pictures of the media assistant; `vendors.py` opens adapters with their
keys; `batches.py` hands in what nobody waits for.
Importing this package imports no vendor's SDK.
What does not belong here: SQL (`database/repositories/`), vendors (`providers/`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from posthub_assets.domain.bodies import Body, ImageBody, PictureBody, ResearchBody
from posthub_assets.domain.briefs import ImageBrief, PictureBrief, ResearchBrief, TextBrief
from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.ports import (
    Call,
    Generated,
    ImageProvider,
    TextProvider,
)
from resources.database.engine import Database
from resources.gateway.by_brief import (
    as_generated,
    image_question,
    picture_question,
    text_question,
)
from resources.gateway.choosing import offers_for
from resources.gateway.framing import Framer
from resources.gateway.limit_book import LimitBook
from resources.gateway.shelf import Shelf
from resources.gateway.till import Till
from resources.media_store import MediaStore
from resources.rate_limiter import RateLimiter

if TYPE_CHECKING:
    from posthub_assets.domain.media.finishing import Finishing
    from resources.gateway.vendors import Vendors

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Gateway:
    """Implements `TextGenerator`, `ImageGenerator` and `Researcher` for the graph.

    `text` and `images` read briefs themselves and serve where no vendor is offered; `vendors` None
    means that none ever is. `batch`: work that nobody waits for goes with the vendors' batches.
    """

    database: Database
    text: TextProvider
    images: ImageProvider
    limiter: RateLimiter
    media: MediaStore
    vendors: Vendors | None = None
    limits: LimitBook = field(default_factory=LimitBook)
    batch: bool = False
    finishing: Finishing | None = None
    """Signs every picture, and cuts those of the media assistant."""

    async def generate(self, brief: TextBrief, schema: type[B], call: Call) -> Generated[B]:
        """Answer from the journal or from a provider.

        Raises ProviderError, BudgetExceeded, Postponed where a batch will bring the answer, and
        StorageError.
        """
        offers = await self.vendors.offers(call, "text") if self.vendors else ()
        if not offers or self.vendors is None:
            question = await text_question(self.text, brief, schema, call)
            return as_generated(await self._till.buy(question), schema)
        from resources.gateway.texts import Texts

        texts = Texts(self._till, self.vendors, self.batch)
        return await texts.generate(brief, schema, call, offers)

    async def draw(self, brief: ImageBrief, call: Call) -> Generated[ImageBody]:
        """Draw, store the picture, answer with its body. Raises what `generate` raises."""
        offers = await self.vendors.offers(call, "image") if self.vendors else ()
        shelf = Shelf(self.database, self.media, self.finishing)
        if not offers or self.vendors is None:
            question = await image_question(self.images, brief, call, shelf)
            return as_generated(await self._till.buy(question), ImageBody)
        from resources.gateway.pictures import Pictures

        return await Pictures(self._till, self.vendors, shelf).draw(brief, call, offers)

    async def picture(self, brief: PictureBrief, call: Call) -> Generated[PictureBody]:
        """Make or change a picture, sign and store it, answer with its body.

        Raises what `generate` raises but Postponed; PermanentProviderError where the provider that
        the brief names is not offered, or where nobody can change the source.
        """
        if self.finishing is None:
            raise PermanentProviderError("This gateway was opened without a darkroom.")
        offers = await self.vendors.offers(call, "image") if self.vendors else ()
        offers = offers_for(brief.provider, offers, own_key=brief.own_key)
        framer = Framer(Shelf(self.database, self.media), self.finishing)
        if not offers or self.vendors is None:
            question = await picture_question(self.images, brief, call, framer)
            return as_generated(await self._till.buy(question), PictureBody)
        from resources.gateway.pictures import Pictures

        pictures = Pictures(self._till, self.vendors, framer.shelf)
        return await pictures.picture(brief, call, offers, framer)

    async def research(self, brief: ResearchBrief, call: Call) -> Generated[ResearchBody] | None:
        """Ask the web; None where no provider of research is offered. Raises ProviderError."""
        offers = await self.vendors.offers(call, "research") if self.vendors else ()
        if not offers or self.vendors is None:
            return None
        from resources.gateway.researching import Research

        return await Research(self._till, self.vendors).research(brief, call, offers)

    @property
    def _till(self) -> Till:
        return Till(self.database, self.limiter, self.limits)
