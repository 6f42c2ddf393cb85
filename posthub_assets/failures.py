"""Errors of ours as Dagster failures, with the right retry behaviour.

Only infrastructure fails a run: items fail in Postgres, where they are retried and shown.
What does not belong here: which attempt follows which error (`draining.py`).
"""

from __future__ import annotations

import dagster as dg

from posthub_assets.domain.errors import PostHubError, StorageError


def as_failure(error: PostHubError) -> dg.Failure:
    """Give the failure of a run: no Dagster retry, since pending jobs bring the next run."""
    advice = (
        "Nothing is lost: the jobs are pending and the sensor asks for them again."
        if isinstance(error, StorageError)
        else "Mend what the sentence names, then materialize the partition again."
    )
    return dg.Failure(
        description=str(error),
        metadata={"code": error.code, "what to do": advice},
        allow_retries=False,
    )
