"""What a month looks like while it is made, and what it comes to."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from posthub_assets.commands.progress import LINE_EVERY_S, Board, stages_of
from posthub_assets.commands.speaking import as_duration, counted
from posthub_assets.commands.summary import (
    EXIT_COMPLETE,
    EXIT_SOMETHING_FAILED,
    KeptItem,
    MonthReport,
    tell_files,
    tell_month,
)
from posthub_assets.commands.watching import Company, Content, JobView, Snapshot
from posthub_assets.domain.content import Kind, Status

COMPANY = Company("id", "organization-id", "Bells Inc", "Bell Menders", "bells", "PRO")


def item(name: str, kind: Kind, status: Status, version: int = 1) -> Content:
    return Content(name, kind, status, version, f"Title of {name}", None, "")


def job(asset: str, status: str, content: str | None = None, error: str = "") -> JobView:
    return JobView("id", f"create_{asset}", asset, "2026-12", content, status, 3, error, Decimal(0))


WRITING = item("p", Kind.PERSONA, Status.APPROVED)
TOPIC = item("t", Kind.TOPIC, Status.APPROVED)


def report(snapshot: Snapshot, **changes: object) -> MonthReport:
    values: dict[str, object] = {
        "words": (900, 1600),
        "short_drafts": 1,
        "cost_usd": Decimal("0.125"),
        "calendar_is_ready": True,
        "kept": (),
        "given_up": (),
        "new_items": 2,
        "decided": 1,
    }
    return MonthReport(COMPANY, "2026-12", snapshot, **(values | changes))  # type: ignore[arg-type]


def test_a_stage_counts_what_is_made_waits_is_approved_kept_failed_and_to_do() -> None:
    snapshot = Snapshot(
        items=(
            item("a", Kind.TOPIC, Status.IN_REVIEW),
            item("b", Kind.TOPIC, Status.SCHEDULED),
            item("c", Kind.TOPIC, Status.DRAFT),
            item("d", Kind.TOPIC, Status.REJECTED),
        ),
        open_jobs=(job("topics", "running"),),
        failed_jobs=(job("topics", "failed"), job("content_calendar", "failed")),
    )
    stages = {one.name: one for one in stages_of(snapshot)}
    topics = stages["topics"]
    assert (topics.made, topics.waiting, topics.approved, topics.kept) == (4, 1, 1, 1)
    assert (topics.failed, topics.at_work) == (1, 1)
    assert stages["calendar"].failed == 1


def test_without_a_terminal_a_line_comes_only_when_something_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    board = Board("a month")
    board._last_at = -LINE_EVERY_S
    board.show(Snapshot((TOPIC,), (job("blog_posts", "pending"),)))
    assert "topics: 1 approved; blog posts: 1 to do" in capsys.readouterr().err
    board._last_at = -LINE_EVERY_S
    board.show(Snapshot((TOPIC,), (job("blog_posts", "pending"),)))
    assert capsys.readouterr().err == ""


def test_a_complete_month_ends_well_and_says_what_was_made(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = tell_month(report(Snapshot((WRITING, TOPIC))), duration_s=200, approve=True)
    said = capsys.readouterr().out
    assert code == EXIT_COMPLETE
    assert "Made 2 new items, 1 decision sent." in said
    assert "$0.12" in said or "$0.13" in said
    assert "3 min 20 s" in said
    assert "Bell Menders, 2026-12: complete." in said


def test_a_second_run_says_that_nothing_new_was_made(capsys: pytest.CaptureFixture[str]) -> None:
    again = report(Snapshot((WRITING, TOPIC)), new_items=0, decided=0)
    assert tell_month(again, duration_s=2, approve=True) == EXIT_COMPLETE
    assert "Made nothing new." in capsys.readouterr().out


def test_failed_jobs_are_told_once_for_each_reason_and_end_with_3(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failed = (
        job("blog_posts", "failed", "t", "The documents are too short."),
        job("blog_posts", "failed", "u", "The documents are too short."),
        job("social_posts", "failed", None, "Another reason."),
    )
    snapshot = Snapshot((WRITING, TOPIC), failed_jobs=failed)
    for approve in (True, False):
        code = tell_month(report(snapshot), duration_s=1, approve=approve)
        said = capsys.readouterr().out
        assert code == EXIT_SOMETHING_FAILED
        assert (
            "create_blog_posts for topic 'Title of t' and 1 other job failed: "
            "The documents are too short." in said
        )
        assert "create_social_posts failed: Another reason." in said
        assert "--retry" in said


@pytest.mark.parametrize(
    ("snapshot", "changes", "words"),
    [
        (Snapshot((TOPIC,)), {}, "No persona writes"),
        (Snapshot((WRITING,)), {}, "The month has no topics."),
        (Snapshot((WRITING, TOPIC)), {"calendar_is_ready": False}, "calendar was not made"),
        (
            Snapshot((WRITING, TOPIC)),
            {"given_up": ((TOPIC, "It is yours."),)},
            "topic 'Title of t' could not be approved: It is yours.",
        ),
    ],
)
def test_a_month_that_is_not_complete_says_what_is_missing(
    capsys: pytest.CaptureFixture[str],
    snapshot: Snapshot,
    changes: dict[str, object],
    words: str,
) -> None:
    code = tell_month(report(snapshot, **changes), duration_s=1, approve=True)
    assert code == EXIT_SOMETHING_FAILED
    assert words in capsys.readouterr().out


def test_what_the_gate_keeps_is_listed_with_rule_and_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    draft = item("k", Kind.TOPIC, Status.DRAFT)
    kept = KeptItem(draft, "near_duplicates", "It repeats a post of March.")
    snapshot = Snapshot((WRITING, TOPIC, draft))
    code = tell_month(report(snapshot, kept=(kept,)), duration_s=1, approve=True)
    assert code == EXIT_COMPLETE
    assert (
        "topic 'Title of k': near_duplicates: It repeats a post of March."
        in capsys.readouterr().out
    )


def test_without_approving_it_says_what_waits_for_whom(capsys: pytest.CaptureFixture[str]) -> None:
    waiting = Snapshot((item("d", Kind.COMPANY_DNA, Status.IN_REVIEW),))
    assert tell_month(report(waiting), duration_s=1, approve=False) == EXIT_COMPLETE
    assert "Waiting for a supervisor of Bells Inc: 1 DNA." in capsys.readouterr().out


def test_only_files_that_are_there_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "media" / "organization-id" / "derived" / "bells" / "2026-12"
    folder.mkdir(parents=True)
    (folder / "calendar.csv").write_text("a")
    tell_files(report(Snapshot((TOPIC,))), tmp_path)
    said = capsys.readouterr().out
    assert str(folder / "calendar.csv") in said
    assert "calendar.ics" not in said


@pytest.mark.parametrize(
    ("duration_s", "words"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s")]
)
def test_durations_are_said_as_people_say_them(duration_s: float, words: str) -> None:
    assert as_duration(duration_s) == words


def test_one_is_singular() -> None:
    assert (counted(1, "topic"), counted(2, "topic")) == ("1 topic", "2 topics")
