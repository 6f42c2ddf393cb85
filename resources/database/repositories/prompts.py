"""Prompts in the database: which version is served, and what is there.

A version never changes. A label (`production`, `candidate`) names the version that is served, and
remembers those that it named before. The platform's rows (no organisation) serve everybody; an
organisation's own label overrides them for itself. Rows of the platform are written under a scope
that reads everything, an organisation's own with it as writable; the caller owns the transaction.

What does not belong here: rendering (`prompt_library/`), experiments (`experiments.py`), what
comes with a release (`prompt_library/seeding.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.experiments import Arm, arm_of
from resources.prompt_library.served import PromptVersion, ServedPrompt
from resources.prompt_library.template import GENERAL

PRODUCTION = "production"
CANDIDATE = "candidate"
LABELS = (PRODUCTION, CANDIDATE)

_COLUMNS = """v.id, v.organization_id, v.code, v.kind, v.language, v.version, v.system_text,
    v.user_text, v.output, v.variables, v.temperature, v.max_tokens, v.sha256, v.stage, v.source,
    v.note, v.created_by, v.created_at"""


def _select(rest: str) -> TextClause:
    return text(f"SELECT {_COLUMNS} {rest}")


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label and the version that it names. `trail` are the versions before, the last one last."""

    id: UUID
    organization_id: UUID | None
    code: str
    language: str
    label: str
    prompt_version_id: UUID
    version: int
    trail: tuple[UUID, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version belongs: a prompt in a language, of the platform or of an organisation."""

    code: str
    language: str = GENERAL
    organization_id: UUID | None = None

    @property
    def key(self) -> str:
        """The subject of its audit rows, and the name of its lock."""
        return f"{self.organization_id or 'platform'}/{self.code}/{self.language}"

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of a statement about it."""
        return {
            "code": self.code,
            "language": self.language,
            "organization_id": self.organization_id,
        }


# --- Serving ---------------------------------------------------------------------------------

_SERVE = text(
    f"""
    WITH chosen AS (
        SELECT * FROM posthub.prompt_label
        WHERE code = :code AND label = :label AND language IN (:language, 'en')
            AND (organization_id IS NULL OR organization_id = :organization_id)
        ORDER BY organization_id IS NULL, language <> :language LIMIT 1)
    SELECT {_COLUMNS}, e.id AS experiment_id, e.share_percent,
        v.id = e.candidate_id AS is_candidate
    FROM chosen c
    LEFT JOIN posthub.experiment e ON e.stopped_at IS NULL AND :label = 'production'
        AND e.code = c.code AND e.language = c.language
        AND e.organization_id IS NOT DISTINCT FROM c.organization_id
    JOIN posthub.prompt_version v ON v.id = ANY (ARRAY[c.prompt_version_id, e.candidate_id])
    """  # noqa: S608
)


async def serve(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    company_id: UUID,
    code: str,
    language: str,
    label: str = PRODUCTION,
) -> ServedPrompt:
    """Give the version that a company's call is made with, by one query.

    The organisation's own comes before the platform's, and then the language's own before the
    general one (`en`). While an experiment runs, a company is in one arm for all of it. Raises
    NotFound where no version has the label.
    """
    values = {
        "organization_id": organization_id,
        "code": code,
        "language": language,
        "label": label,
    }
    rows = list(await connection.execute(_SERVE, values))
    if not rows:
        raise NotFound(
            f"No version of the prompt {code[:80]} is in {label[:40]}. `posthub migrate` brings "
            "those of this release; `posthub prompts list` shows what is there."
        )
    experiment_id = rows[0].experiment_id
    arm = arm_of(experiment_id, company_id, rows[0].share_percent) if experiment_id else None
    row = next(one for one in rows if bool(one.is_candidate) == (arm is Arm.CANDIDATE))
    return ServedPrompt(
        **_fields(row), label=label, experiment_id=experiment_id, arm=arm.value if arm else ""
    )


_BY_ID = _select("FROM posthub.prompt_version v WHERE v.id = :id")


async def by_id(connection: AsyncConnection, version_id: UUID) -> PromptVersion:
    """Give one version: the one that a job pinned at its first claim. Raises NotFound."""
    row = (await connection.execute(_BY_ID, {"id": version_id})).first()
    if row is None:
        raise NotFound(f"There is no version {version_id} of a prompt.")
    return _version(row)


_PINNED = text(
    f"""
    SELECT {_COLUMNS}, e.id AS experiment_id,
        CASE WHEN e.id IS NULL THEN '' WHEN v.id = e.candidate_id THEN 'candidate'
             ELSE 'control' END AS arm
    FROM posthub.job j
    JOIN posthub.prompt_version v ON v.id = j.prompt_version_id AND v.code = :code
    LEFT JOIN posthub.experiment e ON e.stopped_at IS NULL AND e.code = v.code
        AND e.language = v.language AND v.id IN (e.control_id, e.candidate_id)
    WHERE j.id = :job_id
    """  # noqa: S608
)
_PIN = text(
    "UPDATE posthub.job SET prompt_version_id = :version_id"
    " WHERE id = :job_id AND prompt_version_id IS NULL"
)


async def serve_pinned(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    company_id: UUID,
    code: str,
    language: str,
    job_id: UUID | None,
) -> ServedPrompt:
    """Give the version that a job began with; at its first call serve one and pin the job to it.

    A job is pinned to the first prompt that it asks for. Others, such as one that mends an answer,
    are served as they are now; so is everything without a job. Raises NotFound.
    """
    if job_id is not None:
        row = (await connection.execute(_PINNED, {"job_id": job_id, "code": code})).first()
        if row is not None:
            return ServedPrompt(**row._mapping, label=PRODUCTION)
    found = await serve(
        connection,
        organization_id=organization_id,
        company_id=company_id,
        code=code,
        language=language,
    )
    if job_id is not None:
        await connection.execute(_PIN, {"job_id": job_id, "version_id": found.id})
    return found


def _fields(row: Row[Any]) -> dict[str, Any]:
    names = {name.strip().removeprefix("v.") for name in _COLUMNS.split(",")}
    return {name: value for name, value in row._mapping.items() if name in names}


def _version(row: Row[Any]) -> PromptVersion:
    return PromptVersion(**row._mapping)


# --- Reading ---------------------------------------------------------------------------------

_HISTORY = _select(
    """
    FROM posthub.prompt_version v
    WHERE v.organization_id IS NOT DISTINCT FROM :organization_id AND v.code = :code
        AND (:language = '' OR v.language = :language)
    ORDER BY v.language, v.version DESC
    """
)
_FIND = _select(
    """
    FROM posthub.prompt_version v
    WHERE v.organization_id IS NOT DISTINCT FROM :organization_id AND v.code = :code
        AND v.language = :language AND (CAST(:version AS integer) IS NULL OR v.version = :version)
    ORDER BY v.version DESC LIMIT 1
    """
)
_OF_RELEASE = _select(
    """
    FROM posthub.prompt_version v
    WHERE v.organization_id IS NULL AND v.code = :code AND v.language = :language
        AND v.source = 'file'
    ORDER BY v.version DESC LIMIT 1
    """
)
_LABELS = text(
    """
    SELECT l.id, l.organization_id, l.code, l.language, l.label, l.prompt_version_id, v.version,
        l.trail, l.updated_at
    FROM posthub.prompt_label l JOIN posthub.prompt_version v ON v.id = l.prompt_version_id
    WHERE l.organization_id IS NOT DISTINCT FROM :organization_id
        AND (:code = '' OR l.code = :code)
    ORDER BY l.code, l.language, l.label
    """
)
_LABEL = text(
    """
    SELECT l.id, l.organization_id, l.code, l.language, l.label, l.prompt_version_id, v.version,
        l.trail, l.updated_at
    FROM posthub.prompt_label l JOIN posthub.prompt_version v ON v.id = l.prompt_version_id
    WHERE l.organization_id IS NOT DISTINCT FROM :organization_id AND l.code = :code
        AND l.language = :language AND l.label = :label
    """
)
_LABELLED = _select(
    """
    FROM posthub.prompt_label l JOIN posthub.prompt_version v ON v.id = l.prompt_version_id
    WHERE l.organization_id IS NOT DISTINCT FROM :organization_id AND l.label = :label
    ORDER BY v.code, v.language
    """
)


async def history(
    connection: AsyncConnection,
    code: str,
    *,
    language: str = "",
    organization_id: UUID | None = None,
) -> list[PromptVersion]:
    """Give all versions of a prompt, the newest first; of every language where none is named."""
    values = {"code": code, "language": language, "organization_id": organization_id}
    return [_version(row) for row in await connection.execute(_HISTORY, values)]


async def find_version(
    connection: AsyncConnection, place: Place, version: int | None = None
) -> PromptVersion | None:
    """Give a version by its number, the newest without one, or None."""
    values = {**place.values, "version": version}
    row = (await connection.execute(_FIND, values)).first()
    return None if row is None else _version(row)


async def need_version(
    connection: AsyncConnection, place: Place, version: int | None = None
) -> PromptVersion:
    """Give a version as `find_version`. Raises NotFound that says where to look."""
    found = await find_version(connection, place, version)
    if found is None:
        which = f"no version {version} of the" if version else "no"
        whose = " of this organisation's own" if place.organization_id else ""
        raise NotFound(
            f"There is {which} prompt {place.code[:80]} ({place.language[:8]}){whose}. "
            "`posthub prompts list` shows what is there."
        )
    return found


async def of_release(
    connection: AsyncConnection, code: str, language: str = GENERAL
) -> PromptVersion | None:
    """Give the newest version that came as a file: what the code was written for. Or None."""
    values = {"code": code, "language": language}
    row = (await connection.execute(_OF_RELEASE, values)).first()
    return None if row is None else _version(row)


async def labels(
    connection: AsyncConnection, *, organization_id: UUID | None = None, code: str = ""
) -> list[LabelRow]:
    """Give the labels of the platform, or of an organisation; of one prompt where it is named."""
    values = {"organization_id": organization_id, "code": code}
    return [_label(row) for row in await connection.execute(_LABELS, values)]


async def labelled(
    connection: AsyncConnection, label: str = PRODUCTION, *, organization_id: UUID | None = None
) -> list[PromptVersion]:
    """Give the versions that a label names, sorted by code and language: what an export writes."""
    values = {"organization_id": organization_id, "label": label}
    return [_version(row) for row in await connection.execute(_LABELLED, values)]


async def find_label(
    connection: AsyncConnection, place: Place, label: str = PRODUCTION
) -> LabelRow | None:
    """Give a label, or None."""
    row = (await connection.execute(_LABEL, {**place.values, "label": label})).first()
    return None if row is None else _label(row)


def _label(row: Row[Any]) -> LabelRow:
    values = dict(row._mapping)
    return LabelRow(**{**values, "trail": tuple(UUID(one) for one in values["trail"])})


# --- The shelf -------------------------------------------------------------------------------

_SHELF = text(
    """
    SELECT v.organization_id, v.code, v.language,
        (array_agg(v.kind ORDER BY v.version DESC))[1] AS kind,
        max(v.version) AS newest,
        max(v.version) FILTER (WHERE v.source = 'file') AS newest_file,
        max(v.version) FILTER (WHERE v.id = p.prompt_version_id) AS production,
        max(v.version) FILTER (WHERE v.id = c.prompt_version_id) AS candidate,
        max(e.share_percent) AS share_percent
    FROM posthub.prompt_version v
    LEFT JOIN posthub.prompt_label p ON p.code = v.code AND p.language = v.language
        AND p.organization_id IS NOT DISTINCT FROM v.organization_id AND p.label = 'production'
    LEFT JOIN posthub.prompt_label c ON c.code = v.code AND c.language = v.language
        AND c.organization_id IS NOT DISTINCT FROM v.organization_id AND c.label = 'candidate'
    LEFT JOIN posthub.experiment e ON e.code = v.code AND e.language = v.language
        AND e.organization_id IS NOT DISTINCT FROM v.organization_id AND e.stopped_at IS NULL
    WHERE v.organization_id IS NULL OR v.organization_id = :organization_id
    GROUP BY v.organization_id, v.code, v.language
    ORDER BY v.code, v.language, v.organization_id NULLS FIRST
    """
)


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A prompt in a language: the numbers of its versions, and the share of an experiment in %."""

    organization_id: UUID | None
    code: str
    language: str
    kind: str
    newest: int
    newest_file: int | None
    production: int | None
    candidate: int | None
    share_percent: int | None


async def shelf(connection: AsyncConnection, organization_id: UUID | None = None) -> list[ShelfRow]:
    """Give all prompts of the platform, and of an organisation beside them."""
    rows = await connection.execute(_SHELF, {"organization_id": organization_id})
    return [ShelfRow(**row._mapping) for row in rows]
