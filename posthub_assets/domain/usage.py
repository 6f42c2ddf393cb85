"""What a month used, as rows: the table in the UI, and the data of an invoice. Pure.

What does not belong here: forecasts (`spending/`), reading the journal (`resources/`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from posthub_assets.domain.csv_cells import guarded

CENT = Decimal("0.01")

STAGE_OF = {
    "ResearchBrief": "research",
    "DnaBrief": "company_dna",
    "PersonasBrief": "personas",
    "TopicsBrief": "topics",
    "BlogPostBrief": "blog_posts",
    "SocialPostBrief": "social_posts",
    "ImageBrief": "image_variants",
    "PictureBrief": "generated_images",
}
"""The asset that a call was made for, by the journal's kind."""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What calls of one sort came to. Tokens of the last five columns are parts of the first two.

    `person` is who asked for the work, or `the factory`. `key_source` is `platform`, or
    `organization` where the customer's own key paid: such rows are no part of an invoice.
    """

    provider: str
    model: str
    kind: str
    prompt: str
    """Code, language and number of the version, such as `BLOGPOST_GEN en 3`; empty without one."""
    person: str
    key_source: str
    requests: int
    failed: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_written_tokens: int
    reasoning_tokens: int
    image_tokens: int
    image_input_tokens: int
    searches: int
    cost_usd: Decimal
    """Exact, to nine places."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a month. `invoiced_usd` leaves own keys out."""

    requests: int
    failed: int
    tokens: int
    cost_usd: Decimal
    invoiced_usd: Decimal


def totals(rows: Sequence[UsageRow]) -> Totals:
    """Add rows up."""
    return Totals(
        requests=sum(one.requests for one in rows),
        failed=sum(one.failed for one in rows),
        tokens=sum(one.input_tokens + one.output_tokens for one in rows),
        cost_usd=sum((one.cost_usd for one in rows), start=Decimal(0)),
        invoiced_usd=sum(
            (one.cost_usd for one in rows if one.key_source == "platform"), start=Decimal(0)
        ),
    )


def by_cost(rows: Sequence[UsageRow]) -> list[UsageRow]:
    """Give rows with the dearest first, and a fixed order among equals."""
    return sorted(rows, key=lambda one: (-one.cost_usd, one.provider, one.model, one.kind))


def dearest_of_stages(rows: Sequence[UsageRow]) -> dict[str, UsageRow]:
    """Give the dearest row of each stage: it names the model that did the stage's work."""
    return {STAGE_OF[one.kind]: one for one in reversed(by_cost(rows)) if one.kind in STAGE_OF}


def details(row: UsageRow) -> str:
    """Say which tokens were of a sort of their own, and how often the web was searched."""
    counts = {
        "cached": row.cached_tokens,
        "put in a cache": row.cache_written_tokens,
        "thinking": row.reasoning_tokens,
        "of pictures read": row.image_input_tokens,
        "of pictures made": row.image_tokens,
        "searches" if row.searches > 1 else "search": row.searches,
    }
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def in_words(rows: Sequence[UsageRow]) -> list[tuple[str, ...]]:
    """Give the lines of a table for people: amounts to the cent, the dearest first."""
    return [
        (
            STAGE_OF.get(one.kind, one.kind),
            money(one.cost_usd),
            f"{one.requests:,}" + (f" ({one.failed:,} failed)" if one.failed else ""),
            one.provider + (" (own key)" if one.key_source == "organization" else ""),
            one.model,
            one.prompt,
            one.person,
            f"{one.input_tokens:,}",
            f"{one.output_tokens:,}",
            details(one),
        )
        for one in by_cost(rows)
    ]


HEADINGS = (
    "For",
    "USD",
    "Requests",
    "Provider",
    "Model",
    "Prompt",
    "Asked by",
    "Tokens in",
    "Tokens out",
    "Of these, and searches",
)


def money(amount: Decimal) -> str:
    """Write an amount of USD to the cent; less than half a cent of something is `< 0.01`."""
    rounded = amount.quantize(CENT)
    return "< 0.01" if amount > 0 and not rounded else f"{rounded:,}"


def as_csv(rows: Sequence[UsageRow]) -> bytes:
    """Give all columns as CSV in UTF-8 with a byte order mark, amounts exact.

    A cell that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    names = [field.name for field in fields(UsageRow)]
    writer.writerow(names)
    for one in by_cost(rows):
        writer.writerow([guarded(getattr(one, name)) for name in names])
    return out.getvalue().encode("utf-8-sig")


def as_data(rows: Sequence[UsageRow]) -> list[dict[str, object]]:
    """Give rows as plain data for JSON; amounts are text, since JSON's numbers are not exact."""
    names = [field.name for field in fields(UsageRow)]
    return [
        {
            name: str(value) if isinstance(value, Decimal) else value
            for name in names
            for value in (getattr(one, name),)
        }
        for one in by_cost(rows)
    ]
