"""Files become versions when the database is migrated, in the transaction of the migration.

    a new file        version 1, in production
    a changed file    a new version; production moves to it if production still names the version
                      that came from the file before, and no experiment runs
    a removed file    its versions stay

An operator's own choice is never overridden: then the log says which version waits to be promoted.
What does not belong here: what people change (`database/repositories/prompt_changes.py`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from posthub_assets.domain.errors import InvalidInput
from resources.database.repositories.prompt_changes import (
    INSERT_VERSION,
    LOCK,
    RUNNING,
    SET_LABEL,
    place_of,
    version_values,
)
from resources.ids import new_id
from resources.prompt_library.files import check, load_folder
from resources.prompt_library.template import Template, content_sha256

LOG = logging.getLogger(__name__)

_SEE_ALL = text("SELECT set_config('posthub.organization_ids', '*', true)")
_FROM_FILES = text(
    """
    SELECT DISTINCT ON (code, language) code, language, id, version, sha256
    FROM posthub.prompt_version WHERE organization_id IS NULL AND source = 'file'
    ORDER BY code, language, version DESC
    """
)
_PRODUCTION = text(
    """
    SELECT v.id, v.version, l.trail, v.id = (
        SELECT f.id FROM posthub.prompt_version f
        WHERE f.organization_id IS NULL AND f.source = 'file' AND f.id <> :made
            AND f.code = :code AND f.language = :language ORDER BY f.version DESC LIMIT 1
        ) AS is_files
    FROM posthub.prompt_label l JOIN posthub.prompt_version v ON v.id = l.prompt_version_id
    WHERE l.organization_id IS NULL AND l.code = :code AND l.language = :language
        AND l.label = 'production'
    """
)
_RECORD = text(
    """
    INSERT INTO posthub.audit (id, actor_kind, action, subject_kind, subject_id, before, after)
    VALUES (:id, 'system', :action, 'prompt', :subject, :before, :after)
    """
).bindparams(bindparam("before", type_=JSONB(True)), bindparam("after", type_=JSONB(True)))


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a migration did with the files: names such as `BLOGPOST_GEN (en)`.

    `waiting` are new versions that production does not name, because somebody chose otherwise.
    """

    created: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def seed_prompts(connection: Connection, folder: Path | None = None) -> Seeded:
    """Bring the files under `folder` (the library's own by default) into the database.

    Runs as the owner within the caller's transaction, and reads everything until its end. Raises
    InvalidInput that names the file that cannot be used; then nothing is changed.
    """
    files = load_folder(folder, checked=False)
    connection.execute(_SEE_ALL)
    known = {(row.code, row.language): row.sha256 for row in connection.execute(_FROM_FILES)}
    fresh = [one for one in files if known.get((one.code, one.language)) != content_sha256(one)]
    for one in fresh:
        _check(one)
    served: list[str] = []
    waiting: list[str] = []
    for one in fresh:
        (served if _add(connection, one) else waiting).append(one.name)
    return Seeded(tuple(one.name for one in fresh), tuple(served), tuple(waiting))


def _check(template: Template) -> None:
    try:
        check(template)
    except InvalidInput as error:
        raise InvalidInput(f"prompts/{template.file_name}: {error}", field=error.field) from error


def _add(connection: Connection, template: Template) -> bool:
    """Add a version, and tell whether production names it now."""
    place = place_of(template)
    connection.execute(LOCK, {"key": place.key})
    values = version_values(template, organization_id=None, source="file")
    version = connection.execute(INSERT_VERSION, values).scalar_one()
    made = {"version": version, "version_id": str(values["id"])}
    _record(connection, template, "prompt.create", None, {**made, "sha256": values["sha256"]})
    asked = {**place.values, "made": values["id"]}
    before = connection.execute(_PRODUCTION, asked).first()
    if before is not None:
        running = connection.execute(RUNNING, place.values).scalar()
        why = _kept_because(before.is_files, running)
        if why:
            LOG.warning(
                "The file of %s changed and is version %s now. Production stays with version %s, "
                "because %s. To serve the new one: posthub prompts promote %s %s --language %s",
                *(template.name, version, before.version, why),
                *(template.code, version, template.language),
            )
            return False
    trail = [*before.trail, str(before.id)] if before is not None else []
    _label(connection, template, values["id"], trail)
    was = {"version": before.version, "version_id": str(before.id)} if before is not None else None
    _record(connection, template, "prompt.label", was, {"label": "production", **made})
    return True


def _kept_because(is_files: bool | None, running: UUID | None) -> str:
    if running is not None:
        return "an experiment runs with it"
    return "" if is_files else "somebody chose it"


def _label(connection: Connection, template: Template, version_id: UUID, trail: list[str]) -> None:
    values = {
        **place_of(template).values,
        "id": new_id(),
        "label": "production",
        "version_id": version_id,
        "trail": trail,
    }
    connection.execute(SET_LABEL, values)


def _record(
    connection: Connection,
    template: Template,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    values = {
        "id": new_id(),
        "action": action,
        "subject": f"{template.code}/{template.language}",
        "before": before,
        "after": {**after, "by": "migration", "file": template.file_name},
    }
    connection.execute(_RECORD, values)
