"""From an order of AI images to a request: its show, its colours, its price, and whose key pays.

What does not belong here: routes and shapes, making the pictures (`posthub_assets/`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from fastapi import Request

from api.image_shapes import ImageEstimate, ImageOrder, ImageQuote, Overlay, Wished
from api.services import Acting, services_of
from api.spending import refuse_without_room
from api.trials import vault_of
from posthub_assets.domain.briefs import CompanyFacts
from posthub_assets.domain.errors import BudgetExceeded, InvalidInput
from posthub_assets.domain.media.flags import MediaPart
from posthub_assets.domain.media.library import MediaOrder, Mode, RequestKind
from posthub_assets.domain.media.overlay.facts import IN_ORDER, MAX_FACT_CHARS
from posthub_assets.domain.media.overlay.wish import Placement, Wish
from posthub_assets.domain.media.picture_wish import KeptOverlay, PictureWish
from posthub_assets.domain.media.show_words import show_in_words
from posthub_assets.domain.media.templates.layouts import layout, wish_of
from posthub_assets.domain.media.templates.scenes import filled, scene
from posthub_assets.domain.media.wanted import ImageType, Preset
from posthub_assets.domain.providers import LOCAL
from resources.database.repositories import (
    audit,
    media_flags,
    media_limits,
    months,
    orders,
    picture_requests,
)
from resources.database.repositories.companies import CompanyRow
from resources.database.repositories.limit_views import Amounts
from resources.database.repositories.picture_requests import PictureRow, ShowOf
from resources.gateway.quoting import Quote, quotes
from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class Planned:
    """A request as it will be written down, and who may make its pictures for how much."""

    order: MediaOrder
    wish: PictureWish
    quotes: tuple[Quote, ...]
    quote: Quote
    """The one that the order goes to."""

    @property
    def pixels(self) -> int:
        """How many pixels all variations have together."""
        return self.wish.width_px * self.wish.height_px * self.wish.variations


def by(planned: Planned, mode: Mode) -> Planned:
    """Give the plan with another hand that does the work."""
    return replace(planned, order=replace(planned.order, mode=mode))


async def plan(request: Request, act: Acting, company: CompanyRow, body: Wished) -> Planned:
    """Plan an order. Raises NotFound for a show or source that is not the company's, Forbidden."""
    await media_flags.require(act.connection, company.organization_id, MediaPart.AI_IMAGES)
    show = await _show(act, body.show_id, company)
    source = await _source(act, body.source_asset_id, company)
    size = body.size((source.width_px, source.height_px) if source else None)
    overlay = body.overlay if isinstance(body, ImageOrder) else None
    palette = show.palette if show else ()
    prompt, kind, style = _seen(body)
    wish = PictureWish(
        type=kind,
        prompt=prompt,
        negative_prompt=body.negative_prompt,
        style=style,
        quality=body.quality,
        variations=body.variations,
        width_px=size[0],
        height_px=size[1],
        format=body.format or "",
        asked_provider=body.provider or "",
        palette=palette or tuple(company.brand_colors),
        show=show.show.title if show else "",
        overlay=overlay_to_keep(overlay, show, company) if overlay else None,
    )
    order = MediaOrder(
        id=new_id(),
        organization_id=company.organization_id,
        company_id=company.id,
        month=month_of(company),
        kind=RequestKind.IMAGE,
        mode=Mode.QUEUED,
        show_id=body.show_id,
        source_asset_id=source.id if source else None,
        source_sha256=source.sha256 if source else None,
        requested_by=act.person.id,
    )
    return await priced(request, act, order, wish)


def _seen(body: Wished) -> tuple[str, ImageType, Preset | None]:
    """Give prompt, type and style: what was said, else the scene's. Raises InvalidInput."""
    kind = body.type or ImageType.POSTER_BACKGROUND
    style = body.style or (None if body.source_asset_id else Preset.REALISTIC)
    if body.scene is None:
        return body.prompt, kind, style
    chosen = scene(body.scene.code)
    words = filled(chosen, body.scene.variables)
    prompt = f"{words} {body.prompt}".strip()
    return prompt, body.type or ImageType(chosen.image_type), body.style or Preset(chosen.preset)


async def priced(request: Request, act: Acting, order: MediaOrder, wish: PictureWish) -> Planned:
    """Say who makes a wish's pictures, for how much at most, and on whose key."""
    facts = await orders.company_facts(
        act.connection, order.organization_id, order.company_id, order.month
    )
    found = await _quotes(request, act, order, wish, facts)
    quote = _chosen(found, wish.asked_provider)
    source = quote.key_source
    if quote.provider == LOCAL:
        source = await media_limits.key_source(act.connection, order.organization_id)
    provider = LOCAL if quote.provider == LOCAL else wish.asked_provider
    wish = wish.model_copy(update={"provider": provider})
    order = replace(order, key_source=source, wish=wish.model_dump(mode="json"))
    return Planned(order, wish, found, quote)


async def _quotes(
    request: Request, act: Acting, order: MediaOrder, wish: PictureWish, facts: CompanyFacts
) -> tuple[Quote, ...]:
    briefs = [wish.brief(order, facts, number) for number in range(1, wish.variations + 1)]
    return await quotes(
        act.connection,
        vault_of(request),
        briefs,
        organization_id=order.organization_id,
        company_id=order.company_id,
    )


def _chosen(found: tuple[Quote, ...], provider: str) -> Quote:
    """Give the quote of the provider that was named, or the first. Raises InvalidInput."""
    for quote in found:
        if provider in ("", quote.provider):
            return quote
    if provider == LOCAL or not found:
        raise InvalidInput(
            "Changing a picture takes a model: local draws new ones only. Set a key of your own "
            "with PUT /v1/provider-keys/{provider}, or leave source_asset_id out.",
            field="source_asset_id",
        )
    offered = ", ".join(one.provider for one in found)
    raise InvalidInput(
        f"{provider} is not offered to your organisation for images: it has no key, or is switched "
        f"off. Offered: {offered}.",
        field="provider",
    )


async def ask(request: Request, act: Acting, company: CompanyRow, planned: Planned) -> UUID:
    """Take a place among the hour's requests, and write the request down with its job.

    Raises RateLimited where the person has used up the hour, BudgetExceeded where the limits on the
    platform's keys have no room for all of it. Gives the job's id.
    """
    order = planned.order
    await media_limits.take(
        act.connection,
        act.person.id,
        RequestKind.IMAGE,
        per_hour=services_of(request).settings.media_limits.image,
        source=order.key_source,
    )
    if planned.quote.is_budgeted:
        await refuse_without_room(request, act, company, amounts_of(planned))
    job_id = await picture_requests.ask(act.connection, order, planned.quote.cost_usd)
    await audit.record(
        act.connection,
        organization_id=order.organization_id,
        actor_id=act.person.id,
        action="media.images.ask",
        subject_kind="media_request",
        subject_id=order.id,
        after={
            "provider": planned.quote.provider,
            "variations": planned.wish.variations,
            "estimate_usd": str(planned.quote.cost_usd),
            "follows": str(order.follows_id) if order.follows_id else None,
        },
        origin=act.origin,
    )
    return job_id


def amounts_of(planned: Planned, quote: Quote | None = None) -> Amounts:
    """Give the most that an order comes to, as limits count."""
    one = quote or planned.quote
    return Amounts(planned.wish.variations, one.tokens, one.cost_usd)


async def estimate(
    request: Request, act: Acting, company: CompanyRow, planned: Planned
) -> ImageEstimate:
    """Tell what everybody may ask, and whether the limits have room for it."""
    told = []
    for quote in planned.quotes:
        detail = ""
        if quote.is_budgeted:
            try:
                await refuse_without_room(request, act, company, amounts_of(planned, quote))
            except BudgetExceeded as error:
                detail = str(error)
        told.append(
            ImageQuote(
                provider=quote.provider,
                model=quote.model,
                key_source=quote.key_source,
                cost_usd=quote.cost_usd,
                tokens=quote.tokens,
                within_budget=not detail,
                detail=detail,
            )
        )
    return ImageEstimate(
        provider=planned.quote.provider, variations=planned.wish.variations, quotes=told
    )


def overlay_to_keep(overlay: Overlay, show: ShowOf | None, company: CompanyRow) -> KeptOverlay:
    """Write down the facts in words and how they stand. Raises InvalidInput where there are none.

    What the person wrote goes before what the show says.
    """
    colors = (show.palette if show else ()) or company.brand_colors
    wish = _wish(overlay, company.language, colors)
    kept = KeptOverlay(
        facts=facts_in_words(show if overlay.show_facts else None, overlay.facts.given(), company),
        given=overlay.facts.given(),
        wish=wish,
        layout=overlay.layout or "",
    )
    if not any(kept.facts[name].strip() for name in set(kept.how().facts) & set(kept.facts)):
        raise InvalidInput(
            "There are no facts to lay over. Name a show_id, or write them in overlay.facts; a "
            "title is enough.",
            field="overlay.facts",
        )
    kept.facts_to_lay()
    return kept


def _wish(overlay: Overlay, language: str, colors: Sequence[str]) -> dict[str, object]:
    """Give how the facts shall stand, as it is kept: what was said, over the layout's choices."""
    base = Wish(colors=tuple(colors))
    if overlay.layout:
        base = wish_of(layout(overlay.layout), language=language, colors=colors)
    said = overlay.model_dump(
        mode="json",
        exclude_none=True,
        include={"placement", "box", "align", "font", "treatment", "text_color", "rule"},
    )
    if overlay.only:
        said["facts"] = list(overlay.only)
    if overlay.placement not in (None, Placement.CUSTOM):
        said.setdefault("box", None)  # the layout's box is not for another place
    return {**json.loads(json.dumps(asdict(base))), **said}


def facts_in_words(
    show: ShowOf | None, given: dict[str, str], company: CompanyRow
) -> dict[str, str]:
    """Give the facts by name, in the company's language: the show's, then what was given."""
    facts = dict.fromkeys(IN_ORDER, "")
    if show is not None:
        this_year = months.today_in(company.timezone, datetime.now(UTC)).year
        words = show_in_words(show.show, company.language, this_year=this_year)
        for name in IN_ORDER:
            facts[name] = str(getattr(words, name, ""))[:MAX_FACT_CHARS]
    return {**facts, **given, "language": company.language}


def month_of(company: CompanyRow) -> date:
    """Give the month that it is for the company."""
    return months.today_in(company.timezone, datetime.now(UTC)).replace(day=1)


async def _show(act: Acting, show_id: UUID | None, company: CompanyRow) -> ShowOf | None:
    if show_id is None:
        return None
    return await picture_requests.show_for(act.connection, show_id, company.id)


async def _source(act: Acting, asset_id: UUID | None, company: CompanyRow) -> PictureRow | None:
    if asset_id is None:
        return None
    return await picture_requests.picture_of(act.connection, asset_id, company.id)
