"""Articles that people order, outside of a month's plan: outline, draft, rewrite or caption.

What does not belong here: how they are written (`domain/editorial/articles.py`, `prompts/`).
"""

from dataclasses import replace

import dagster as dg

from posthub_assets.assets.gating import judge, recheck
from posthub_assets.assets.ordering import call_for
from posthub_assets.assets.stages import Stage, declare, work_off
from posthub_assets.domain.bodies import ArticleBody, DnaBody, PersonaBody
from posthub_assets.domain.briefs import ArticleBrief, ArticleOrder
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.text.words import count_words
from posthub_assets.domain.work import ContentStore, Draft, Order, Result, Tools, Workshop


@declare(
    "articles",
    monthly=False,
    group="editorial",
    kinds={"postgres"},
    pool="text_provider",
    deps=["company_sources"],
    description="Texts that people ordered over the API, one by one. Each waits for a yes.",
)
async def articles(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Write the ordered articles of each company."""
    return await work_off(context, workshop, ARTICLES)


async def write_article(order: Order, tools: Tools) -> Result:
    """Write an ordered article, or write it anew after a change request."""
    if order.job.verb == "check":
        return await recheck(order, tools)
    if order.job.verb == "create" and order.subject is not None:
        return Result(note="The article is there already.")
    async with tools.store.reading(order) as store:
        brief = await _brief(order, store)
    generated = await tools.text.generate(brief, ArticleBody, call_for(order))
    context = await tools.store.gate_context(order, Kind.ARTICLE, order.subject)
    context = replace(context, asked_words=(brief.min_words, brief.max_words))
    draft = Draft(
        kind=Kind.ARTICLE,
        body=generated.value,
        findings=await judge(Kind.ARTICLE, generated.value, context),
        generated=generated,
        replaces=order.job.content_id,
    )
    return Result(drafts=(draft,))


async def _brief(order: Order, store: ContentStore) -> ArticleBrief:
    wanted = _wanted(order)
    return ArticleBrief(
        **wanted.model_dump(),
        company=order.company,
        documents=() if wanted.source else await store.documents(order),
        dna=await _dna(order, store),
        persona=await _voice(order, store),
        revision=order.revision,
    )


def _wanted(order: Order) -> ArticleOrder:
    """Give what was ordered. Of a text that a person began, the text itself says what it is."""
    asked = order.job.params.get("order")
    if asked:
        return ArticleOrder.model_validate(asked)
    if order.subject is None or not isinstance(order.subject.body, ArticleBody):
        raise NotFound("The article's order is not there any more. Order it again.")
    body = order.subject.body
    words = count_words(body.markdown)
    return ArticleOrder(
        task=body.task,
        topic=body.title,
        keywords=body.keywords,
        source=body.markdown,
        min_words=words // 2,
        max_words=max(1, words * 6 // 5),
    )


async def _dna(order: Order, store: ContentStore) -> DnaBody | None:
    """Give the company's DNA; an article can be ordered before there is one."""
    try:
        return await store.dna(order)
    except NotFound:
        return None


async def _voice(order: Order, store: ContentStore) -> PersonaBody | None:
    """Give the persona that the order names, if it names one."""
    named = order.job.params.get("persona_id")
    for one in await store.personas(order) if named else ():
        if str(one.content_id) == named and isinstance(one.body, PersonaBody):
            return one.body
    return None


ARTICLES = Stage("articles", write_article, pool="text_provider")
STAGES = (ARTICLES,)
