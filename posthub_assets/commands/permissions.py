"""`posthub docs permissions`: the page of who may do what, written from the table.

What does not belong here: the table and the words of the page (`domain/permissions/`).
"""

from __future__ import annotations

from pathlib import Path

from posthub_assets.commands.speaking import say
from posthub_assets.domain.errors import StorageError
from posthub_assets.domain.permissions.page import page
from posthub_assets.domain.permissions.table import SECTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"


def write_page() -> None:
    """Write the page where the documentation of this checkout is. Raises StorageError."""
    try:
        PAGE.write_text(page(SECTIONS), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{PAGE} cannot be written: {error}.") from error
    say(f"{PAGE} says who may do what.")
