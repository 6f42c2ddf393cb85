"""A warning on items whose prompt held personal data. It never keeps an item back.

The data was taken out before the call and put back after it; the person who approves should know
that the sources hold it, and look where the text says it.
What does not belong here: finding personal data (`domain/privacy/`).
"""

from __future__ import annotations

from collections.abc import Mapping

from posthub_assets.domain.quality.findings import Finding, warn

RULE = "personal_data"


def personal_data(redacted: Mapping[str, int]) -> tuple[Finding, ...]:
    """Say which kinds of personal data were taken out, and how many different values of each.

    `redacted` is by kind, such as `email` or `iban`; nothing is said where it is empty.
    """
    if not redacted:
        return ()
    kinds = ", ".join(
        f"{kind.replace('_', ' ').lower()} ({count})" for kind, count in sorted(redacted.items())
    )
    message = (
        f"The sources hold personal data: {kinds}. None of it was sent to the provider; where the "
        "text repeats it, see that it belongs there."
    )
    return (warn(RULE, message, measured=str(sum(redacted.values()))),)
