"""The error tree. Every error a person may meet has one place here, and one stable `code`.

    PostHubError
    |-- InvalidInput                what was given cannot be used; names the thing (422)
    |   |-- UnreadableDocument      a file that cannot be read as text
    |   |-- RefusedPicture          a file that is not taken as a picture; `reason` says which rule
    |   |-- UnknownZone             no time zone of that name
    |   |-- SkippedTime             the clocks of the zone skip this time
    |   |-- RepeatedTime            the clocks of the zone show this time twice
    |   `-- UndefinedVariable       a prompt and its variables do not fit (`prompt_library/`)
    |-- NotFound                    not there, or not yours (404)
    |-- Conflict                    true a moment ago (409)
    |   |-- StaleVersion            the version read is no longer the current one
    |   |-- IllegalTransition       the status does not allow this step
    |   |-- AlreadyRunning          the work that is asked for is under way
    |   `-- JobCancelled            a person cancelled the work; nothing more is bought
    |-- NotSignedIn                 nobody knows who you are (401)
    |-- Forbidden                   you may not (403)
    |   |-- OwnVersion              four eyes: nobody approves what they wrote
    |   `-- OutOfScope              a machine's token does not go so far
    |-- StorageError                the database or the disk did not answer
    |-- Unavailable                 a part of ours does not answer; try again in a moment (503)
    |   |-- DarkroomUnavailable     the process that decodes pictures
    |   `-- ScannerUnavailable      the virus scanner
    |-- BrokenTask                  a task in the darkroom broke: a fault of ours (500)
    |-- Postponed                   the answer comes later; nothing is wrong
    |-- BudgetExceeded              a limit of ours on requests, tokens or money is reached (402)
    `-- ProviderError               a text or image provider did not deliver
        |-- TransientProviderError  408, 429, 5xx, timeout: worth another attempt
        |   `-- RateLimited         with `retry_after_s`
        `-- PermanentProviderError  asking again gives the same answer
            |-- InvalidAnswer       the answer does not fit the schema
            |   |-- TruncatedAnswer the model stopped at its limit of tokens
            |   `-- EmptyAnswer     the model said nothing
            |-- RefusedAnswer       the model declined to answer
            |-- BlockedPrompt       the vendor's filter stopped the prompt or the answer
            |-- QuotaExhausted      the vendor's account has no money or quota left
            |-- KeyRejected         the vendor does not take the key (401, 403)
            |-- UnknownPrice        what the call would cost is not known, so it is not made
            `-- SourcesExhausted    the company's documents cannot carry what is asked

What does not belong here: HTTP status codes and Dagster failures; `api/problems.py` and
`posthub_assets/failures.py` translate.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posthub_assets.domain.ports import Usage


class PostHubError(Exception):
    """Base of all errors that are ours. `str(error)` is a sentence a content person understands."""

    code = "error"


class InvalidInput(PostHubError):
    """What was given cannot be used. `field` names the thing (a path such as `brand.colors[2]`)."""

    code = "invalid-input"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class UnreadableDocument(InvalidInput):
    """A file that cannot be read as text: broken, encrypted, too large, or of an unknown type."""

    code = "unreadable-document"


class RefusedPicture(InvalidInput):
    """A file that is not taken as a picture. `reason` is a code of `domain/media/refusing.py`."""

    code = "picture-refused"

    def __init__(self, message: str, *, reason: str, field: str | None = "file") -> None:
        super().__init__(message, field=field)
        self.reason = reason


class UnknownZone(InvalidInput):
    """No time zone of that name."""

    code = "unknown-time-zone"


class SkippedTime(InvalidInput):
    """The clocks of the zone skip this time, where they are set forward."""

    code = "time-does-not-exist"


class RepeatedTime(InvalidInput):
    """The clocks of the zone show this time twice, where they are set back."""

    code = "time-exists-twice"


class NotFound(PostHubError):
    """Not there, or in another organisation: the two are not told apart."""

    code = "not-found"


class Conflict(PostHubError):
    """The request was right a moment ago; the state has moved on."""

    code = "conflict"


class StaleVersion(Conflict):
    """A decision named version `given`, but version `current` is there by now."""

    code = "stale-version"

    def __init__(self, given: int, current: int) -> None:
        super().__init__(
            f"You read version {given}, but version {current} is the current one. "
            "Read it and decide again."
        )
        self.given = given
        self.current = current


class IllegalTransition(Conflict):
    """The item's status does not allow the step."""

    code = "illegal-transition"


class AlreadyRunning(Conflict):
    """The machine is writing this item already; `job_id` is the job to watch."""

    code = "already-running"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"This item is being written already. Watch GET /v1/jobs/{job_id}.")
        self.job_id = job_id


class JobCancelled(Conflict):
    """A person cancelled the job meanwhile: no further call is made for it."""

    code = "job-cancelled"


class NotSignedIn(PostHubError):
    """No token, one that is not valid any more, or a wrong e-mail or password."""

    code = "not-signed-in"


class Forbidden(PostHubError):
    """The person is known and may not do this."""

    code = "forbidden"


class OwnVersion(Forbidden):
    """Four eyes: a supervisor may not approve a version that they wrote themselves."""

    code = "own-version"


class OutOfScope(Forbidden):
    """The token of a machine does not go so far: it lacks the scope, or this needs a person."""


class StorageError(PostHubError):
    """The database or the disk did not answer. The work is not lost; it will be tried again."""

    code = "storage-error"


class Unavailable(PostHubError):
    """A part of ours does not answer. Nothing is lost; the same may work in a moment."""

    code = "unavailable"


class DarkroomUnavailable(Unavailable):
    """The process that decodes pictures does not start, or ended twice under one job."""

    code = "darkroom-unavailable"


class ScannerUnavailable(Unavailable):
    """The virus scanner does not answer. What it has not looked at is not let through."""

    code = "scanner-unavailable"


class BrokenTask(PostHubError):
    """A task in the darkroom broke on something that is no fault of the file's."""

    code = "broken-task"


class Postponed(PostHubError):
    """The question was handed in with a batch: the work goes on when the answer has come."""

    code = "postponed"


class BudgetExceeded(PostHubError):
    """A limit of ours is reached; nothing was sent and nothing was paid.

    `limit_source` names the limit: whose it is, of which period, and what it counts, such as
    `company/month/cost_usd`. `spent`, `reserved` and `limit` are in that unit (USD, tokens or
    requests); `asked` is what the refused call would have needed.
    """

    code = "budget-exceeded"

    def __init__(
        self,
        message: str,
        *,
        limit_source: str,
        spent: Decimal,
        reserved: Decimal,
        limit: Decimal,
        asked: Decimal,
        resets_at: datetime,
    ) -> None:
        super().__init__(message)
        self.limit_source = limit_source
        self.spent = spent
        self.reserved = reserved
        self.limit = limit
        self.asked = asked
        self.resets_at = resets_at

    @property
    def may_pass(self) -> bool:
        """True where only open calls stand in the way: they give back what they do not use."""
        return self.reserved > 0 and self.spent + self.asked <= self.limit


class ProviderError(PostHubError):
    """A text, image or research provider did not deliver.

    `usage` is what the vendor billed all the same: a cut-off answer costs as much as a whole one.
    """

    code = "provider-error"

    def __init__(self, message: str, *, provider: str = "", usage: Usage | None = None) -> None:
        super().__init__(message)
        self.provider = provider
        self.usage = usage
        self.model = ""
        """The model that was billed, as the vendor names it; empty where it did not say."""


class TransientProviderError(ProviderError):
    """Worth another attempt: 408, 429, 5xx, a timeout, a broken connection."""

    code = "provider-unavailable"


class RateLimited(TransientProviderError):
    """The provider's or our own limit; `retry_after_s` says when to come back."""

    code = "rate-limited"

    def __init__(
        self, message: str, *, provider: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, provider=provider)
        self.says_when = retry_after_s is not None
        self.retry_after_s = 1.0 if retry_after_s is None else retry_after_s


class PermanentProviderError(ProviderError):
    """Asking again gives the same answer."""

    code = "provider-refused"


class InvalidAnswer(PermanentProviderError):
    """The answer does not fit the schema that was asked for."""

    code = "invalid-answer"


class TruncatedAnswer(InvalidAnswer):
    """The model stopped at its limit of tokens, in the middle of the answer or of its thinking."""

    code = "answer-truncated"


class EmptyAnswer(InvalidAnswer):
    """The model ended without saying anything."""

    code = "answer-empty"


class RefusedAnswer(PermanentProviderError):
    """The model declined, in its own words."""

    code = "answer-refused"


class BlockedPrompt(PermanentProviderError):
    """The vendor's filter stopped the prompt, or the answer to it."""

    code = "prompt-blocked"


class QuotaExhausted(PermanentProviderError):
    """The vendor's account has no money or no quota left; a person has to top it up."""

    code = "quota-exhausted"


class KeyRejected(PermanentProviderError):
    """The vendor does not take the key: revoked, expired, or not allowed to do this."""

    code = "key-rejected"


class UnknownPrice(PermanentProviderError):
    """What the call would cost is not known, so it is not made: no price is not zero."""

    code = "price-unknown"


class SourcesExhausted(PermanentProviderError):
    """The company's documents cannot carry what was asked; more documents would help."""

    code = "sources-exhausted"
