"""What is done with a request for AI images: its pictures are made, then facts laid over them.

Free of Dagster, like its neighbour `picture_work.py`. What does not belong here: the asset
(`assets/generated_images.py`), prompts and prices (the gateway), pixels.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from posthub_assets.domain.bodies import PictureBody
from posthub_assets.domain.briefs import PictureBrief
from posthub_assets.domain.errors import (
    BudgetExceeded,
    InvalidInput,
    ProviderError,
    TransientProviderError,
)
from posthub_assets.domain.media.library import AssetKind, MediaOrder, NewPicture
from posthub_assets.domain.media.picture_wish import PictureWish
from posthub_assets.domain.ports import Call, Generated
from posthub_assets.domain.work import Order, Result, Tools

LAST_ATTEMPT = 2
"""Counted from 0. What has failed by then is left out, where others are there."""

Pictures = list[tuple[int, Generated[PictureBody]]]


@dataclass(slots=True)
class _Progress:
    """Says how many pictures are there, as each of them comes."""

    order: Order
    tools: Tools
    wanted: int
    done: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def one_more(self) -> None:
        async with self.lock:
            self.done += 1
            step = f"picture {self.done} of {self.wanted} is there"
            share = min(99, 100 * self.done // self.wanted)
            await self.tools.queue.tell(self.order.job, share, step)


async def make_pictures(order: Order, tools: Tools) -> Result:
    """Make the variations that a request names, all at once, and lay facts over each if asked.

    What was paid for is answered by the journal, so another try buys only what is missing. Where
    some of the pictures cannot be had and others are there, those are delivered, and the job says
    what became of the rest. Raises what the gateway raises where none is there.
    """
    async with tools.store.reading(order) as store:
        asked = await store.media_order(order)
    wish = PictureWish.model_validate(asked.wish)
    made, failures = await _variations(order, tools, asked, wish)
    grounds = [_new_picture(wish, asked, number, one) for number, one in made]
    composed, trouble = await _with_facts(order, tools, asked, wish, grounds)
    return Result(
        pictures=(*grounds, *composed),
        calls=tuple(one for _, one in made),
        note=_in_words(len(made), wish.variations, [*failures, *trouble]),
    )


async def _variations(
    order: Order, tools: Tools, asked: MediaOrder, wish: PictureWish
) -> tuple[Pictures, list[Exception]]:
    progress = _Progress(order, tools, wish.variations)
    numbers = range(1, wish.variations + 1)

    async def one(number: int) -> Generated[PictureBody]:
        brief: PictureBrief = wish.brief(asked, order.company, number)
        generated = await tools.images.picture(brief, _call(order, asked, wish, number))
        await progress.one_more()
        return generated

    await tools.queue.tell(order.job, 1, f"making {_counted(wish.variations)}")
    answers = await asyncio.gather(*(one(number) for number in numbers), return_exceptions=True)
    made: Pictures = []
    failures: list[Exception] = []
    for number, answer in zip(numbers, answers, strict=True):
        if isinstance(answer, ProviderError | BudgetExceeded):
            failures.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            made.append((number, answer))
    _refuse_half(order, made, failures)
    return made, failures


def _refuse_half(order: Order, made: Pictures, failures: Sequence[Exception]) -> None:
    """Raise a failure where nothing is there, or where another try may bring the rest."""
    may_pass = [one for one in failures if isinstance(one, TransientProviderError)]
    if may_pass and (order.job.attempts < LAST_ATTEMPT or not made):
        raise may_pass[0]
    if failures and not made:
        raise failures[0]


def _call(order: Order, asked: MediaOrder, wish: PictureWish, number: int) -> Call:
    """Say to the journal what is asked for: the request, how often it was made anew, which one."""
    job = order.job
    return Call(
        organization_id=str(job.organization_id),
        company_id=str(job.company_id),
        subject=f"{job.kind}:{asked.id}",
        round=wish.round,
        variant=number,
        job_id=str(job.id),
        month=job.month,
    )


def _new_picture(
    wish: PictureWish, asked: MediaOrder, number: int, made: Generated[PictureBody]
) -> NewPicture:
    body = made.value
    return NewPicture(
        sha256=body.media_sha256,
        media_type=body.media_type,
        size_bytes=body.size_bytes,
        width_px=body.width_px,
        height_px=body.height_px,
        kind=AssetKind.GENERATED,
        variation=number,
        filename=f"{wish.type.value}-{number}.jpg",
        alt_text=body.alt_text,
        is_ai=body.is_ai,
        derived_from=asked.source_asset_id,
        generation_id=UUID(made.generation_id),
        prompt=wish.prompt,
        prompt_version=body.prompt_version,
        provider=made.provider,
        model=made.model,
        cost_usd=made.usage.cost_usd,
    )


async def _with_facts(
    order: Order,
    tools: Tools,
    asked: MediaOrder,
    wish: PictureWish,
    grounds: Sequence[NewPicture],
) -> tuple[list[NewPicture], list[Exception]]:
    """Lay the facts over every picture. Facts that cannot be laid cost nobody their pictures."""
    if wish.overlay is None:
        return [], []
    await tools.queue.tell(order.job, 99, "laying the facts over")
    facts, how = wish.overlay.facts_to_lay(), wish.overlay.how()
    composed: list[NewPicture] = []
    for ground in grounds:
        try:
            laid = await tools.studio.facts.compose(asked.organization_id, ground, facts, how)
        except InvalidInput as error:
            return composed, [error]
        composed.append(laid)
    return composed, []


def _in_words(made: int, wanted: int, failures: Sequence[Exception]) -> str:
    if not failures:
        return _counted(made)
    told = "; ".join(dict.fromkeys(str(one) for one in failures))
    return f"{made} of {_counted(wanted)}. {told}"[:2000]


def _counted(number: int) -> str:
    return f"{number} picture{'' if number == 1 else 's'}"
