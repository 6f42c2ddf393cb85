"""Where a picture of the library comes from, as what is made of it will say again.

What does not belong here: signing (`resources/content_credentials/`), what a stranger's upload says
of itself (`posthub_assets/domain/media/receiving.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime

from posthub_assets.domain.media.provenance import MadeBy, Report, SourceType, State
from posthub_assets.domain.media.provenance.marks import source_type_in


def made_by_of(data: bytes, *, is_ai: bool) -> MadeBy | None:
    """Say who made a picture of ours, from what its file says; None where nothing is claimed.

    A photo that a person uploaded claims nothing: nobody knows who took it. One that is marked as
    AI's in the library (`is_ai`) stays marked, also where its file says nothing.
    """
    said = source_type_in(data)
    source_type = next((one for one in SourceType if one.value == said), None)
    if source_type is None and is_ai:
        source_type = SourceType.TRAINED
    if source_type is None:
        return None
    report = _report(data)
    return MadeBy(
        source_type,
        _moment(report.made_at),
        model=report.model[:120],
        provider=report.provider[:120],
        prompt_code=report.prompt_code[:120],
        prompt_version=int(report.prompt_version) if report.prompt_version.isdecimal() else None,
    )


def _report(data: bytes) -> Report:
    """Read the credentials that we signed; a report of nothing where none can be read."""
    from resources.content_credentials import read
    from resources.content_credentials.library import c2pa_library

    return read(data) if c2pa_library() else Report(State.NONE)


def _moment(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        found = datetime.now(UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
