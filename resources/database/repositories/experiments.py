"""Experiments between two versions of a platform's prompt: start, look, stop, promote.

Production is the control and stays where it is while one runs. The results read decisions of all
organisations, so they want a scope that reads everything; so does every change. Each change is
audited; only a person promotes.

What does not belong here: intervals and the guardrail's rule (`domain/experiments.py`), who is
served what (`prompts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound
from posthub_assets.domain.experiments import Outcome, guardrail, refuse_share
from resources.database.repositories import audit
from resources.database.repositories.audit import NOWHERE, Origin
from resources.database.repositories.prompt_changes import hold, set_label
from resources.database.repositories.prompts import (
    PRODUCTION,
    Place,
    find_label,
    need_version,
)
from resources.ids import new_id
from resources.prompt_library.served import PromptVersion
from resources.prompt_library.template import GENERAL

MAX_REASON_CHARS = 500

_SELECT = """
    SELECT e.id, e.code, e.language, e.control_id, c.version AS control_version, e.candidate_id,
        n.version AS candidate_version, e.share_percent, e.started_by, e.started_at, e.stopped_at,
        e.stopped_because
    FROM posthub.experiment e
    JOIN posthub.prompt_version c ON c.id = e.control_id
    JOIN posthub.prompt_version n ON n.id = e.candidate_id
    WHERE e.organization_id IS NULL
"""
_ALL = text(
    f"""{_SELECT} AND (:code = '' OR e.code = :code) AND (:language = '' OR e.language = :language)
        AND (e.stopped_at IS NULL OR NOT :running_only)
    ORDER BY e.stopped_at IS NOT NULL, e.started_at DESC, e.id DESC
    """
)
_ONE = text(f"{_SELECT} AND e.id = :id")
_START = text(
    """
    INSERT INTO posthub.experiment (id, code, language, control_id, candidate_id, share_percent,
        started_by)
    VALUES (:id, :code, :language, :control_id, :candidate_id, :share_percent, :started_by)
    """
)
_STOP = text(
    """
    UPDATE posthub.experiment SET stopped_at = now(), stopped_because = :because
    WHERE id = :id AND stopped_at IS NULL
    """
)

# An item belongs to the version that wrote its first text. Its cost is that of its texts by the
# same version; where one call wrote several items, each bears its part. The first decision about
# an item says whether it passed at once; an edit before it makes a second version, so it did not.
_OUTCOMES = text(
    """
    WITH calls AS (
        SELECT g.id, g.prompt_version_id, g.cost_usd FROM posthub.generation g
        WHERE g.prompt_version_id IN (:control_id, :candidate_id) AND g.created_at >= :started_at
            AND (CAST(:stopped_at AS timestamptz) IS NULL OR g.created_at < :stopped_at)),
    texts AS (
        SELECT v.content_id, v.number, c.prompt_version_id,
            c.cost_usd / count(*) OVER (PARTITION BY c.id) AS cost_usd
        FROM calls c JOIN posthub.content_version v ON v.generation_id = c.id),
    items AS (
        SELECT first.content_id, first.prompt_version_id, sum(own.cost_usd) AS cost_usd
        FROM texts first JOIN texts own ON own.content_id = first.content_id
            AND own.prompt_version_id = first.prompt_version_id
        WHERE first.number = 1 GROUP BY 1, 2),
    verdicts AS (
        SELECT i.content_id, i.prompt_version_id, i.cost_usd,
            bool_or(d.action = 'approve') AS approved,
            (array_agg(d.action = 'approve' AND d.version_number = 1
                ORDER BY d.decided_at, d.id))[1] AS first_pass
        FROM items i JOIN posthub.decision d ON d.content_id = i.content_id GROUP BY 1, 2, 3)
    SELECT prompt_version_id, count(*) AS decided,
        count(*) FILTER (WHERE first_pass) AS first_pass,
        count(*) FILTER (WHERE approved) AS approved,
        coalesce(sum(cost_usd), 0) AS cost_usd,
        coalesce(sum(cost_usd * cost_usd), 0) AS cost_squares,
        coalesce(sum(cost_usd) FILTER (WHERE approved), 0) AS cost_approved_usd
    FROM verdicts GROUP BY 1
    """
)


@dataclass(frozen=True, slots=True)
class Experiment:
    """Two versions of a prompt, and the share of companies in percent that get the candidate."""

    id: UUID
    code: str
    language: str
    control_id: UUID
    control_version: int
    candidate_id: UUID
    candidate_version: int
    share_percent: int
    started_by: UUID | None
    started_at: datetime
    stopped_at: datetime | None
    stopped_because: str | None

    @property
    def is_running(self) -> bool:
        """Whether it still decides what is served."""
        return self.stopped_at is None


@dataclass(frozen=True, slots=True)
class Results:
    """What became of the items of both arms."""

    experiment: Experiment
    control: Outcome
    candidate: Outcome


@dataclass(frozen=True, slots=True)
class Stopped:
    """An experiment that the guardrail ended, and why."""

    experiment: Experiment
    stopped_because: str


async def experiments(
    connection: AsyncConnection,
    *,
    code: str = "",
    language: str = "",
    running_only: bool = False,
) -> list[Experiment]:
    """Give the experiments, those that run first, then the newest first."""
    values = {"code": code, "language": language, "running_only": running_only}
    return [_experiment(row) for row in await connection.execute(_ALL, values)]


def _experiment(row: Row[Any]) -> Experiment:
    return Experiment(**row._mapping)


async def need_experiment(
    connection: AsyncConnection, code: str, language: str = "", *, running: bool = False
) -> Experiment:
    """Give the experiment of a prompt that runs, or else its last one. Raises NotFound."""
    found = await experiments(connection, code=code, language=language, running_only=running)
    if not found:
        state = "running with" if running else "with"
        raise NotFound(
            f"There is no experiment {state} {code[:80]}. "
            "`posthub experiments list` shows those that are there."
        )
    return found[0]


async def get(connection: AsyncConnection, experiment_id: UUID) -> Experiment:
    """Give one experiment. Raises NotFound."""
    row = (await connection.execute(_ONE, {"id": experiment_id})).first()
    if row is None:
        raise NotFound("There is no such experiment.")
    return _experiment(row)


async def start(
    connection: AsyncConnection,
    *,
    code: str,
    candidate: int,
    share_percent: int,
    language: str = GENERAL,
    actor_id: UUID | None = None,
    origin: Origin = NOWHERE,
) -> Experiment:
    """Serve version `candidate` to a share of all companies, 1 to 99 percent.

    Raises Conflict where an experiment of the prompt runs already, InvalidInput where the candidate
    is in production or the share is none, NotFound.
    """
    refuse_share(share_percent)
    place = Place(code, language)
    await hold(connection, place)
    wanted = await need_version(connection, place, candidate)
    control = await find_label(connection, place, PRODUCTION)
    if control is None:
        raise NotFound(f"No version of {code} ({language}) is in production to compare with.")
    if control.prompt_version_id == wanted.id:
        raise InvalidInput(
            f"Version {candidate} of {code} is in production itself. Choose another candidate.",
            field="candidate",
        )
    values = {
        **{"id": new_id(), "code": code, "language": language, "share_percent": share_percent},
        **{"control_id": control.prompt_version_id, "candidate_id": wanted.id},
        "started_by": actor_id,
    }
    await _insert(connection, values)
    made = await need_experiment(connection, code, language, running=True)
    await _record(connection, made, "start", actor_id=actor_id, origin=origin)
    return made


async def _insert(connection: AsyncConnection, values: dict[str, Any]) -> None:
    try:
        async with connection.begin_nested():
            await connection.execute(_START, values)
    except IntegrityError as error:
        if "uq_experiment_running" not in str(error.orig):
            raise
        code = values["code"]
        raise Conflict(
            f"An experiment with {code} ({values['language']}) runs already. "
            f"See it: posthub experiments show {code}"
        ) from error


async def results(connection: AsyncConnection, experiment: Experiment) -> Results:
    """Read what became of the items that were made while the experiment ran."""
    values = {
        "control_id": experiment.control_id,
        "candidate_id": experiment.candidate_id,
        "started_at": experiment.started_at,
        "stopped_at": experiment.stopped_at,
    }
    rows = await connection.execute(_OUTCOMES, values)
    found = {row.prompt_version_id: _outcome(row) for row in rows}
    return Results(
        experiment=experiment,
        control=found.get(experiment.control_id, Outcome()),
        candidate=found.get(experiment.candidate_id, Outcome()),
    )


def _outcome(row: Row[Any]) -> Outcome:
    values = dict(row._mapping)
    del values["prompt_version_id"]
    return Outcome(**values)


async def stop(
    connection: AsyncConnection,
    experiment: Experiment,
    because: str,
    *,
    actor_id: UUID | None = None,
    origin: Origin = NOWHERE,
) -> None:
    """End an experiment: production is served to everybody again. Raises Conflict, InvalidInput."""
    because = " ".join(because.split())
    if not because or len(because) > MAX_REASON_CHARS:
        raise InvalidInput(f"Say why, in 1 to {MAX_REASON_CHARS} characters.", field="because")
    await hold(connection, Place(experiment.code, experiment.language))
    ended = await connection.execute(_STOP, {"id": experiment.id, "because": because})
    if ended.rowcount == 0:
        raise Conflict(f"The experiment with {experiment.code} has ended already.")
    await _record(connection, experiment, "stop", actor_id=actor_id, origin=origin, because=because)


async def promote(
    connection: AsyncConnection,
    code: str,
    language: str = "",
    *,
    actor_id: UUID | None = None,
    origin: Origin = NOWHERE,
) -> PromptVersion:
    """End the experiment that runs and put its candidate in production: a person's step.

    Raises NotFound where none runs.
    """
    running = await need_experiment(connection, code, language, running=True)
    because = f"Version {running.candidate_version} was promoted."
    await stop(connection, running, because, actor_id=actor_id, origin=origin)
    return await set_label(
        connection,
        Place(running.code, running.language),
        running.candidate_version,
        actor_id=actor_id,
        origin=origin,
    )


async def check_guardrails(connection: AsyncConnection) -> list[Stopped]:
    """Stop every experiment whose candidate is clearly worse; nightly, and before one is shown."""
    stopped = []
    for one in await experiments(connection, running_only=True):
        found = await results(connection, one)
        because = guardrail(found.control, found.candidate)
        if because is not None:
            try:
                await stop(connection, one, because)
            except Conflict:  # somebody ended it while we were reading
                continue
            stopped.append(Stopped(one, because))
    return stopped


def _told(experiment: Experiment) -> dict[str, Any]:
    return {
        "code": experiment.code,
        "language": experiment.language,
        "control": experiment.control_version,
        "candidate": experiment.candidate_version,
        "share_percent": experiment.share_percent,
    }


async def _record(
    connection: AsyncConnection,
    experiment: Experiment,
    step: str,
    *,
    actor_id: UUID | None,
    origin: Origin,
    because: str | None = None,
) -> None:
    await audit.record(
        connection,
        organization_id=None,
        actor_id=actor_id,
        action=f"experiment.{step}",
        subject_kind="experiment",
        subject_id=experiment.id,
        before=None if step == "start" else _told(experiment),
        after={**_told(experiment), **({"stopped_because": because} if because else {})},
        origin=origin,
    )
