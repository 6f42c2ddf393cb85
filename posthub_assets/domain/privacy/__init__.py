"""Personal data: found in what leaves for a paid model, taken out before and put back after.

What does not belong here: the warning on an item (`domain/quality/personal_data.py`), calling
anybody (`resources/gateway/`).
"""

from posthub_assets.domain.privacy.kinds import PiiKind, warning_text
from posthub_assets.domain.privacy.redaction import (
    POLICY,
    Redaction,
    UnrestorableAnswer,
    missing,
    redact,
    restore,
    restore_values,
)

__all__ = [
    "POLICY",
    "PiiKind",
    "Redaction",
    "UnrestorableAnswer",
    "missing",
    "redact",
    "restore",
    "restore_values",
    "warning_text",
]
