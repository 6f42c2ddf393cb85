"""Research: what the company is. Its sources, its DNA, and the personas who write for it.

What does not belong here: how facts are found (`domain/research/`), whose yes opens which gate.
"""

import dagster as dg

from posthub_assets.assets.gating import judge, judge_set, recheck
from posthub_assets.assets.ordering import call_for, free_places, others, replaced
from posthub_assets.assets.stages import Stage, declare, work_off
from posthub_assets.domain.bodies import DnaBody, PersonaBody
from posthub_assets.domain.briefs import DnaBrief, PersonasBrief, PersonaSet, ResearchBrief
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import BudgetExceeded, ProviderError
from posthub_assets.domain.flow import JobRequest
from posthub_assets.domain.research.findings import research_page
from posthub_assets.domain.tiers import ALLOWANCES
from posthub_assets.domain.work import Draft, Order, Result, Tools, Workshop

GROUP = "research"


@declare(
    "company_sources",
    monthly=False,
    group=GROUP,
    kinds={"postgres"},
    description="What the company gave us: the brief and its documents, counted and readable.",
)
async def company_sources(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Take stock of the sources; the DNA follows."""
    return await work_off(context, workshop, COMPANY_SOURCES)


async def take_stock(order: Order, tools: Tools) -> Result:
    """Read the website and ask the web where that is allowed; count, and ask for the DNA."""
    notes = [await _visit(order, tools), await _research(order, tools)]
    documents = await tools.store.documents(order)
    words = sum(len(one.text.split()) for one in documents)
    notes.insert(0, f"{len(documents)} documents, {words:,} words")
    if await tools.store.has_approved_dna(order):
        # What a person approved is not replaced behind their back; they may ask for changes.
        return Result(note="; ".join(filter(None, [*notes, "the approved DNA is kept"])))
    dna = JobRequest(verb="create", asset="company_dna", again=True)
    return Result(note="; ".join(filter(None, notes)), follow=(dna,))


async def _visit(order: Order, tools: Tools) -> str:
    """Keep the pages of the company's website; a site that is away changes nothing."""
    if not order.company.website:
        return ""
    pages, told = await tools.website.read(order.company.website)
    if pages:
        await tools.store.save_pages(order, "website", pages)
    return told


async def _research(order: Order, tools: Tools) -> str:
    """Keep what the web says; a provider that fails is a note, since the DNA needs no research."""
    brief = ResearchBrief(company=order.company)
    try:
        found = await tools.research.research(brief, call_for(order, detail="research"))
    except (ProviderError, BudgetExceeded) as error:
        return f"no research: {error}"
    if found is None:
        return ""
    await tools.store.save_pages(order, "research", (research_page(found.value),))
    return f"research from {len(found.value.sources)} pages"


@declare(
    "company_dna",
    monthly=False,
    group=GROUP,
    kinds={"postgres"},
    pool="text_provider",
    deps=["company_sources"],
    description="Company DNA: what is known, each point with its source. Waits for a yes.",
)
async def company_dna(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Find the DNA of each company that asks for it."""
    return await work_off(context, workshop, COMPANY_DNA)


async def find_dna(order: Order, tools: Tools) -> Result:
    """Read the sources, ask for the DNA, judge it."""
    if order.job.verb == "check":
        return await recheck(order, tools)
    documents = await tools.store.documents(order, with_research=True)
    brief = DnaBrief(company=order.company, documents=documents, revision=order.revision)
    generated = await tools.text.generate(brief, DnaBody, call_for(order))
    context = await tools.store.gate_context(order, Kind.COMPANY_DNA, order.subject)
    draft = Draft(
        kind=Kind.COMPANY_DNA,
        body=generated.value,
        findings=await judge(Kind.COMPANY_DNA, generated.value, context),
        generated=generated,
        replaces=replaced(order),
    )
    return Result(drafts=(draft,))


@declare(
    "personas",
    monthly=False,
    group=GROUP,
    kinds={"postgres"},
    pool="text_provider",
    deps=["company_dna"],
    description=(
        "The voices that write for the company. Waits for a person to choose who is active."
    ),
)
async def personas(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Invent the personas of each company whose DNA is approved."""
    return await work_off(context, workshop, PERSONAS)


async def invent_personas(order: Order, tools: Tools) -> Result:
    """Fill the company's cast up to its tier, or revise one persona."""
    if order.job.verb == "check":
        return await recheck(order, tools)
    there = others(order, await tools.store.cast(order))
    revising = order.job.verb == "revise"
    count = 1 if revising else ALLOWANCES[order.company.tier].personas_made - len(there)
    if count <= 0:
        return Result(note="Every persona is there already.")
    brief = PersonasBrief(
        company=order.company,
        dna=await tools.store.dna(order),
        count=count,
        taken=tuple(one.body for one in there if isinstance(one.body, PersonaBody)),
        revision=order.revision,
    )
    generated = await tools.text.generate(brief, PersonaSet, call_for(order))
    cast = generated.value.personas
    context = await tools.store.gate_context(order, Kind.PERSONA, order.subject)
    verdicts = await judge_set(Kind.PERSONA, cast, context)
    places = free_places({one.place for one in there}, count)
    drafts = tuple(
        Draft(
            kind=Kind.PERSONA,
            body=body,
            findings=findings,
            place=place,
            generated=generated,
            replaces=replaced(order),
        )
        for body, findings, place in zip(cast, verdicts, places, strict=True)
    )
    return Result(drafts=drafts)


COMPANY_SOURCES = Stage("company_sources", take_stock)
COMPANY_DNA = Stage("company_dna", find_dna, pool="text_provider")
PERSONAS = Stage("personas", invent_personas, pool="text_provider")
STAGES = (
    COMPANY_SOURCES,
    COMPANY_DNA,
    PERSONAS,
)
