"""What pictures would cost, before anybody is asked: the same figures that the till reserves.

What does not belong here: reserving (`till.py`), limits (`repositories/limit_views.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.briefs import PictureBrief
from posthub_assets.domain.providers import LOCAL, routes
from resources.database.repositories import prompts, providers
from resources.gateway.pictures import most_of, put_into_words
from resources.gateway.vendors import Offer, offer_of
from resources.key_vault import KeyVault
from resources.prompt_library import ServedPrompt


@dataclass(frozen=True, slots=True)
class Quote:
    """The most that all the pictures of a request can come to, by one provider."""

    provider: str
    model: str
    key_source: str
    tokens: int
    cost_usd: Decimal

    @property
    def is_budgeted(self) -> bool:
        """Whether it counts against limits: not on an own key, and drawing costs nothing."""
        return self.provider != LOCAL and self.key_source == "platform"


async def quotes(
    connection: AsyncConnection,
    vault: KeyVault,
    briefs: Sequence[PictureBrief],
    *,
    organization_id: UUID,
    company_id: UUID,
) -> tuple[Quote, ...]:
    """Give a quote of everybody who may make these pictures, in the order to be asked.

    `local` is the last, and costs nothing; it is left out where a picture is to be changed. Raises
    NotFound where the prompt is not there, UnknownPrice.
    """
    chosen = await providers.chosen_for(connection, organization_id)
    available = vault.available(chosen, datetime.now(UTC).date())
    found = routes("image", tuple(one.choice for one in chosen), available)
    offers = [offer_of(one, "image", organization_id) for one in found if one.provider != LOCAL]
    told: list[Quote] = []
    if offers:
        prompt = await _prompt(connection, briefs[0], organization_id, company_id)
        told = await asyncio.to_thread(lambda: [_quote(offer, briefs, prompt) for offer in offers])
    if not briefs[0].source_sha256:
        told.append(Quote(LOCAL, LOCAL, "platform", 0, Decimal(0)))
    return tuple(told)


async def _prompt(
    connection: AsyncConnection, brief: PictureBrief, organization_id: UUID, company_id: UUID
) -> ServedPrompt:
    from posthub_assets.domain.writing import code_of

    return await prompts.serve(
        connection,
        organization_id=organization_id,
        company_id=company_id,
        code=code_of(brief),
        language=brief.company.language,
    )


def _quote(offer: Offer, briefs: Sequence[PictureBrief], prompt: ServedPrompt) -> Quote:
    from posthub_assets.domain.writing import prepare_picture

    tokens, cost_usd = 0, Decimal(0)
    for brief in briefs:
        asked, _ = put_into_words(prepare_picture(brief), brief.company, prompt, offer)
        most = most_of(offer, asked, has_source=bool(brief.source_sha256))
        tokens, cost_usd = tokens + most.tokens, cost_usd + most.cost_usd
    return Quote(offer.provider, offer.model, offer.key_source, tokens, cost_usd)
