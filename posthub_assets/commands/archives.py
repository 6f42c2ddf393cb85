"""`posthub company export` and `posthub company restore`: a company as a ZIP, out and in.

What does not belong here: what is in it, and its checks (`resources/company_archive/`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from posthub_assets.commands.accounts import ensure_admin
from posthub_assets.commands.ground import Ground, prepared_ground
from posthub_assets.commands.speaking import counted, say, say_good
from posthub_assets.domain.errors import InvalidInput, NotFound, StorageError
from resources.company_archive.packing import Cover, pack
from resources.company_archive.reading import Archive, opened
from resources.company_archive.restoring import Restored, restore_company
from resources.company_archive.spooling import spool_company
from resources.company_archive.tables import FORMAT
from resources.database.engine import Scope
from resources.database.repositories import audit, companies, identity
from resources.media_store import media_store_of

if TYPE_CHECKING:
    from uuid import UUID

    from resources.database.engine import Database


def export_company(key: str, target: Path) -> None:
    """`posthub company export`. A file that is there is not written over."""
    if target.exists():
        raise InvalidInput(f"{target} is there already. Give another name.")
    with prepared_ground() as ground:
        ground.as_owner(lambda database: _export(ground, database, key, target))
    say_good(f"{key} is in {target} ({target.stat().st_size / 2**20:.1f} MB).")
    say(f"Read it in with: posthub company restore {target}")


async def _export(ground: Ground, database: Database, key: str, target: Path) -> None:
    admin = await ensure_admin(database, ground.settings.home)
    async with database.transaction(Scope(readable=None, person=admin.id)) as connection:
        company = await companies.find_by_partition_key(connection, key)
        if company is None:
            raise NotFound(f"There is no company {key}. `posthub company list` names them.")
        await identity.write_in(connection, company.organization_id)
        await audit.record(
            connection,
            organization_id=company.organization_id,
            actor_id=admin.id,
            action="company.export",
            subject_kind="company",
            subject_id=company.id,
        )
    spool = await spool_company(database, Scope.of(company.organization_id), company.id)
    cover = Cover(FORMAT, company.id, company.organization_id, admin.id)
    partial = target.with_name(f".{target.name}.part")
    try:
        with partial.open("wb") as file:
            for block in pack(spool, media_store_of(ground.settings), cover):
                file.write(block)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(f"{target} could not be written: {error}.") from error


def restore_archive(path: Path, organization: str | None) -> None:
    """`posthub company restore`. The archive is checked first: a bad one starts no database."""
    with opened(path) as archive, prepared_ground() as ground:
        restored = ground.as_owner(
            lambda database: _restore(ground, database, archive, organization)
        )
        lacking = len(archive.manifest.get("missing") or ())
    company, rows = restored.company, restored.rows
    say_good(f"{company.name} ({company.partition_key}) is restored.")
    say(
        f"  {counted(rows['contents'], 'item')} in {counted(rows['versions'], 'version')}, "
        f"{counted(rows['decisions'], 'decision')}, {counted(rows['documents'], 'document')}, "
        f"{counted(restored.media_files, 'file')}"
    )
    if lacking:
        say(f"  {counted(lacking, 'file')} of it were gone already when it was exported.")
    if rows["decisions"]:
        say("  The administrator vouches for its approvals: the audit trail names the archive.")


async def _restore(
    ground: Ground, database: Database, archive: Archive, organization: str | None
) -> Restored:
    admin = await ensure_admin(database, ground.settings.home)
    async with database.transaction(Scope(readable=None, person=admin.id)) as connection:
        home = organization or _organization_of(archive)
        organization_id: UUID = (await identity.ensure_organization(connection, home))[0]
        return await restore_company(
            connection,
            archive,
            media_store_of(ground.settings),
            organization_id=organization_id,
            actor_id=admin.id,
        )


def _organization_of(archive: Archive) -> str:
    import json

    for line in archive.lines("company"):
        company = json.loads(line)
        return str(company.get("organization_name") or company.get("name") or "")
    raise InvalidInput(f"{archive.name} holds no company.")
