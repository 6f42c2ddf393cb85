"""The error tree. Every error a person may meet has one place here, and one stable `code`.

    PostHubError
    |-- InvalidInput                what was given cannot be used; names the thing (422)
    |   `-- UnreadableDocument      a file that cannot be read as text
    |-- NotFound                    not there, or not yours (404)
    |-- Conflict                    true a moment ago (409)
    |   |-- StaleVersion            the version read is no longer the current one
    |   `-- IllegalTransition       the status does not allow this step
    |-- NotSignedIn                 nobody knows who you are (401)
    |-- Forbidden                   you may not (403)
    |   `-- OwnVersion              four eyes: nobody approves what they wrote
    |-- StorageError                the database or the disk did not answer
    `-- ProviderError               a text or image provider did not deliver
        |-- TransientProviderError  408, 429, 5xx, timeout: worth another attempt
        |   `-- RateLimited         with `retry_after_s`
        `-- PermanentProviderError  asking again gives the same answer
            |-- InvalidAnswer       the answer does not fit the schema
            `-- SourcesExhausted    the company's documents cannot carry what is asked

What does not belong here: HTTP status codes and Dagster failures; `api/problems.py` and
`posthub_assets/failures.py` translate.
"""

from __future__ import annotations


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


class NotSignedIn(PostHubError):
    """No token, one that is not valid any more, or a wrong e-mail or password."""

    code = "not-signed-in"


class Forbidden(PostHubError):
    """The person is known and may not do this."""

    code = "forbidden"


class OwnVersion(Forbidden):
    """Four eyes: a supervisor may not approve a version that they wrote themselves."""

    code = "own-version"


class StorageError(PostHubError):
    """The database or the disk did not answer. The work is not lost; it will be tried again."""

    code = "storage-error"


class ProviderError(PostHubError):
    """A text, image or research provider did not deliver."""

    code = "provider-error"

    def __init__(self, message: str, *, provider: str = "") -> None:
        super().__init__(message)
        self.provider = provider


class TransientProviderError(ProviderError):
    """Worth another attempt: 408, 429, 5xx, a timeout, a broken connection."""

    code = "provider-unavailable"


class RateLimited(TransientProviderError):
    """The provider's or our own limit; `retry_after_s` says when to come back."""

    code = "rate-limited"

    def __init__(self, message: str, *, provider: str = "", retry_after_s: float = 1.0) -> None:
        super().__init__(message, provider=provider)
        self.retry_after_s = retry_after_s


class PermanentProviderError(ProviderError):
    """Asking again gives the same answer."""

    code = "provider-refused"


class InvalidAnswer(PermanentProviderError):
    """The answer does not fit the schema that was asked for."""

    code = "invalid-answer"


class SourcesExhausted(PermanentProviderError):
    """The company's documents cannot carry what was asked; more documents would help."""

    code = "sources-exhausted"
