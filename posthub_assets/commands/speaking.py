"""How commands speak: plain sentences to the terminal, quiet ones for what happens on the way.

What does not belong here: errors (`cli.py` prints them), the month's progress (`progress.py`).
"""

from __future__ import annotations

import typer


def say(text: str = "") -> None:
    """Print a result."""
    typer.echo(text)


def say_good(text: str) -> None:
    """Print that something went well."""
    typer.secho(text, fg=typer.colors.GREEN)


def say_bad(text: str) -> None:
    """Print what a person should look at. Not an error of the command."""
    typer.secho(text, fg=typer.colors.YELLOW)


def murmur(text: str) -> None:
    """Print what happens on the way, dim, to stderr, so that output can be piped."""
    typer.secho(text, dim=True, err=True)


def counted(number: int, singular: str, plural: str = "") -> str:
    """Give `1 file`, `2 files`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def as_duration(duration_s: float) -> str:
    """Give seconds as people say them: `48 s`, `3 min 20 s`."""
    whole_s = round(duration_s)
    if whole_s < 60:
        return f"{whole_s} s"
    return f"{whole_s // 60} min {whole_s % 60} s"
