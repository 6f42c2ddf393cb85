"""`posthub backup` and `posthub restore`.

What does not belong here: how it is done (`resources/backup/`).
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from posthub_assets.commands.ground import ended_like_ctrl_c
from posthub_assets.commands.speaking import as_duration, counted, murmur, say, say_bad, say_good
from posthub_assets.domain.errors import InvalidInput, NotFound
from resources.backup.keys import INSIDE, NONE, PLACES
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.settings import load_settings

if TYPE_CHECKING:
    from resources.backup.making import Made
    from resources.backup.manifest import Manifest
    from resources.backup.restoring import Restored

EXIT_WITH_GAPS = 3


def back_up(target: Path, *, keys: str, keep: int | None) -> int:
    """`posthub backup`: make one, say what it is; 3 where pictures were missing already."""
    from resources.backup.folder import Target
    from resources.backup.making import make_backup

    if keys not in PLACES:
        raise InvalidInput(f"--keys is {keys!r}; it must be beside, inside or none.", field="keys")
    settings = load_settings()
    if settings.is_embedded and not (settings.home / "secrets.json").exists():
        raise NotFound(f"There is no PostHub in {settings.home}. Set POSTHUB_HOME to its folder.")
    with ended_like_ctrl_c():
        try:
            urls = resolve_database(settings)
            made = make_backup(
                settings, urls, Target(target.absolute(), keep), keys=keys, say=murmur
            )
        finally:
            if settings.is_embedded:
                EmbeddedPostgres(settings.home).stop_if_unused()
    _tell_made(made)
    return EXIT_WITH_GAPS if made.manifest.missing else 0


def _tell_made(made: Made) -> None:
    say_good(f"Backup          {made.path}")
    took = f"{as_size(made.bytes)} in {as_duration(made.took_s)}"
    say(f"Size            {took}; {_contents(made.manifest)}")
    say(f"SHA-256         {made.digest} (of its manifest)")
    if made.keys is not None:
        say(f"Keys            {made.keys}")
        say("                They are not in the backup. Without them stored API keys and webhook")
        say("                secrets cannot be read. Take them to another place than the backup.")
    elif made.manifest.keys.where == INSIDE:
        say_bad(
            "Keys            inside: who has this file reads every stored API key. Lock it away."
        )
    else:
        say_bad("Keys            not kept. Without POSTHUB_HOME/secrets.json, or the keys of your")
        say_bad("                environment, stored API keys cannot be read after a restore.")
    if made.leaves_dagster:
        say("Dagster         its records are in another database, and not in this backup. PostHub")
        say("                goes on without them; only the history of runs is lost.")
    for path in made.removed:
        say(f"Taken away      {path}")
    _tell_missing(made.manifest)
    say(f"Next            posthub backup --verify '{made.path}'")


def verify(file: Path) -> int:
    """`posthub backup --verify`: read all of it; 3 where pictures were missing when it was made."""
    from resources.backup.archive import check, progress

    began = time.monotonic()
    checked = check(file.absolute(), progress(murmur))
    manifest = checked.manifest
    say_good(f"Whole           {checked.path}, read in {as_duration(time.monotonic() - began)}")
    say(f"Made            {manifest.made_at} by PostHub {manifest.posthub}, revision")
    say(f"                {manifest.migration}, PostgreSQL {manifest.postgres // 10000}")
    say(f"Holds           {_contents(manifest)}")
    say(f"SHA-256         {checked.digest} (of its manifest)")
    say(f"Keys            {_where_keys_are(manifest)}")
    _tell_keys_beside(checked.path, manifest)
    _tell_missing(manifest)
    say(f"Next            posthub restore '{checked.path}' --into FOLDER")
    return EXIT_WITH_GAPS if manifest.missing else 0


def bring_back(
    file: Path,
    *,
    into: Path | None,
    keys_file: Path | None,
    without_keys: bool,
    forget_messages: bool,
) -> int:
    """`posthub restore`: into an empty home; 3 where pictures were missing in the backup."""
    from resources.backup.restoring import Wanted, restore_backup

    settings = load_settings()
    if into is not None:
        settings = replace(settings, home=into.expanduser().absolute())
    wanted = Wanted(file.absolute(), keys_file, without_keys, forget_messages)
    with ended_like_ctrl_c():
        try:
            restored = restore_backup(settings, wanted, murmur)
        except KeyboardInterrupt:
            murmur("A restore that has begun is not finished: run the same command again.")
            raise
    _tell_restored(restored)
    return EXIT_WITH_GAPS if restored.checked.manifest.missing else 0


def _tell_restored(restored: Restored) -> None:
    manifest = restored.checked.manifest
    say_good(f"Restored        {restored.home} in {as_duration(restored.took_s)}")
    say(f"Holds           {_contents(manifest)}, as of {manifest.made_at}")
    say(f"Database        at revision {restored.revision} (the backup: {manifest.migration})")
    say(f"Work            {counted(restored.settled.given_back, 'job')} given back to be done")
    say(f"Messages        {restored.settled.to_send} still to be sent; one that the old home sent")
    say("                after the backup comes again, under the same id")
    if restored.unreadable:
        say_bad(
            f"Keys            {restored.unreadable} stored secrets cannot be read: set vendors'"
        )
        say_bad("                keys and webhooks anew.")
    if manifest.settings:
        told = ", ".join(f"{name}={value}" for name, value in manifest.settings.items())
        say(f"Settings        were {told}")
    if manifest.secrets_set:
        say(f"Secrets         were set: {', '.join(manifest.secrets_set)}")
    _tell_missing(manifest)
    say("People          who signed in after the backup sign in again; look through tokens and")
    say("                memberships that were taken away since: they are back.")
    say(f"Next            stop the old factory for good, then: POSTHUB_HOME='{restored.home}'")
    say("                posthub up")


def _contents(manifest: Manifest) -> str:
    rows = sum(manifest.tables.values())
    tables = counted(len(manifest.tables), "table")
    return f"{tables}, {rows:,} rows, {counted(manifest.media_files, 'picture')}"


def _where_keys_are(manifest: Manifest) -> str:
    sealed = manifest.keys.admin_sealed + manifest.keys.user_sealed
    where = manifest.keys.where
    if where == INSIDE:
        return f"inside; they read {counted(sealed, 'stored secret')}"
    if where == NONE:
        return f"not kept; {counted(sealed, 'stored secret')} need those of the old home"
    return f"in the file that ends in .keys; they read {counted(sealed, 'stored secret')}"


def _tell_keys_beside(path: Path, manifest: Manifest) -> None:
    """Say whether the file of keys that lies beside a backup reads what is stored in it."""
    from resources.backup.folder import keys_path
    from resources.backup.keys import BESIDE, keys_from, unreadable

    file = keys_path(path)
    if manifest.keys.where != BESIDE:
        return
    if not file.is_file():
        say(f"                {file.name} is not beside it; a restore takes --keys-file")
    elif unreadable(manifest.keys, keys_from(file.read_bytes(), file)):
        say_bad(f"                {file.name} is of another home and does not read them")
    else:
        say(f"                {file.name} reads them")


def _tell_missing(manifest: Manifest) -> None:
    if not manifest.missing:
        return
    say_bad(
        f"{counted(len(manifest.missing), 'picture')} were lost or damaged on disk before the "
        "backup, and are not in it:"
    )
    for name in manifest.missing[:10]:
        say_bad(f"  {name}")


def as_size(size: float) -> str:
    """Give bytes as people say them: `812 B`, `3.4 MB`."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
