"""What a month came to: collected over HTTP, printed as a table, weighed into an exit code.

What does not belong here: progress (`progress.py`).
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from posthub_assets.commands.api_client import ApiClient, Json
from posthub_assets.commands.progress import STAGES, stages_of
from posthub_assets.commands.speaking import as_duration, counted, say, say_bad, say_good
from posthub_assets.commands.supervising import Supervisor
from posthub_assets.commands.watching import (
    Company,
    Content,
    Snapshot,
    read_jobs,
)
from posthub_assets.domain.content import Kind, Status

EXIT_COMPLETE = 0
EXIT_SOMETHING_FAILED = 3
STATUSES = ("pending", "running", "completed", "failed", "cancelled")
LISTED = 20
"""Lines per list of problems; the rest is counted."""


@dataclass(frozen=True, slots=True)
class KeptItem:
    """A draft that its quality gate keeps out of review, and the first rule that does."""

    item: Content
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class MonthReport:
    """What a month came to."""

    company: Company
    month: str
    snapshot: Snapshot
    words: tuple[int, ...]
    short_drafts: int
    cost_usd: Decimal
    calendar_is_ready: bool
    kept: tuple[KeptItem, ...]
    given_up: tuple[tuple[Content, str], ...]
    new_items: int
    decided: int

    @property
    def problems(self) -> list[str]:
        """Give what keeps the month from being complete, one sentence each."""
        found = _failures(self.snapshot)
        found += [f"{_name(item)} could not be approved: {why}" for item, why in self.given_up]
        if found:
            return found  # what is missing beyond that follows from it
        if not any(one.is_approved for one in self.snapshot.of(Kind.PERSONA)):
            found.append("No persona writes: too few of them can be chosen.")
        elif not self.snapshot.of(Kind.TOPIC):
            found.append("The month has no topics.")
        elif not self.calendar_is_ready:
            found.append("The content calendar was not made.")
        return found


def _failures(snapshot: Snapshot) -> list[str]:
    """Give a sentence for each reason, with the jobs that failed for it."""
    items = {one.id: one for one in snapshot.items}
    by_reason: dict[str, list[str]] = {}
    for job in snapshot.failed_jobs:
        subject = items.get(job.content_id or "")
        about = f"{job.kind} for {_name(subject)}" if subject else job.kind
        by_reason.setdefault(job.error or "No reason was kept.", []).append(about)
    sentences = []
    for reason, jobs in by_reason.items():
        others = f" and {counted(len(jobs) - 1, 'other job')}" if len(jobs) > 1 else ""
        sentences.append(f"{jobs[0]}{others} failed: {reason}")
    return sentences


def _name(item: Content) -> str:
    return f"{item.kind.value.replace('_', ' ')} {item.title!r}"


async def collect(
    supervisor: Supervisor, month: str, before: Snapshot, after: Snapshot
) -> MonthReport:
    """Read what the summary needs beyond the last snapshot."""
    api, company = supervisor.api, supervisor.company
    posts = [await api.get(f"/v1/contents/{one.id}") for one in after.of(Kind.BLOG_POST)]
    current = [post["current"] for post in posts if post["current"]]
    jobs = [job for status in STATUSES for job in await read_jobs(api, company, month, status)]
    drafts = [one for one in after.items if one.status is Status.DRAFT]
    return MonthReport(
        company=company,
        month=month,
        snapshot=after,
        words=tuple(one["word_count"] for one in current),
        short_drafts=sum(bool((one["body"] or {}).get("short_draft")) for one in current),
        cost_usd=sum((job.cost_usd for job in jobs), Decimal(0)),
        calendar_is_ready=any(
            job.asset == "content_calendar" and job.status == "completed" for job in jobs
        ),
        kept=tuple([await _why_kept(api, one) for one in drafts]),
        given_up=tuple(supervisor.given_up),
        new_items=len(after.items) - len(before.items),
        decided=supervisor.decided,
    )


async def _why_kept(api: ApiClient, item: Content) -> KeptItem:
    checks: list[Json] = (await api.get(f"/v1/contents/{item.id}/checks"))["items"]
    failed = [one for one in checks if one["verdict"] == "fail" and one["blocking"]]
    if not failed:
        return KeptItem(item, "not checked", "It waits to be checked.")
    quote = f' ("{failed[0]["quote"]}")' if failed[0]["quote"] else ""
    return KeptItem(item, failed[0]["rule"], failed[0]["message"] + quote)


def tell_month(report: MonthReport, *, duration_s: float, approve: bool) -> int:
    """Print the summary; give the exit code."""
    problems = report.problems if approve else _failures(report.snapshot)
    say()
    _print_table(report)
    _list("Kept by the quality gate; mend or archive them:", [_kept(one) for one in report.kept])
    _list("Not done:", problems)
    new = counted(report.new_items, "new item") if report.new_items else "nothing new"
    decided = f", {counted(report.decided, 'decision')} sent" if report.decided else ""
    say(
        f"Made {new}{decided}. Cost of the month so far: ${report.cost_usd:.2f}. "
        f"Time: {as_duration(duration_s)}."
    )
    if report.snapshot.failed_jobs:
        say("To give failed jobs another try, run the same command with --retry.")
    if problems:
        return EXIT_SOMETHING_FAILED
    if approve:
        say_good(f"{report.company.name}, {report.month}: complete.")
    else:
        tell_waiting(report)
    return EXIT_COMPLETE


def _kept(one: KeptItem) -> str:
    return f"{_name(one.item)}: {one.rule}: {one.message}"


def _list(title: str, lines: list[str]) -> None:
    if not lines:
        return
    say_bad(title)
    for line in lines[:LISTED]:
        say_bad(f"  - {line}")
    if len(lines) > LISTED:
        say_bad(f"  - and {len(lines) - LISTED} more")


def tell_waiting(report: MonthReport) -> None:
    """Print what waits, and for whom."""
    waiting = [
        f"{sum(one.kind is kind for one in report.snapshot.in_review)} {name}"
        for kind, name in STAGES.items()
        if any(one.kind is kind for one in report.snapshot.in_review)
    ]
    whom = f"a supervisor of {report.company.organization}"
    if waiting:
        say(f"Waiting for {whom}: {', '.join(waiting)}.")
        say("Read GET /v1/inbox, decide with POST /v1/decisions; or run this with --approve.")
    elif not any(one.is_approved for one in report.snapshot.of(Kind.PERSONA)):
        say("Waiting for the company's DNA and personas.")
    else:
        say("Nothing waits for a person.")


def _print_table(report: MonthReport) -> None:
    from rich.console import Console
    from rich.table import Table

    company = report.company
    table = Table(title=f"{company.name}, {report.month}, {company.tier}", title_justify="left")
    table.add_column("stage")
    for name in ("made", "approved", "waiting", "kept", "failed"):
        table.add_column(name, justify="right")
    table.add_column("")
    notes = _notes(report)
    for one in stages_of(report.snapshot):
        numbers = (one.made, one.approved, one.waiting, one.kept, one.failed)
        shown = [str(number or "") for number in numbers]
        table.add_row(
            one.name, *shown, notes.get(one.name, ""), style="red" if one.failed else None
        )
    Console().print(table)


def _notes(report: MonthReport) -> dict[str, str]:
    notes = {"calendar": "CSV and iCalendar" if report.calendar_is_ready else "not made"}
    if report.words:
        median = round(statistics.median(report.words))
        notes["blog posts"] = (
            f"{sum(report.words):,} words, median {median:,}; "
            f"{counted(report.short_drafts, 'short draft')}"
        )
    archived = sum(one.status is Status.ARCHIVED for one in report.snapshot.of(Kind.IMAGE))
    if archived:
        notes["images"] = f"{archived} variants not chosen"
    return notes


def tell_files(report: MonthReport, home: Path) -> None:
    """Print where the month's files are, those that are there."""
    media = home / "media" / report.company.organization_id
    calendar = media / "derived" / report.company.key / report.month
    for name in ("calendar.csv", "calendar.ics"):
        if (calendar / name).exists():
            say(f"{name:<15} {calendar / name}")
    if report.snapshot.of(Kind.IMAGE) and media.exists():
        say(f"Images          {media} (files are named by their hash)")
