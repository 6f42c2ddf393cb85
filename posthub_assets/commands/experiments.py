"""Experiments by hand: `posthub experiments ...`.

What does not belong here: intervals and rules (`domain/experiments.py`), SQL
(`resources/database/repositories/experiments.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from posthub_assets.commands.prompts import as_administrator
from posthub_assets.commands.speaking import counted, say, say_bad, say_good
from posthub_assets.commands.tables import table
from posthub_assets.domain.experiments import (
    MIN_DECIDED,
    MIN_ITEMS_FOR_COST,
    Outcome,
    cost_interval,
    wilson_interval,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from resources.database.repositories.experiments import Experiment, Results, Stopped
    from resources.prompt_library.served import PromptVersion


def start_experiment(code: str, candidate: int, share: int, language: str = "en") -> None:
    """`posthub experiments start`: a share of companies gets another version."""
    from resources.database.repositories import experiments

    async def work(connection: AsyncConnection, _: UUID | None) -> Experiment:
        return await experiments.start(
            connection,
            code=code.upper(),
            candidate=candidate,
            share_percent=share,
            language=language,
        )

    made = as_administrator(work)
    say_good(_headline(made))
    say("A company stays in its arm. Production stays where it is until the experiment ends.")
    say(f"To see how it goes: posthub experiments show {made.code}")


def list_experiments() -> None:
    """`posthub experiments list`: those that run first."""
    from resources.database.repositories import experiments

    async def read(connection: AsyncConnection, _: UUID | None) -> list[Experiment]:
        return await experiments.experiments(connection)

    found = as_administrator(read)
    if not found:
        say("There was no experiment yet. Begin one with a version that is not served:")
        say("posthub experiments start PROMPT --candidate VERSION --share 20")
        return
    rows = [
        (
            one.code,
            one.language,
            one.control_version,
            one.candidate_version,
            f"{one.share_percent} %",
            f"{one.started_at:%Y-%m-%d}",
            f"{one.stopped_at:%Y-%m-%d}" if one.stopped_at else "running",
            one.stopped_because,
        )
        for one in found
    ]
    headings = ("PROMPT", "LANGUAGE", "CONTROL", "CANDIDATE", "SHARE", "SINCE", "UNTIL", "BECAUSE")
    for line in table(headings, rows):
        say(line)


def show_experiment(code: str, language: str = "") -> None:
    """`posthub experiments show`: both arms, after the guardrails were asked."""
    from resources.database.repositories import experiments

    async def work(connection: AsyncConnection, _: UUID | None) -> tuple[Results, list[Stopped]]:
        stopped = await experiments.check_guardrails(connection)
        found = await experiments.need_experiment(connection, code.upper(), language)
        return await experiments.results(connection, found), stopped

    found, stopped = as_administrator(work)
    say(_headline(found.experiment))
    say()
    headings = ("", "VERSION", "DECIDED", "AT ONCE", "RATE (95 %)", "APPROVED", "USD EACH (95 %)")
    arms = (
        _arm("control", found.experiment.control_version, found.control),
        _arm("candidate", found.experiment.candidate_version, found.candidate),
    )
    for line in table(headings, arms):
        say(line)
    say()
    for one in stopped:
        say_bad(f"{one.experiment.code} was stopped just now. {one.stopped_because}")
    _say_what_next(found)


def _headline(experiment: Experiment) -> str:
    until = f" until {experiment.stopped_at:%Y-%m-%d}" if experiment.stopped_at else ""
    return (
        f"{experiment.code} ({experiment.language}): version {experiment.candidate_version} to "
        f"{experiment.share_percent} % of companies, version {experiment.control_version} to the "
        f"others, since {experiment.started_at:%Y-%m-%d}{until}."
    )


def _arm(name: str, version: int, outcome: Outcome) -> tuple[object, ...]:
    return (
        name,
        version,
        outcome.decided,
        outcome.first_pass,
        _rate(outcome),
        outcome.approved,
        _cost(outcome),
    )


def _rate(outcome: Outcome) -> str:
    rate = outcome.first_pass_rate
    if rate is None:
        return "-"
    found = wilson_interval(outcome.first_pass, outcome.decided)
    return f"{rate:.0%} ({found.low * 100:.0f} to {found.high * 100:.0f})"


def _cost(outcome: Outcome) -> str:
    each = outcome.cost_per_approved_usd
    if each is None:
        return "-"
    found = cost_interval(outcome)
    if found is None:
        return f"{each:.4f} (no interval below {MIN_ITEMS_FOR_COST} decided)"
    return f"{each:.4f} ({found.low:.4f} to {found.high:.4f})"


def _say_what_next(found: Results) -> None:
    one = found.experiment
    if not one.is_running:
        say(f"It has ended: {one.stopped_because}")
        return
    fewest = min(found.control.decided, found.candidate.decided)
    if fewest < MIN_DECIDED:
        missing = counted(MIN_DECIDED - fewest, "decided item")
        say(f"Too early to tell: the smaller arm needs {missing} more for the guardrail to speak.")
    say(f"To serve the candidate to all: posthub experiments promote {one.code}")
    say(f"To end it:                     posthub experiments stop {one.code}")


def stop_experiment(code: str, because: str = "", language: str = "") -> None:
    """`posthub experiments stop`: production is served to everybody again."""
    from resources.database.repositories import experiments

    async def work(connection: AsyncConnection, _: UUID | None) -> Experiment:
        found = await experiments.need_experiment(connection, code.upper(), language, running=True)
        await experiments.stop(connection, found, because or "Stopped by hand.")
        return found

    ended = as_administrator(work)
    say_good(
        f"The experiment with {ended.code} ({ended.language}) has ended. Version "
        f"{ended.control_version} is served to all."
    )


def promote_experiment(code: str, language: str = "") -> None:
    """`posthub experiments promote`: end it, and serve its candidate to everybody."""
    from resources.database.repositories import experiments

    async def work(connection: AsyncConnection, _: UUID | None) -> PromptVersion:
        return await experiments.promote(connection, code.upper(), language)

    served = as_administrator(work)
    say_good(f"{served.name}: version {served.version} is served to all.")
    say(f"To go back: posthub prompts rollback {served.code}")
