"""`posthub backup` and `posthub restore`: what they take.

What does not belong here: what they do (`commands/backups.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def backup(
    target: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help="A new file, or a folder that is there.")
    ],
    keys: Annotated[
        str,
        typer.Option(
            help="Where the keys go that read stored API keys: beside (a file of its own, to be "
            "kept elsewhere), inside, or none."
        ),
    ] = "beside",
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="In a folder: keep so many of this database, the newest."),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make none: read this backup and say if it is whole.")
    ] = False,
) -> None:
    """Back up database and pictures into one file, also while PostHub works."""
    from posthub_assets.commands import backups

    if verify:
        raise typer.Exit(backups.verify(target))
    raise typer.Exit(backups.back_up(target, keys=keys, keep=keep))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    into: Annotated[
        Path | None,
        typer.Option(metavar="HOME", help="An empty folder; else POSTHUB_HOME, where it is empty."),
    ] = None,
    keys_file: Annotated[
        Path | None,
        typer.Option(help="The file of keys, where it is not beside the backup."),
    ] = None,
    without_keys: Annotated[
        bool,
        typer.Option("--without-keys", help="Go on though stored API keys cannot be read."),
    ] = False,
    forget_messages: Annotated[
        bool,
        typer.Option("--forget-messages", help="Send nothing that waited to be sent."),
    ] = False,
) -> None:
    """Bring a backup back into an empty home. What is there is never written over."""
    from posthub_assets.commands.backups import bring_back

    raise typer.Exit(
        bring_back(
            file,
            into=into,
            keys_file=keys_file,
            without_keys=without_keys,
            forget_messages=forget_messages,
        )
    )
