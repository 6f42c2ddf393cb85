"""The command line's part about pictures: `posthub media`.

What does not belong here: what the commands do (`commands/media.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

media = typer.Typer(no_args_is_help=True, help="Pictures: where they come from, and who signs.")


@media.command("verify")
def media_verify(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Pictures, or folders of them.")
    ],
    trust: Annotated[
        Path | None,
        typer.Option(help="Certificates (PEM) of others whose signatures count as known."),
    ] = None,
) -> None:
    """Say where pictures come from, and whether they are as they were signed.

    Ends with 1 where one was altered, carries no credentials, or cannot be read.
    """
    from posthub_assets.commands.media import verify

    raise typer.Exit(verify(files, trust))


@media.command("certificate")
def media_certificate(
    pem: Annotated[
        bool, typer.Option("--pem", help="Print the certificates, to be given to others.")
    ] = False,
) -> None:
    """Say who signs pictures here, and try it."""
    from posthub_assets.commands.media import show_certificate

    show_certificate(pem=pem)
