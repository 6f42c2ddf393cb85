"""Asking one provider after the other; and when all have failed, one error that says so of each.

What does not belong here: what a single vendor's error means (`providers/`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from posthub_assets.domain.errors import (
    BudgetExceeded,
    PermanentProviderError,
    PostHubError,
    ProviderError,
    RateLimited,
    SourcesExhausted,
    TransientProviderError,
)

if TYPE_CHECKING:
    from resources.gateway.vendors import Offer

Answered = TypeVar("Answered")


async def first_to_answer(
    offers: Sequence[Offer], ask: Callable[[Offer], Awaitable[Answered]]
) -> Answered:
    """Ask in the order of `offers` until one answers.

    Raises what `ask` raises where another provider would not help (a budget of the organisation,
    sources that carry no more); else, when all have failed, the error of `all_failed`.
    """
    failures: list[PostHubError] = []
    for offer in offers:
        try:
            return await ask(offer)
        except SourcesExhausted:
            raise
        except BudgetExceeded as error:
            if not is_providers_own(error):
                raise
            failures.append(error)
        except ProviderError as error:
            failures.append(error)
    raise all_failed(failures)


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
