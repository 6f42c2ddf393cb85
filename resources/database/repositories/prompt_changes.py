"""Every way to change what is served: new versions, labels, the way back, overrides.

Each change is audited with what was before, what is after, and by whom, in the transaction of the
caller. Changes of one prompt wait for each other (advisory lock), so that numbers have no gaps and
nobody moves a label past somebody else.

What does not belong here: reading (`prompts.py`), experiments (`experiments.py`).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound
from resources.database.repositories import audit
from resources.database.repositories.audit import NOWHERE, Origin
from resources.database.repositories.prompts import (
    LABELS,
    PRODUCTION,
    LabelRow,
    Place,
    by_id,
    find_label,
    find_version,
    need_version,
    of_release,
)
from resources.ids import new_id
from resources.prompt_library.files import check, refuse_odd_variant
from resources.prompt_library.served import PromptVersion
from resources.prompt_library.template import (
    MAX_NOTE_CHARS,
    Template,
    content_sha256,
    refuse_settings,
)

MAX_TRAIL = 100
"""Versions that a label remembers having named."""

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('prompt/' || :key, 0))")
INSERT_VERSION = text(
    """
    INSERT INTO posthub.prompt_version (id, organization_id, code, kind, language, version,
        system_text, user_text, output, variables, temperature, max_tokens, sha256, stage, source,
        note, created_by)
    VALUES (:id, :organization_id, CAST(:code AS varchar), :kind, CAST(:language AS varchar),
        (SELECT coalesce(max(version), 0) + 1 FROM posthub.prompt_version
         WHERE organization_id IS NOT DISTINCT FROM :organization_id
            AND code = CAST(:code AS varchar) AND language = CAST(:language AS varchar)),
        :system_text, :user_text, :output, :variables, :temperature, :max_tokens, :sha256, :stage,
        :source, :note, :created_by)
    RETURNING version
    """
).bindparams(bindparam("variables", type_=JSONB))
SET_LABEL = text(
    """
    INSERT INTO posthub.prompt_label (id, organization_id, code, language, label,
        prompt_version_id, trail)
    VALUES (:id, :organization_id, :code, :language, :label, :version_id, :trail)
    ON CONFLICT (organization_id, code, language, label) DO UPDATE
        SET prompt_version_id = :version_id, trail = :trail, updated_at = now()
    """
).bindparams(bindparam("trail", type_=JSONB))
_DROP_LABEL = text("DELETE FROM posthub.prompt_label WHERE id = :id")
RUNNING = text(
    """
    SELECT id FROM posthub.experiment
    WHERE stopped_at IS NULL AND code = :code AND language = :language
        AND organization_id IS NOT DISTINCT FROM :organization_id
    """
)


def version_values(
    template: Template,
    *,
    organization_id: UUID | None,
    source: str,
    note: str = "",
    created_by: UUID | None = None,
) -> dict[str, Any]:
    """Give the parameters of `INSERT_VERSION`, with a new id."""
    return {
        "id": new_id(),
        "organization_id": organization_id,
        "code": template.code,
        "kind": template.kind,
        "language": template.language,
        "system_text": template.system_text,
        "user_text": template.user_text,
        "output": template.output,
        "variables": dict(template.variables),
        "temperature": template.temperature,
        "max_tokens": template.max_tokens,
        "sha256": content_sha256(template),
        "stage": template.stage,
        "source": source,
        "note": note,
        "created_by": created_by,
    }


def place_of(template: Template, organization_id: UUID | None = None) -> Place:
    """Give where a version of this prompt belongs."""
    return Place(template.code, template.language, organization_id)


async def create_version(
    connection: AsyncConnection,
    template: Template,
    *,
    organization_id: UUID | None = None,
    actor_id: UUID | None = None,
    note: str = "",
    origin: Origin = NOWHERE,
) -> PromptVersion:
    """Keep a prompt as a new version, which no label names yet; give it.

    What says the same as the newest version is no new one: that one is given back. Raises
    InvalidInput where the prompt cannot be used, or uses a variable that its code is not given.
    """
    refuse_settings(template)
    await asyncio.to_thread(check, template)  # a large one takes a second
    if len(note) > MAX_NOTE_CHARS:
        raise InvalidInput(f"A note has at most {MAX_NOTE_CHARS} characters.", field="note")
    general = await _general_one(connection, template.code)
    refuse_odd_variant(template, general)
    template = replace(template, stage=general.stage)
    place = place_of(template, organization_id)
    await hold(connection, place)
    newest = await find_version(connection, place)
    if newest is not None and newest.sha256 == content_sha256(template):
        return newest
    values = version_values(
        template, organization_id=organization_id, source="person", note=note, created_by=actor_id
    )
    await connection.execute(INSERT_VERSION, values)
    made = await need_version(connection, place)
    await _record(
        connection,
        place,
        "prompt.create",
        actor_id=actor_id,
        before=_named(newest),
        after={**_named(made), "note": note, "sha256": made.sha256},
        origin=origin,
    )
    return made


async def _general_one(connection: AsyncConnection, code: str) -> PromptVersion:
    """A prompt is asked for by its code, and given what the release's own general one is given."""
    general = await of_release(connection, code)
    if general is None:
        raise NotFound(
            f"Nothing asks for a prompt {code[:80]}. Prompts are asked for by their code; "
            "`posthub prompts list` shows those that are."
        )
    return general


async def set_label(
    connection: AsyncConnection,
    place: Place,
    version: int,
    *,
    label: str = PRODUCTION,
    actor_id: UUID | None = None,
    origin: Origin = NOWHERE,
) -> PromptVersion:
    """Let a label name a version, and remember the one before; give the version.

    Raises NotFound where the version is not there, Conflict while an experiment needs the label to
    stay, InvalidInput for a label that is none.
    """
    _refuse_label(label)
    await hold(connection, place)
    wanted = await need_version(connection, place, version)
    before = await find_label(connection, place, label)
    if before is not None and before.prompt_version_id == wanted.id:
        return wanted
    await _refuse_while_running(connection, place, label)
    trail = [*before.trail, before.prompt_version_id] if before else []
    await _move(connection, place, label, wanted.id, trail)
    await _record(
        connection,
        place,
        "prompt.label",
        actor_id=actor_id,
        before=_pointing(before),
        after={"label": label, **_named(wanted)},
        origin=origin,
    )
    return wanted


async def rollback(
    connection: AsyncConnection,
    place: Place,
    *,
    label: str = PRODUCTION,
    actor_id: UUID | None = None,
    origin: Origin = NOWHERE,
) -> PromptVersion:
    """Let a label name again what it named before; give that version. Twice goes back two.

    Raises Conflict where there is nothing before, or while an experiment runs; NotFound.
    """
    _refuse_label(label)
    await hold(connection, place)
    before = await _need_label(connection, place, label)
    if not before.trail:
        raise Conflict(
            f"{label.capitalize()} of {place.code} ({place.language}) never named another version "
            f"than {before.version}. Choose one: posthub prompts promote {place.code} VERSION"
        )
    await _refuse_while_running(connection, place, label)
    await _move(connection, place, label, before.trail[-1], list(before.trail[:-1]))
    found = await by_id(connection, before.trail[-1])
    await _record(
        connection,
        place,
        "prompt.rollback",
        actor_id=actor_id,
        before=_pointing(before),
        after={"label": label, **_named(found)},
        origin=origin,
    )
    return found


async def remove_override(
    connection: AsyncConnection,
    place: Place,
    *,
    label: str = PRODUCTION,
    actor_id: UUID | None = None,
    origin: Origin = NOWHERE,
) -> LabelRow:
    """Take an organisation's own label away, so that the platform's is served again; give it.

    Its versions stay. Raises NotFound, Conflict while an experiment runs, and InvalidInput for the
    platform, whose labels have nothing beneath them.
    """
    if place.organization_id is None:
        raise InvalidInput(
            "Only an organisation's own prompt can be taken away.", field="organization"
        )
    await hold(connection, place)
    before = await _need_label(connection, place, label)
    await _refuse_while_running(connection, place, label)
    await connection.execute(_DROP_LABEL, {"id": before.id})
    await _record(
        connection,
        place,
        "prompt.unlabel",
        actor_id=actor_id,
        before=_pointing(before),
        after=None,
        origin=origin,
    )
    return before


async def hold(connection: AsyncConnection, place: Place) -> None:
    """Wait until nobody else changes this prompt; held to the end of the transaction."""
    await connection.execute(LOCK, {"key": place.key})


async def _move(
    connection: AsyncConnection, place: Place, label: str, version_id: UUID, trail: list[UUID]
) -> None:
    values = {
        **place.values,
        "id": new_id(),
        "label": label,
        "version_id": version_id,
        "trail": [str(one) for one in trail[-MAX_TRAIL:]],
    }
    await connection.execute(SET_LABEL, values)


async def _need_label(connection: AsyncConnection, place: Place, label: str) -> LabelRow:
    found = await find_label(connection, place, label)
    if found is None:
        whose = (
            "This organisation has no own version of" if place.organization_id else "There is no"
        )
        raise NotFound(f"{whose} prompt {place.code[:80]} ({place.language[:8]}) in {label}.")
    return found


async def _refuse_while_running(connection: AsyncConnection, place: Place, label: str) -> None:
    """While an experiment runs, production is its control: moving it would mix the arms."""
    running = (await connection.execute(RUNNING, place.values)).scalar()
    if label == PRODUCTION and running is not None:
        raise Conflict(
            f"An experiment runs with {place.code} ({place.language}). End it first: "
            f"posthub experiments stop {place.code}, or posthub experiments promote {place.code}"
        )


def _refuse_label(label: str) -> None:
    if label not in LABELS:
        raise InvalidInput(
            f"{label[:40]!r} is no label; these are: {', '.join(LABELS)}.", field="label"
        )


def _named(version: PromptVersion | None) -> dict[str, Any]:
    if version is None:
        return {}
    return {"version": version.version, "version_id": str(version.id)}


def _pointing(label: LabelRow | None) -> dict[str, Any] | None:
    if label is None:
        return None
    return {
        "label": label.label,
        "version": label.version,
        "version_id": str(label.prompt_version_id),
    }


async def _record(
    connection: AsyncConnection,
    place: Place,
    action: str,
    *,
    actor_id: UUID | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    origin: Origin,
) -> None:
    await audit.record(
        connection,
        organization_id=place.organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="prompt",
        subject_id=f"{place.code}/{place.language}",
        before=before or None,
        after=after,
        origin=origin,
    )
