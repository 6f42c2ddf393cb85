"""The prompt library by hand: `posthub prompts ...`.

Every command migrates first, so the files of this release are versions already when it looks.
What does not belong here: rules and SQL (`resources/database/repositories/prompt_changes.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from posthub_assets.commands.ground import prepared_ground
from posthub_assets.commands.speaking import counted, say, say_bad, say_good
from posthub_assets.commands.tables import table
from posthub_assets.domain.errors import InvalidInput, NotFound, StorageError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from resources.database.engine import Database
    from resources.database.repositories.prompts import Place, ShelfRow
    from resources.prompt_library.served import PromptVersion
    from resources.prompt_library.template import Template

T = TypeVar("T")
Work = Callable[["AsyncConnection", UUID | None], Awaitable[T]]


def as_administrator(work: Work[T], organization: str | None = None) -> T:
    """Run `work` in one transaction that reads everything and writes one organisation, if any."""

    async def run(database: Database) -> T:
        from resources.database.engine import EVERYTHING, Scope

        found = None
        if organization:
            async with database.transaction(EVERYTHING) as connection:
                found = await _find_organization(connection, organization)
        async with database.transaction(Scope(readable=None, writable=found)) as connection:
            return await work(connection, found)

    with prepared_ground() as ground:
        return ground.as_owner(run)


async def _find_organization(connection: AsyncConnection, name: str) -> UUID:
    from resources.database.repositories import identity

    found = await identity.find_organization(connection, name)
    if found is None:
        raise NotFound(f"There is no organisation {name[:80]!r}. Name it as its company.yaml does.")
    return found


def list_prompts(organization: str | None = None) -> None:
    """`posthub prompts list`: what is served, what waits, where an experiment runs."""
    from resources.database.repositories import prompts

    rows = as_administrator(prompts.shelf, organization)
    if not rows:
        say("There are no prompts yet: this release has no files in prompts/.")
        return
    headings = ("PROMPT", "LANGUAGE", "KIND", "SERVED", "CANDIDATE", "NEWEST", "")
    for line in table(headings, [_shelf_row(row, organization) for row in rows]):
        say(line)
    waiting = [row for row in rows if _waits(row)]
    if waiting:
        one = waiting[0]
        say_bad(
            f"{counted(len(waiting), 'prompt')}: this release brought a newer version than the one "
            f"that is served. Look: posthub prompts diff {one.code}"
        )
    say("To read one: posthub prompts show PROMPT")


def _shelf_row(row: ShelfRow, organization: str | None) -> tuple[object, ...]:
    said = []
    if row.organization_id:
        said.append(f"of {organization}")
    if row.share_percent:
        said.append(f"experiment with {row.share_percent} %")
    if _waits(row):
        said.append(f"version {row.newest_file} of this release waits")
    served = row.production if row.production else "-"
    candidate = row.candidate if row.candidate else "-"
    return (row.code, row.language, row.kind, served, candidate, row.newest, ", ".join(said))


def _waits(row: ShelfRow) -> bool:
    """Whether the release's newest version came after the one that is served."""
    return bool(row.newest_file and row.production and row.newest_file > row.production)


def show_prompt(
    code: str, language: str = "en", version: int | None = None, organization: str | None = None
) -> None:
    """`posthub prompts show`: one version as its file, and all versions beneath it."""
    from resources.database.repositories import prompts
    from resources.prompt_library.template import to_text

    async def read(
        connection: AsyncConnection, organization_id: UUID | None
    ) -> tuple[PromptVersion, list[PromptVersion], dict[UUID, str]]:
        place = _place(code, language, organization_id)
        label = await prompts.find_label(connection, place)
        number = version or (label.version if label else None)
        found = await prompts.need_version(connection, place, number)
        labels = await prompts.labels(connection, organization_id=organization_id, code=place.code)
        names: dict[UUID, str] = {}
        for one in labels:
            known = names.get(one.prompt_version_id)
            names[one.prompt_version_id] = f"{known}, {one.label}" if known else one.label
        versions = await prompts.history(
            connection, place.code, language=language, organization_id=organization_id
        )
        return found, versions, names

    found, versions, names = as_administrator(read, organization)
    say(to_text(found))
    rows = [
        (
            f"{'>' if one.id == found.id else ' '} {one.version}",
            f"{one.created_at:%Y-%m-%d %H:%M}",
            "this release's file" if one.source == "file" else "a person",
            names.get(one.id, ""),
            one.note,
        )
        for one in versions
    ]
    for line in table(("  VERSION", "MADE", "BY", "LABEL", "NOTE"), rows):
        say(line)
    say(f"To compare two: posthub prompts diff {found.code} --from 1 --to {versions[0].version}")


def diff_prompts(
    code: str | None = None,
    language: str | None = None,
    before: int | None = None,
    after: int | None = None,
    organization: str | None = None,
    *,
    folder: Path | None = None,
) -> None:
    """`posthub prompts diff`: files against what is served, or two versions of one prompt.

    `folder` holds the files; the library's own by default.
    """
    if before is None and after is None:
        _diff_files(code, language, organization, folder)
    elif code is None:
        raise InvalidInput("Name the prompt whose versions to compare.", field="code")
    else:
        _diff_versions(code, language or "en", before, after, organization)


def _served(organization: str | None) -> list[PromptVersion]:
    from resources.database.repositories import prompts

    async def read(
        connection: AsyncConnection, organization_id: UUID | None
    ) -> list[PromptVersion]:
        return await prompts.labelled(connection, organization_id=organization_id)

    return as_administrator(read, organization)


def _diff_files(
    code: str | None, language: str | None, organization: str | None, folder: Path | None
) -> None:
    from resources.prompt_library.differences import difference
    from resources.prompt_library.files import load_folder

    files = {(one.code, one.language): one for one in load_folder(folder)}
    served = [
        one
        for one in _served(organization)
        if (code is None or one.code == code.upper()) and language in (None, one.language)
    ]
    if code and not served:
        raise NotFound(f"No version of the prompt {code.upper()[:80]} is in production.")
    differ = 0
    for one in served:
        file = files.get((one.code, one.language))
        if file is None:
            say_bad(f"{one.name} is served, and this release has no file of it.")
            continue
        found = difference(file, one, was="the file", now=f"version {one.version}, served")
        differ += bool(found)
        if found:
            say(found + "\n")
    if differ:
        say_bad(f"{counted(differ, 'prompt')} of {len(served)} served differ from the file.")
        say("To serve the file's version again: posthub prompts promote PROMPT VERSION")
    else:
        say_good(f"{counted(len(served), 'prompt')} compared: served as the files say.")


def _diff_versions(
    code: str, language: str, before: int | None, after: int | None, organization: str | None
) -> None:
    from resources.database.repositories import prompts
    from resources.prompt_library.differences import difference

    async def read(
        connection: AsyncConnection, organization_id: UUID | None
    ) -> tuple[PromptVersion, PromptVersion]:
        place = _place(code, language, organization_id)
        label = await prompts.find_label(connection, place)
        served = label.version if label else None
        was = await prompts.need_version(connection, place, before or served)
        return was, await prompts.need_version(connection, place, after)

    was, now = as_administrator(read, organization)
    found = difference(was, now, was=f"version {was.version}", now=f"version {now.version}")
    say(found or f"Versions {was.version} and {now.version} of {was.name} say the same.")


def export_prompts(folder: Path, organization: str | None = None) -> None:
    """`posthub prompts export`: what is served, as files of the same format."""
    from resources.prompt_library.template import to_text

    served = _served(organization)
    if not served:
        whose = (
            f"{organization} has no prompts of its own" if organization else "No prompts are there"
        )
        say(f"{whose}; nothing was written.")
        return
    written = sum(_write(folder / one.file_name, to_text(one)) for one in served)
    say_good(
        f"{counted(len(served), 'prompt')} in {folder}: {written} written, the rest as it was."
    )
    say("To bring back a changed one: posthub prompts import FILE")


def _write(path: Path, text: str) -> bool:
    """Write a file, and tell whether that changed anything."""
    try:
        if path.is_file() and path.read_bytes() == text.encode():
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}.") from error
    return True


def import_prompts(
    files: Sequence[Path],
    organization: str | None = None,
    label: str = "candidate",
    note: str = "",
) -> None:
    """`posthub prompts import`: files become versions with a label; all of them, or none."""
    from resources.database.repositories import prompt_changes
    from resources.prompt_library.files import load_file

    templates = [load_file(path, stage="") for path in files]

    async def work(
        connection: AsyncConnection, organization_id: UUID | None
    ) -> list[PromptVersion]:
        made = []
        for one in templates:
            version = await prompt_changes.create_version(
                connection, one, organization_id=organization_id, note=note
            )
            place = prompt_changes.place_of(one, organization_id)
            await prompt_changes.set_label(connection, place, version.version, label=label)
            made.append(version)
        return made

    for one in as_administrator(work, organization):
        say_good(f"{one.name}: version {one.version} is {_state(label)}.")
        if label != "production":
            language, whose = _options(one, organization)
            say(f"  compare  posthub prompts diff {one.code} --to {one.version}{language}{whose}")
            say(f"  serve    posthub prompts promote {one.code} {one.version}{language}{whose}")
            if not organization:
                say(
                    f"  try      posthub experiments start {one.code} --candidate {one.version} "
                    f"--share 20{language}"
                )


def _state(label: str) -> str:
    return "in production" if label == "production" else f"the {label}"


def _options(template: Template, organization: str | None) -> tuple[str, str]:
    language = "" if template.language == "en" else f" --language {template.language}"
    return language, f" --organization {organization!r}" if organization else ""


def promote_prompt(
    code: str, version: int, language: str = "en", organization: str | None = None
) -> None:
    """`posthub prompts promote`: serve a version from the next call on."""
    from resources.database.repositories import prompt_changes

    async def work(connection: AsyncConnection, organization_id: UUID | None) -> PromptVersion:
        place = _place(code, language, organization_id)
        return await prompt_changes.set_label(connection, place, version)

    _tell_served(as_administrator(work, organization), organization)


def rollback_prompt(code: str, language: str = "en", organization: str | None = None) -> None:
    """`posthub prompts rollback`: serve again what was served before."""
    from resources.database.repositories import prompt_changes

    async def work(connection: AsyncConnection, organization_id: UUID | None) -> PromptVersion:
        return await prompt_changes.rollback(connection, _place(code, language, organization_id))

    _tell_served(as_administrator(work, organization), organization)


def _tell_served(version: PromptVersion, organization: str | None) -> None:
    language, whose = _options(version, organization)
    whom = organization or "everybody without a version of their own"
    say_good(f"{version.name}: version {version.version} is served to {whom}.")
    say("Jobs that are under way end with the version that they began with.")
    say(f"To go back: posthub prompts rollback {version.code}{language}{whose}")


def reset_prompt(code: str, organization: str, language: str = "en") -> None:
    """`posthub prompts reset`: serve the platform's version to an organisation again."""
    from resources.database.repositories import prompt_changes

    async def work(connection: AsyncConnection, organization_id: UUID | None) -> int:
        place = _place(code, language, organization_id)
        return (await prompt_changes.remove_override(connection, place)).version

    version = as_administrator(work, organization)
    say_good(f"{code.upper()} ({language}): {organization} is served the platform's version again.")
    say(f"Its own version {version} is kept; to serve it: posthub prompts promote")


def _place(code: str, language: str, organization_id: UUID | None) -> Place:
    from resources.database.repositories.prompts import Place

    return Place(code.upper(), language, organization_id)
