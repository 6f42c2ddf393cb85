"""Versions of prompts, as they are kept and as they are served.

What does not belong here: SQL (`database/repositories/prompts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from resources.prompt_library.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptVersion(Template):
    """An immutable version, as it is kept. `organization_id` is None for the platform's.

    `source` is `file` for what came with a release and `person` for what somebody imported.
    """

    id: UUID
    organization_id: UUID | None
    version: int
    sha256: str
    source: str
    note: str
    created_by: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPrompt(PromptVersion):
    """The version that a call is made with, and the experiment that it is made for, if any.

    `arm` is `control` or `candidate`, and empty without an experiment.
    """

    label: str
    experiment_id: UUID | None
    arm: str
