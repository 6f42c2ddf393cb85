"""When every provider has failed: one error that says so of each.

What does not belong here: what a single vendor's error means (`providers/`).
"""

from __future__ import annotations

from collections.abc import Sequence

from posthub_assets.domain.errors import (
    BudgetExceeded,
    PermanentProviderError,
    PostHubError,
    ProviderError,
    RateLimited,
    TransientProviderError,
)


def is_providers_own(error: BudgetExceeded) -> bool:
    """Tell whether only one provider's budget is used up, so that another may be asked."""
    return error.limit_source.startswith("provider")


def all_failed(failures: Sequence[PostHubError]) -> PostHubError:
    """Give the error to raise when nobody delivered; a single failure is told as it is.

    It is transient where one of them is, so that the job tries again; then it waits for as long as
    the most patient vendor asks.
    """
    if not failures:
        return PermanentProviderError(
            "No provider is offered for this. Set a key, or allow one: posthub providers list."
        )
    if len(failures) == 1:
        return failures[0]
    told = "; ".join(f"{_who(one)}: {one}" for one in failures)
    pauses = [one.retry_after_s for one in failures if isinstance(one, RateLimited)]
    if pauses:
        return RateLimited(told, retry_after_s=min(pauses))
    if any(isinstance(one, TransientProviderError) for one in failures):
        return TransientProviderError(told)
    last = failures[-1]
    combined = PermanentProviderError(told)
    combined.code = last.code
    return combined


def _who(error: PostHubError) -> str:
    if isinstance(error, ProviderError) and error.provider:
        return error.provider
    return "the budget" if isinstance(error, BudgetExceeded) else "a provider"
