"""Editorial: the month's topics, its blog posts, and the social posts that lead to them.

What does not belong here: how texts are written (`domain/editorial/`, `domain/social/`).
"""

from collections.abc import Sequence
from datetime import datetime

import dagster as dg

from posthub_assets.assets.gating import judge, judge_set, recheck
from posthub_assets.assets.ordering import (
    all_of,
    call_for,
    done_from,
    replaced,
    subject_of,
    there_before,
)
from posthub_assets.assets.stages import Stage, declare, work_off
from posthub_assets.domain.bodies import (
    BlogPostBody,
    PersonaBody,
    Platform,
    SocialPostBody,
    TopicBody,
)
from posthub_assets.domain.briefs import (
    BlogPostBrief,
    SocialPostBrief,
    TopicsBrief,
    TopicSet,
    TopicSlot,
)
from posthub_assets.domain.content import Kind
from posthub_assets.domain.planning import BLOG_HOUR, local_moment
from posthub_assets.domain.work import (
    ContentStore,
    Draft,
    Item,
    MonthPlan,
    Order,
    Result,
    Tools,
    Workshop,
)

GROUP = "editorial"


@declare(
    "topics",
    monthly=True,
    group=GROUP,
    kinds={"postgres"},
    pool="text_provider",
    deps=["personas"],
    description="The month's topics, spread over personas and working days. Each waits for a yes.",
)
async def topics(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Fill the quota of each opened month."""
    return await work_off(context, workshop, TOPICS)


async def find_topics(order: Order, tools: Tools) -> Result:
    """Find a topic for every open place of the month, or another one for a refused topic."""
    if order.job.verb == "check":
        return await recheck(order, tools)
    async with tools.store.reading(order) as store:
        plan = await _plan(order, store)
        if not plan.slots:
            return Result(note=plan.waiting_for or "The month is full.")
        brief = await _topics_brief(order, store, plan)
        personas = {str(one.content_id): one.content_id for one in await store.personas(order)}
    generated = await tools.text.generate(brief, TopicSet, call_for(order))
    found = generated.value.topics
    context = await tools.store.gate_context(order, Kind.TOPIC, order.subject)
    verdicts = await judge_set(Kind.TOPIC, found, context)
    drafts = tuple(
        Draft(
            kind=Kind.TOPIC,
            body=body,
            findings=findings,
            place=place,
            persona_id=personas.get(slot.persona_id),
            generated=generated,
            replaces=replaced(order),
        )
        for body, findings, place, slot in zip(
            found, verdicts, plan.places, plan.slots, strict=True
        )
    )
    return Result(drafts=drafts)


async def _topics_brief(order: Order, store: ContentStore, plan: MonthPlan) -> TopicsBrief:
    used, quoted = await store.passages(order)
    return TopicsBrief(
        company=order.company,
        dna=await store.dna(order),
        documents=await store.documents(order),
        slots=plan.slots,
        personas=dict(plan.personas),
        past=await store.past(order),
        used=tuple(used),
        quoted=tuple(quoted),
        revision=order.revision,
    )


async def _plan(order: Order, store: ContentStore) -> MonthPlan:
    """Give the open places; for a revision, the one place of the refused topic."""
    plan = await store.month_plan(order)
    if order.job.verb != "revise":
        return plan
    topic = subject_of(order)
    body = _topic_body(topic)
    slot = TopicSlot(planned_on=body.planned_on, persona_id=str(topic.persona_id), event=body.event)
    return MonthPlan(slots=(slot,), places=(topic.place,), quota=plan.quota, personas=plan.personas)


@declare(
    "blog_posts",
    monthly=True,
    group=GROUP,
    kinds={"postgres"},
    pool="text_provider",
    deps=["topics"],
    description="A blog post for each approved topic. Each waits for a yes.",
)
async def blog_posts(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Write the posts of approved topics."""
    return await work_off(context, workshop, BLOG_POSTS)


async def write_blog_post(order: Order, tools: Tools) -> Result:
    """Write the post of an approved topic, or write it anew after a change request."""
    if order.job.verb == "check":
        return await recheck(order, tools)
    async with tools.store.reading(order) as store:
        topic = await store.ancestor(order, subject_of(order), Kind.TOPIC)
        there = await store.children(order, topic, Kind.BLOG_POST)
        if done_from(topic, there, order):
            return Result(note="The post is there already.")
        brief = await _blog_post_brief(order, store, topic)
    generated = await tools.text.generate(brief, BlogPostBody, call_for(order))
    context = await tools.store.gate_context(order, Kind.BLOG_POST, there_before(order, there))
    draft = Draft(
        kind=Kind.BLOG_POST,
        body=generated.value,
        findings=await judge(Kind.BLOG_POST, generated.value, context),
        parent=topic,
        persona_id=topic.persona_id,
        scheduled_at=local_moment(brief.topic.planned_on, BLOG_HOUR, order.company.timezone),
        generated=generated,
        replaces=replaced(order),
    )
    return Result(drafts=(draft,))


async def _blog_post_brief(order: Order, store: ContentStore, topic: Item) -> BlogPostBrief:
    body = _topic_body(topic)
    names = sorted({one.document_id for one in body.passages})
    return BlogPostBrief(
        company=order.company,
        dna=await store.dna(order),
        persona=await store.persona_of(order, topic),
        topic=body,
        documents=await store.documents(order, names),
        revision=order.revision,
    )


@declare(
    "social_posts",
    monthly=True,
    group=GROUP,
    kinds={"postgres"},
    pool="text_provider",
    deps=["blog_posts"],
    description="A post per platform for each approved blog post. Each waits for a yes.",
)
async def social_posts(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Write the social posts of approved blog posts."""
    return await work_off(context, workshop, SOCIAL_POSTS)


async def write_social_posts(order: Order, tools: Tools) -> Result:
    """Write one post for each platform that has none yet, or one post anew."""
    if order.job.verb == "check":
        return await recheck(order, tools)
    async with tools.store.reading(order) as store:
        blog_post = await store.ancestor(order, subject_of(order), Kind.BLOG_POST)
        topic = await store.ancestor(order, blog_post, Kind.TOPIC)
        there = await store.children(order, blog_post, Kind.SOCIAL_POST)
        persona = await store.persona_of(order, blog_post)
    before = _platforms_to_write(order, blog_post, there)
    if not before:
        return Result(note="The posts are there already.")
    briefs = [_social_brief(order, topic, blog_post, persona, platform) for platform in before]
    generated = await all_of(
        *(
            tools.text.generate(brief, SocialPostBody, call_for(order, detail=brief.platform.value))
            for brief in briefs
        )
    )
    context = await tools.store.gate_context(order, Kind.SOCIAL_POST)
    drafts = [
        Draft(
            kind=Kind.SOCIAL_POST,
            body=one.value,
            findings=await judge(Kind.SOCIAL_POST, one.value, context.in_place_of(_id_of(was))),
            place=platform.value,
            parent=blog_post,
            persona_id=blog_post.persona_id,
            scheduled_at=_social_moment(order, topic, platform),
            generated=one,
            replaces=replaced(order),
        )
        for (platform, was), one in zip(before.items(), generated, strict=True)
    ]
    return Result(drafts=tuple(drafts))


def _social_brief(
    order: Order, topic: Item, blog_post: Item, persona: PersonaBody, platform: Platform
) -> SocialPostBrief:
    return SocialPostBrief(
        company=order.company,
        persona=persona,
        topic=_topic_body(topic),
        blog_post=BlogPostBody.model_validate(blog_post.body),
        platform=platform,
        revision=order.revision,
    )


def _id_of(item: Item | None) -> str:
    return str(item.content_id) if item else ""


def _social_moment(order: Order, topic: Item, platform: Platform) -> datetime:
    from posthub_assets.domain.social.rules import rules_for

    hour = rules_for(platform).best_hour
    return local_moment(_topic_body(topic).planned_on, hour, order.company.timezone)


def _platforms_to_write(
    order: Order, blog_post: Item, there: Sequence[Item]
) -> dict[Platform, Item | None]:
    """Give the platforms without a post of this blog post, each with the post that was before."""
    if order.job.verb == "revise":
        revised = subject_of(order)
        return {Platform(revised.place): revised}
    done = {one.place for one in there if done_from(blog_post, (one,), order)}
    return {
        platform: there_before(order, there, platform.value)
        for platform in order.company.platforms
        if platform.value not in done
    }


def _topic_body(topic: Item) -> TopicBody:
    return TopicBody.model_validate(topic.body)


TOPICS = Stage("topics", find_topics, pool="text_provider")
BLOG_POSTS = Stage("blog_posts", write_blog_post, pool="text_provider")
SOCIAL_POSTS = Stage("social_posts", write_social_posts, pool="text_provider")
STAGES = (
    TOPICS,
    BLOG_POSTS,
    SOCIAL_POSTS,
)
