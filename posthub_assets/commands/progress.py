"""The month while it is made: a table that renews itself, or lines where there is no terminal.

What does not belong here: the table at the end (`summary.py`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from posthub_assets.commands.speaking import as_duration, murmur
from posthub_assets.commands.watching import Snapshot
from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.flow import ASSET_OF

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

LINE_EVERY_S = 5.0
"""Without a terminal: a line at most this often, and only where something changed."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How one stage stands. `kept` is what the quality gate keeps out of review."""

    name: str
    made: int
    waiting: int
    approved: int
    kept: int
    failed: int
    at_work: int


STAGES: dict[Kind, str] = {
    Kind.COMPANY_DNA: "DNA",
    Kind.PERSONA: "personas",
    Kind.TOPIC: "topics",
    Kind.BLOG_POST: "blog posts",
    Kind.SOCIAL_POST: "social posts",
    Kind.IMAGE: "images",
}


def stages_of(snapshot: Snapshot) -> list[Stage]:
    """Count by stage, in the order of the graph; sources and calendar have jobs only."""
    stages = [_jobs_only(snapshot, "sources", "company_sources")]
    for kind, name in STAGES.items():
        items = snapshot.of(kind)
        asset = ASSET_OF[kind]
        stages.append(
            Stage(
                name=name,
                made=len(items),
                waiting=sum(one.status is Status.IN_REVIEW for one in items),
                approved=sum(one.is_approved for one in items),
                kept=sum(one.status is Status.DRAFT for one in items),
                failed=sum(job.asset == asset for job in snapshot.failed_jobs),
                at_work=sum(job.asset == asset for job in snapshot.open_jobs),
            )
        )
    return [*stages, _jobs_only(snapshot, "calendar", "content_calendar")]


def _jobs_only(snapshot: Snapshot, name: str, asset: str) -> Stage:
    failed = sum(job.asset == asset for job in snapshot.failed_jobs)
    at_work = sum(job.asset == asset for job in snapshot.open_jobs)
    return Stage(name, 0, 0, 0, 0, failed, at_work)


@dataclass(slots=True)
class Board:
    """Shows snapshots as they come."""

    title: str
    live: Live | None = None
    _began: float = field(default_factory=time.monotonic)
    _last_line: str = ""
    _last_at: float = 0.0

    def show(self, snapshot: Snapshot) -> None:
        """Show how the month stands now."""
        stages = stages_of(snapshot)
        if self.live is not None:
            self.live.update(self._table(stages))
        else:
            self._print_line(stages)

    def _table(self, stages: list[Stage]) -> Table:
        from rich.table import Table

        elapsed = as_duration(time.monotonic() - self._began)
        table = Table(title=f"{self.title}, {elapsed}", title_justify="left")
        table.add_column("stage")
        for name in ("made", "waiting", "approved", "kept", "failed", "at work"):
            table.add_column(name, justify="right")
        for one in stages:
            numbers = (one.made, one.waiting, one.approved, one.kept, one.failed, one.at_work)
            style = "red" if one.failed else "bold" if one.at_work else None
            table.add_row(one.name, *(str(number or "") for number in numbers), style=style)
        return table

    def _print_line(self, stages: list[Stage]) -> None:
        line = "; ".join(filter(None, (_words(one) for one in stages))) or "nothing yet"
        now = time.monotonic()
        if line == self._last_line or now - self._last_at < LINE_EVERY_S:
            return
        self._last_line, self._last_at = line, now
        murmur(f"[{as_duration(now - self._began)}] {line}")


def _words(stage: Stage) -> str:
    """Give `topics: 24 made, 3 waiting`; empty where nothing happened yet."""
    counts = {
        "made": 0 if stage.made == stage.approved else stage.made,
        "waiting": stage.waiting,
        "approved": stage.approved,
        "kept by the gate": stage.kept,
        "failed": stage.failed,
        "to do": stage.at_work,
    }
    parts = [f"{number} {name}" for name, number in counts.items() if number]
    return f"{stage.name}: {', '.join(parts)}" if parts else ""


@contextmanager
def progress(title: str) -> Iterator[Board]:
    """Show progress on stderr for the time of the block."""
    if not sys.stderr.isatty():
        yield Board(title)
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), transient=True, refresh_per_second=2) as live:
        yield Board(title, live)
