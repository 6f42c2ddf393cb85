"""Experiments between two versions of a platform's prompt. Administrators only.

What does not belong here: intervals and the guardrail's rule (`domain/experiments.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.idempotency import once
from api.routers.prompts import Language
from api.services import acting, origin_of, signed_in
from api.shapes import Exact, Input, Output
from posthub_assets.domain.errors import Conflict
from posthub_assets.domain.experiments import Outcome, cost_interval, guardrail, wilson_interval
from resources.database.repositories import experiments
from resources.database.repositories.experiments import Experiment, Results

router = APIRouter(prefix="/v1/experiments", tags=["prompts"], dependencies=[Depends(signed_in)])


class NewExperiment(Input):
    """A version to be tried by a share of all companies, in percent."""

    code: Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_]{2,59}$")]
    candidate: Annotated[int, Field(ge=1, le=2**31 - 1)]
    share_percent: Annotated[int, Field(ge=1, le=99)] = 20
    language: Language = "en"


class Ending(Input):
    """Why an experiment ends."""

    because: Annotated[str, Field(max_length=experiments.MAX_REASON_CHARS)] = ""


class ExperimentOut(Output):
    """An experiment; it runs while `stopped_at` is null."""

    id: UUID
    code: str
    language: str
    control_version: int
    candidate_version: int
    share_percent: int
    started_by: UUID | None
    started_at: datetime
    stopped_at: datetime | None
    stopped_because: str | None


class Experiments(Output):
    """All experiments, those that run first."""

    items: list[ExperimentOut]


class IntervalOut(Output):
    """A 95 % interval."""

    low: float
    high: float


class ArmOut(Output):
    """What became of one arm's items. Rates are 0 to 1; too few items have no interval."""

    version: int
    decided: int
    first_pass: int
    approved: int
    first_pass_rate: float | None
    first_pass_interval: IntervalOut | None
    cost_usd: Exact
    cost_per_approved_usd: Exact | None
    cost_interval_usd: IntervalOut | None


class ResultsOut(Output):
    """Both arms. `guardrail` says why the candidate is clearly worse, where it is."""

    experiment: ExperimentOut
    control: ArmOut
    candidate: ArmOut
    guardrail: str | None


@router.get("")
async def list_experiments(request: Request) -> Experiments:
    """List the experiments, those that run first."""
    async with acting(request) as act:
        rows = await experiments.experiments(act.connection)
    return Experiments(items=[ExperimentOut.model_validate(row) for row in rows])


@router.post("", status_code=201, response_model=ExperimentOut, responses={404: {}})
async def start_experiment(request: Request, body: NewExperiment) -> Response:
    """Serve a candidate to a share of the companies; each stays in its arm."""
    async with acting(request) as act:

        async def work() -> ExperimentOut:
            made = await experiments.start(
                act.connection,
                code=body.code.upper(),
                candidate=body.candidate,
                share_percent=body.share_percent,
                language=body.language,
                actor_id=act.person.id,
                origin=origin_of(request),
            )
            return ExperimentOut.model_validate(made)

        return await once(request, act, 201, work)


@router.get("/{experiment_id}")
async def get_results(request: Request, experiment_id: UUID) -> ResultsOut:
    """Read what became of both arms. It changes nothing; the nightly check stops what is worse."""
    async with acting(request) as act:
        found = await experiments.get(act.connection, experiment_id)
        return _told(await experiments.results(act.connection, found))


@router.post("/{experiment_id}/stop", response_model=ExperimentOut)
async def stop_experiment(request: Request, experiment_id: UUID, body: Ending) -> Response:
    """End an experiment; production is served to everybody again."""
    async with acting(request) as act:

        async def work() -> ExperimentOut:
            found = await experiments.get(act.connection, experiment_id)
            await experiments.stop(
                act.connection,
                found,
                body.because or "Stopped by hand.",
                actor_id=act.person.id,
                origin=origin_of(request),
            )
            return ExperimentOut.model_validate(
                await experiments.get(act.connection, experiment_id)
            )

        return await once(request, act, 200, work)


@router.post("/{experiment_id}/promote", response_model=ExperimentOut)
async def promote_experiment(request: Request, experiment_id: UUID) -> Response:
    """End an experiment and serve its candidate to everybody."""
    async with acting(request) as act:

        async def work() -> ExperimentOut:
            found = await experiments.get(act.connection, experiment_id)
            _refuse_ended(found)
            await experiments.promote(
                act.connection,
                found.code,
                found.language,
                actor_id=act.person.id,
                origin=origin_of(request),
            )
            return ExperimentOut.model_validate(
                await experiments.get(act.connection, experiment_id)
            )

        return await once(request, act, 200, work)


def _refuse_ended(experiment: Experiment) -> None:
    if not experiment.is_running:
        raise Conflict(f"The experiment with {experiment.code} has ended already.")


def _told(found: Results) -> ResultsOut:
    one = found.experiment
    return ResultsOut(
        experiment=ExperimentOut.model_validate(one),
        control=_arm(one.control_version, found.control),
        candidate=_arm(one.candidate_version, found.candidate),
        guardrail=guardrail(found.control, found.candidate),
    )


def _arm(version: int, outcome: Outcome) -> ArmOut:
    rate = wilson_interval(outcome.first_pass, outcome.decided) if outcome.decided else None
    cost = cost_interval(outcome)
    return ArmOut(
        version=version,
        decided=outcome.decided,
        first_pass=outcome.first_pass,
        approved=outcome.approved,
        first_pass_rate=outcome.first_pass_rate,
        first_pass_interval=IntervalOut.model_validate(rate) if rate else None,
        cost_usd=outcome.cost_usd,
        cost_per_approved_usd=outcome.cost_per_approved_usd,
        cost_interval_usd=IntervalOut.model_validate(cost) if cost else None,
    )
