"""What the web says about a company: asked of a provider of research, kept for a week.

What does not belong here: paying (`till.py`), fetching the company's own website (`website/`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.bodies import ResearchBody
from posthub_assets.domain.briefs import ResearchBrief
from posthub_assets.domain.ports import Call, Generated
from resources.gateway.by_brief import generated
from resources.gateway.failing import first_to_answer
from resources.gateway.requests import bytes_of, vendor_request
from resources.gateway.till import Question, Receipt, Till

if TYPE_CHECKING:
    from posthub_assets.domain.privacy import Redaction
    from posthub_assets.domain.vendors import ResearchModel, ResearchPrompt
    from resources.gateway.vendors import Offer, Vendors
    from resources.prompt_library import ServedPrompt

ATTEMPTS = 2
FRESH_FOR = timedelta(days=7)
"""Research goes stale: after a week the same question is asked again."""


@dataclass(frozen=True, slots=True)
class Research:
    """Asks providers of research in the order of `offers`."""

    till: Till
    vendors: Vendors

    async def research(
        self, brief: ResearchBrief, call: Call, offers: Sequence[Offer]
    ) -> Generated[ResearchBody]:
        """Ask the web. Raises ProviderError when nobody could, BudgetExceeded."""
        from posthub_assets.domain.writing import prepare

        prepared = await asyncio.to_thread(prepare, brief)
        prompt = await self.vendors.prompt(call, prepared.code, brief.company.language)

        async def ask(offer: Offer) -> Generated[ResearchBody]:
            return await self._ask(brief, call, prepared.variables, prompt, offer)

        return await first_to_answer(offers, ask)

    async def _ask(
        self,
        brief: ResearchBrief,
        call: Call,
        variables: Any,
        prompt: ServedPrompt,
        offer: Offer,
    ) -> Generated[ResearchBody]:
        asked, redaction = await asyncio.to_thread(_write, brief, variables, prompt, offer)
        model = await self.vendors.research_model(offer, call)
        question = Question(
            call=call,
            provider=offer.provider,
            request=vendor_request(
                "ResearchBrief",
                call,
                offer,
                prompt,
                redaction=redaction,
                asked=asdict(asked),
                reuse_for=FRESH_FOR,
            ),
            buy=lambda: _buy(model, asked),
            lines=offer.lines,
            estimate=offer.estimate(
                bytes_of(asked.system, asked.user),
                asked.max_tokens,
                searches=1,
            ),
            attempts=ATTEMPTS,
            is_budgeted=offer.is_budgeted,
        )
        bought = await self.till.buy(question)
        return generated(bought, _restored(bought.response, redaction))


def _write(
    brief: ResearchBrief, variables: Any, prompt: ServedPrompt, offer: Offer
) -> tuple[ResearchPrompt, Redaction]:
    from posthub_assets.domain.privacy import redact
    from posthub_assets.domain.vendors import ResearchPrompt
    from resources.prompt_library import chosen, render

    rendered = render(prompt, chosen(prompt, variables))
    company = brief.company
    redaction = redact(
        (rendered.system, rendered.user), country=company.country, language=company.language
    )
    system, user = redaction.texts
    asked = ResearchPrompt(offer.model, system, user, offer.bounded(prompt.max_tokens))
    return asked, redaction


async def _buy(model: ResearchModel, asked: ResearchPrompt) -> Receipt:
    answer = await model.research(asked)
    sources = [{"url": one.url, "title": one.title, "quote": one.quote} for one in answer.citations]
    return Receipt({"markdown": answer.text, "sources": sources}, answer.model, answer.usage)


def _restored(response: dict[str, Any], redaction: Redaction) -> ResearchBody:
    from posthub_assets.domain.privacy import restore_values

    return ResearchBody.model_validate(restore_values(response, redaction))
