"""Visuals: image variants for approved social posts, from PRO up.

What does not belong here: how a picture is drawn (`domain/visuals/`), uploads (`media.py`).
"""

from collections.abc import Sequence

import dagster as dg

from posthub_assets.assets.gating import judge, recheck
from posthub_assets.assets.ordering import call_for, replaced, subject_of
from posthub_assets.assets.stages import Stage, declare, work_off
from posthub_assets.domain.bodies import PersonaBody, SocialPostBody, TopicBody
from posthub_assets.domain.briefs import ImageBrief
from posthub_assets.domain.content import Kind
from posthub_assets.domain.tiers import ALLOWANCES
from posthub_assets.domain.work import Draft, Item, Order, Result, Tools, Workshop

CONCURRENCY = 4
"""Pictures are drawn on this machine's cores, so more in flight would only hold memory."""


@declare(
    "image_variants",
    monthly=True,
    group="visuals",
    kinds={"postgres", "image"},
    pool="image_provider",
    deps=["social_posts"],
    description="Two variants or more for each approved social post. One of them gets the yes.",
)
async def image_variants(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Draw the variants of approved social posts."""
    return await work_off(context, workshop, IMAGE_VARIANTS)


async def draw_variants(order: Order, tools: Tools) -> Result:
    """Draw the variants that this version of the post lacks, or one of them anew."""
    if order.job.verb == "check":
        return await recheck(order, tools)
    async with tools.store.reading(order) as store:
        post = await store.ancestor(order, subject_of(order), Kind.SOCIAL_POST)
        topic = await store.ancestor(order, post, Kind.TOPIC)
        persona = await store.persona_of(order, post)
        there = {one.place for one in await store.children(order, post, Kind.IMAGE)}
    drafts = [
        await _variant(order, tools, post, _brief(order, topic, post, persona, variant))
        for variant in _wanted(order)
        if order.job.verb == "revise" or _place(post, variant) not in there
    ]
    return Result(drafts=tuple(drafts))


def _wanted(order: Order) -> Sequence[int]:
    """Give the numbers of the variants: those of the tier, or the one that is drawn anew."""
    if order.job.verb == "revise":
        return (int(subject_of(order).place.rpartition(".")[2]),)
    return range(1, ALLOWANCES[order.company.tier].image_variants + 1)


def _brief(order: Order, topic: Item, post: Item, persona: PersonaBody, variant: int) -> ImageBrief:
    from posthub_assets.domain.social.rules import rules_for

    body = SocialPostBody.model_validate(post.body)
    rules = rules_for(body.platform)
    return ImageBrief(
        company=order.company,
        persona=persona,
        topic_title=TopicBody.model_validate(topic.body).title,
        social_post=body,
        platform=body.platform,
        width_px=rules.image_width_px,
        height_px=rules.image_height_px,
        variant=variant,
        revision=order.revision,
    )


async def _variant(order: Order, tools: Tools, post: Item, brief: ImageBrief) -> Draft:
    generated = await tools.images.draw(brief, call_for(order, variant=brief.variant))
    context = await tools.store.gate_context(order, Kind.IMAGE, None)
    return Draft(
        kind=Kind.IMAGE,
        body=generated.value,
        findings=await judge(Kind.IMAGE, generated.value, context),
        place=_place(post, brief.variant),
        parent=post,
        persona_id=post.persona_id,
        scheduled_at=post.scheduled_at,
        generated=generated,
        replaces=replaced(order),
    )


def _place(post: Item, variant: int) -> str:
    """Give the place of a variant: it belongs to one version of its post."""
    return f"{post.version}.{variant}"


IMAGE_VARIANTS = Stage(
    "image_variants", draw_variants, pool="image_provider", concurrency=CONCURRENCY
)
STAGES = (IMAGE_VARIANTS,)
