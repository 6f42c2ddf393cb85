"""`posthub company import DIR` and `posthub company list`.

What does not belong here: reading a folder (`resources/company_folder.py`), writing it
(`resources/database/importing.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from posthub_assets.commands.accounts import ensure_admin
from posthub_assets.commands.ground import Ground, prepared_ground
from posthub_assets.commands.speaking import counted, say, say_bad, say_good
from posthub_assets.domain.calendar import add_months, month_name
from resources.company_folder import CompanyFolder, read_company_folder
from resources.database.engine import EVERYTHING, Scope
from resources.database.importing import ImportReport, import_company

if TYPE_CHECKING:
    from resources.database.engine import Database
    from resources.database.repositories.companies import CompanyRow
    from resources.photo_import import PhotosTaken

NAMES_SHOWN = 8
PAGE = 200


def import_folder(path: Path) -> None:
    """`posthub company import`. The folder is read first: a bad one starts no database."""
    folder = read_company_folder(path)
    with prepared_ground() as ground:
        report = import_into(ground, folder)
        tell_import(folder, report)
        if folder.photos:
            tell_photos(take_photos_of(ground, folder, report))
    following = add_months(datetime.now(UTC).date(), 1)
    say(f"Next: posthub month {report.partition_key} {month_name(following)}")


def import_into(ground: Ground, folder: CompanyFolder) -> ImportReport:
    """Import a folder in the administrator's name."""

    async def work(database: Database) -> ImportReport:
        admin = await ensure_admin(database, ground.settings.home)
        async with database.transaction(Scope(readable=None, person=admin.id)) as connection:
            return await import_company(connection, folder, actor_id=admin.id)

    return ground.as_owner(work)


def take_photos_of(ground: Ground, folder: CompanyFolder, report: ImportReport) -> PhotosTaken:
    """Take the folder's photos into the company's library, in the administrator's name."""
    from resources.photo_import import Album, take_photos

    say(f"Taking {counted(len(folder.photos), 'photo')} into the library ...")

    async def work(database: Database) -> PhotosTaken:
        admin = await ensure_admin(database, ground.settings.home)
        album = Album(report.organization_id, report.company_id, admin.id)
        return await take_photos(database, ground.settings, album, folder.photos)

    return ground.as_owner(work)


def tell_photos(taken: PhotosTaken) -> None:
    """Print what became of the photos."""
    if taken.new:
        say_good(f"  new       {counted(len(taken.new), 'photo')}: {_listed(taken.new)}")
    if taken.known:
        say(f"  as before {counted(taken.known, 'photo')}")
    for one in taken.refused:
        say_bad(f"  not used  {one.reason}")


def tell_import(folder: CompanyFolder, report: ImportReport) -> None:
    """Print what was imported, and each file that was not, with its reason."""
    name, key = folder.company.name, report.partition_key
    if report.changed_nothing:
        say_good(f"{name} ({key}): nothing changed.")
    else:
        verb = "imported" if report.is_new else "updated"
        say_good(f"{name} ({key}) is {verb}, in the organisation {folder.company.organization}.")
    say(f"  read      {_what_is_there(folder)}")
    for label, names in (("new", report.created), ("changed", report.updated)):
        if names:
            say(f"  {label:<9} {counted(len(names), 'file')}: {_listed(names)}")
    if report.unchanged and not report.changed_nothing:
        say(f"  as before {counted(len(report.unchanged), 'file')}")
    if report.changed_fields:
        say(f"  changed   in company.yaml: {', '.join(report.changed_fields)}")
    if report.new_events:
        say(f"  new       {counted(report.new_events, 'marketing event')}")
    if report.refused:
        say_bad(f"  not used  {counted(len(report.refused), 'file or field', 'files or fields')}:")
    for one in report.refused:
        reason = one.reason if one.name in one.reason else f"{one.name}: {one.reason}"
        say_bad(f"            {reason}")


def _what_is_there(folder: CompanyFolder) -> str:
    parts = (
        counted(len(folder.documents), "document"),
        counted(len(folder.published_posts), "published post"),
        counted(len(folder.photos), "photo"),
    )
    return ", ".join(parts)


def _listed(names: tuple[str, ...]) -> str:
    rest = len(names) - NAMES_SHOWN
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {rest} more" if rest > 0 else shown


def list_companies() -> None:
    """`posthub company list`."""
    with prepared_ground() as ground:
        rows = ground.as_owner(_all_companies)
    if not rows:
        say("There is no company yet. Import one: posthub company import DIR")
    width = max((len(row.partition_key) for row in rows), default=0)
    for row in rows:
        off = "" if row.is_active else "  (not active)"
        say(f"{row.partition_key:<{width}}  {row.tier:<8}  {row.language}  {row.name}{off}")


async def _all_companies(database: Database) -> list[CompanyRow]:
    from resources.database.repositories import companies

    rows: list[CompanyRow] = []
    async with database.transaction(EVERYTHING) as connection:
        while True:
            after = rows[-1].id if rows else None
            page = await companies.page(connection, organizations=None, after=after, limit=PAGE)
            rows += page
            if len(page) < PAGE:
                return rows
