"""The rules of erasure: how long a deleted company can be restored, what a receipt's hash covers.

What does not belong here: what is erased where (`resources/database/repositories/erasing.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from posthub_assets.domain.errors import InvalidInput

GRACE = timedelta(days=90)
"""A deleted company can be restored for so long; then it is erased."""


class Reason(StrEnum):
    """Why something is erased. A word of ours: a free text could say who it was about."""

    REQUEST = "request"
    CONTRACT_ENDED = "contract_ended"
    OTHER = "other"


class Standing(StrEnum):
    """Where an erasure stands."""

    SCHEDULED = "scheduled"
    """Deleted, and erased when it is due."""
    RESTORED = "restored"
    PENDING = "pending"
    """Being erased: the factory still has a part to do."""
    COMPLETED = "completed"


SIGNED = (
    "id",
    "organization_id",
    "subject_kind",
    "subject_id",
    "reason",
    "asked_by",
    "asked_at",
    "erased_at",
    "completed_at",
    "counts",
    "media_files",
    "dagster_rows",
)
"""What the hash of a receipt covers, in this order."""


def receipt_hash(receipt: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a receipt: of the JSON of its `SIGNED` fields, keys sorted, no spaces.

    Moments are in UTC, as `datetime.isoformat` writes them; ids are text. 64 hex digits.
    """
    facts = {name: _plain(receipt[name]) for name in SIGNED}
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int | Mapping):
        return value
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


@dataclass(frozen=True, slots=True)
class LeftInDagster:
    """An erased company that Dagster may still know by its partition, and the runs it was in."""

    erasure_id: UUID
    partition_key: str
    run_ids: tuple[str, ...]


def refuse_other_name(given: str, wanted: str, field: str = "confirm") -> None:
    """Refuse an erasure that was not meant for this one. Raises InvalidInput that says the name."""
    if " ".join(given.split()) != " ".join(wanted.split()):
        raise InvalidInput(
            f"To erase this, write {wanted!r} into {field}. Nothing was erased.", field=field
        )
