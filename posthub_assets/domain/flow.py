"""What follows from what: which asset makes which kind, and which work a decision calls for.

Pure: it gives job requests; `resources/database/repositories/jobs.py` writes them in the
transaction of the decision. What does not belong here: how the work is done (`assets/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, Literal

from posthub_assets.domain.content import MAX_ROUNDS, Kind
from posthub_assets.domain.tiers import ALLOWANCES, Tier

COMPANY_ASSETS = ("company_sources", "company_dna", "personas", "articles")
MONTH_ASSETS = (
    "topics",
    "blog_posts",
    "social_posts",
    "image_variants",
    "generated_images",
    "formatted_images",
    "brand_palettes",
    "content_calendar",
    "monthly_usage",
)
ASSETS = (*COMPANY_ASSETS, *MONTH_ASSETS)

ASSET_OF: dict[Kind, str] = {
    Kind.COMPANY_DNA: "company_dna",
    Kind.PERSONA: "personas",
    Kind.TOPIC: "topics",
    Kind.BLOG_POST: "blog_posts",
    Kind.SOCIAL_POST: "social_posts",
    Kind.IMAGE: "image_variants",
    Kind.PALETTE: "brand_palettes",
    Kind.ARTICLE: "articles",
}
"""The asset that makes, revises and checks items of a kind."""

NEXT_ASSET: dict[Kind, str] = {
    Kind.COMPANY_DNA: "personas",
    Kind.TOPIC: "blog_posts",
    Kind.BLOG_POST: "social_posts",
    Kind.SOCIAL_POST: "image_variants",
}
"""The asset that works on from an approved item of a kind. Personas are followed when chosen."""

ON_CALENDAR = frozenset({Kind.TOPIC, Kind.BLOG_POST, Kind.SOCIAL_POST, Kind.IMAGE})
"""Kinds whose decisions change the content calendar."""

Verb = Literal["create", "revise", "check"]


class Priority(IntEnum):
    """Who goes first; lower is earlier."""

    PERSON_WAITS = 10
    AFTER_DECISION = 50
    BACKFILL = 90


TIME_LIMIT_S = {"research": 240, "text": 180, "images": 180, "calendar": 120}
"""Seconds per sort of work; design, section 4."""

_SORT = {
    "company_sources": "research",
    "company_dna": "research",
    "image_variants": "images",
    "generated_images": "images",
    "formatted_images": "images",
    "brand_palettes": "images",
    "content_calendar": "calendar",
    "monthly_usage": "calendar",
}


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One piece of work to ask for. Asking twice makes nothing twice."""

    verb: Verb
    asset: str
    month: date | None = None
    content_id: str | None = None
    source_version_id: str | None = None
    round: int = 0
    media_request_id: str | None = None
    """What was asked of the media assistant; each request has its own job."""
    priority: int = Priority.AFTER_DECISION
    again: bool = False
    """Derived work: ask for it once more even where it was done before (the calendar)."""
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What a person wished for, kept with the job: an article's order, instructions."""

    @property
    def kind(self) -> str:
        """The job's kind in the open registry, such as `create_blog_posts`."""
        return f"{self.verb}_{self.asset}"

    @property
    def time_limit_s(self) -> int:
        """Seconds that one attempt may take."""
        return TIME_LIMIT_S[_SORT.get(self.asset, "text")]


@dataclass(frozen=True, slots=True)
class DecidedItem:
    """What the flow needs to know of an item that was decided about."""

    content_id: str
    kind: Kind
    version_id: str
    month: date | None
    round: int
    tier: Tier


def work_after_approval(item: DecidedItem) -> tuple[JobRequest, ...]:
    """Give the work that a yes calls for: the next asset, and the month's calendar."""
    requests: list[JobRequest] = []
    following = NEXT_ASSET.get(item.kind)
    if following == "image_variants" and not ALLOWANCES[item.tier].image_variants:
        following = None
    if following:
        requests.append(
            JobRequest(
                verb="create",
                asset=following,
                month=item.month,
                content_id=item.content_id,
                source_version_id=item.version_id,
            )
        )
    return (*requests, *calendar_work(item))


def work_after_change_request(item: DecidedItem) -> tuple[JobRequest, ...]:
    """Give the revision that a change request calls for; none after the last round.

    `item.round` is the number of rounds that the machine already had.
    """
    if item.round >= MAX_ROUNDS or item.kind not in ASSET_OF:
        return ()
    revision = JobRequest(
        verb="revise",
        asset=ASSET_OF[item.kind],
        month=item.month,
        content_id=item.content_id,
        source_version_id=item.version_id,
        round=item.round + 1,
        priority=Priority.PERSON_WAITS,
    )
    return (revision,)


def work_after_edit(item: DecidedItem, *, was_approved: bool) -> tuple[JobRequest, ...]:
    """Give the check that an edited version needs, and the calendar where a yes was withdrawn."""
    check = JobRequest(
        verb="check",
        asset=ASSET_OF[item.kind],
        month=item.month,
        content_id=item.content_id,
        source_version_id=item.version_id,
        priority=Priority.PERSON_WAITS,
    )
    return (check, *(calendar_work(item) if was_approved else ()))


def calendar_work(item: DecidedItem) -> tuple[JobRequest, ...]:
    """Give the renewal of the month's calendar where the item stands on it."""
    if item.month is None or item.kind not in ON_CALENDAR:
        return ()
    return (JobRequest(verb="create", asset="content_calendar", month=item.month, again=True),)


def usage_work(month: date) -> JobRequest:
    """Give the renewal of a month's usage; nobody waits for it."""
    return JobRequest(
        verb="create", asset="monthly_usage", month=month, again=True, priority=Priority.BACKFILL
    )


def work_for_month(
    month: date, *, round_number: int = 0, priority: int = Priority.AFTER_DECISION
) -> JobRequest:
    """Give the work that fills an opened month's quota. A later round fills gaps."""
    return JobRequest(
        verb="create", asset="topics", month=month, round=round_number, priority=priority
    )
