"""Figures for Prometheus: requests of this worker, and the factory's state as the database has it.

With several workers each tells its own requests; the gauges are the same from all of them.
What does not belong here: the route (`routers/health.py`).
"""

from __future__ import annotations

from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from starlette.types import Scope

from resources.database.repositories.metrics import FactoryState

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

OWN = CollectorRegistry()
"""What this worker counts itself."""
_REQUESTS = Counter(
    "posthub_requests", "Answered requests.", ("method", "route", "status"), registry=OWN
)
_DURATION = Histogram(
    "posthub_request_duration_seconds",
    "From the first byte of a request to the last of its answer.",
    ("route",),
    buckets=SECONDS,
    registry=OWN,
)
_DECISIONS = Counter("posthub_decisions", "Decisions by people.", ("action",), registry=OWN)


def observe(scope: Scope, status: int, took_s: float) -> None:
    """Count a request. An unknown path has no name of its own: strangers cannot make series."""
    route = getattr(scope.get("route"), "path", "none")
    _REQUESTS.labels(scope["method"] if route != "none" else "any", route, str(status)).inc()
    _DURATION.labels(route).observe(took_s)


def count_decision(action: str) -> None:
    """Count a decision that was made."""
    _DECISIONS.labels(action).inc()


def rendered(state: FactoryState) -> bytes:
    """Give everything in the text format of Prometheus."""
    return generate_latest(OWN) + generate_latest(_gauges(state))


def _gauges(state: FactoryState) -> CollectorRegistry:
    registry = CollectorRegistry()

    def gauge(name: str, meaning: str, *labels: str) -> Any:
        return Gauge(f"posthub_{name}", meaning, labels, registry=registry)

    number = gauge("jobs", "Jobs that are not done.", "asset", "status")
    age = gauge("jobs_oldest_age_seconds", "Age of the oldest of them.", "asset", "status")
    for job in state.jobs:
        number.labels(job.asset, job.status).set(job.number)
        age.labels(job.asset, job.status).set(job.oldest_age_s)
    lag = gauge("sensor_lag_seconds", "How long the oldest due job waits for a run.", "asset")
    for job in state.jobs:
        if job.status == "pending":
            lag.labels(job.asset).set(job.lag_s)
    calls = gauge("provider_calls_month", "Calls to a provider this month.", "provider")
    spend = gauge("provider_spend_month_usd", "Spent with a provider this month.", "provider")
    for one in state.providers:
        calls.labels(one.provider).set(one.requests)
        spend.labels(one.provider).set(float(one.cost_usd))
    if state.factory_age_s is not None:
        gauge("factory_heartbeat_age_seconds", "Since the factory was seen.").set(
            state.factory_age_s
        )
    return registry
