"""What the stage of palettes does with a job: read, have the colours found, judge, hand back.

Free of Dagster, since the API does the same work in a request where that is asked for
(`resources/work_at_once.py`). What does not belong here: assets (`assets/`), pixels, checks of what
people edited (`assets/gating.py`).
"""

from __future__ import annotations

import asyncio
from uuid import UUID

from posthub_assets.domain.bodies import PaletteBody, PaletteSource
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.media.library import Mode
from posthub_assets.domain.media.palette_orders import (
    has_same_colors,
    other_numbers,
    place_of_request,
    read_wish,
)
from posthub_assets.domain.work import Draft, Order, Result, Tools

READ = 20
"""How far the work is when it is known which pictures there are."""
FOR_A_PERSON = "A person changes it: PATCH /v1/media/palettes/{id} with other colours."


async def make_palette(order: Order, tools: Tools) -> Result:
    """Make the palette that a request asks for, or try again after a change request.

    Pictures that are gone by now fail the job of whoever waits for it; the graph has nothing to do
    then. Raises NotFound, and what the studio raises.
    """
    # numpy comes with it, and every run of the graph pays for imports.
    from posthub_assets.domain.media.palettes.making import of_picture

    if order.job.verb == "revise":
        return await _try_again(order, tools)
    async with tools.store.reading(order) as store:
        asked = await store.media_order(order)
        try:
            sources = await store.source_pictures(order, asked)
        except NotFound as gone:
            if asked.mode is Mode.GRAPH:
                return Result(note=str(gone))
            raise
    wish = read_wish(asked.wish)
    pictures = "a picture" if len(sources) == 1 else f"{len(sources)} pictures"
    await tools.queue.tell(order.job, READ, f"looking at {pictures}")
    sha256s = list(dict.fromkeys(one.sha256 for one in sources))
    made = await tools.studio.palettes.extract(asked.organization_id, sha256s, wish.colors)
    body = of_picture(
        made.found,
        name=wish.name,
        media_sha256s=made.sha256s,
        show_id=str(asked.show_id or ""),
    )
    draft = await _draft(order, tools, body, place=place_of_request(asked.id))
    return Result(drafts=(draft,), note=f"{len(body.colors)} colours of {pictures}")


async def _try_again(order: Order, tools: Tools) -> Result:
    """Extract with another number of colours; whoever chose colours by hand changes them so."""
    from posthub_assets.domain.media.palettes.making import of_picture

    item = order.subject
    if item is None or not isinstance(item.body, PaletteBody):
        return Result(note="There is nothing to make anew.")
    old, by_hand = item.body, FOR_A_PERSON.format(id=item.content_id)
    if old.source is PaletteSource.BY_HAND or not old.media_sha256s:
        return Result(note=f"These colours were chosen by hand. {by_hand}")
    for number in other_numbers(len(old.colors)):
        made = await tools.studio.palettes.extract(
            order.job.organization_id, old.media_sha256s, number
        )
        body = of_picture(
            made.found,
            name=old.name,
            media_sha256s=made.sha256s,
            show_id=old.show_id,
            note=f"Extracted again, with {number} colours, after changes were asked for.",
        )
        if not has_same_colors(body, old):
            draft = await _draft(order, tools, body, replaces=item.content_id)
            return Result(drafts=(draft,), note=f"extracted again with {number} colours")
    return Result(note=f"The pictures have no other colours. {by_hand}")


async def _draft(
    order: Order,
    tools: Tools,
    body: PaletteBody,
    *,
    place: str = "",
    replaces: UUID | None = None,
) -> Draft:
    from posthub_assets.domain.quality.gate import check_item

    context = await tools.store.gate_context(order, Kind.PALETTE, order.subject)
    findings = await asyncio.to_thread(check_item, Kind.PALETTE, body, context)
    return Draft(Kind.PALETTE, body, findings, place=place, replaces=replaces)
