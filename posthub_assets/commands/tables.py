"""Tables as commands print them: aligned columns, headings above, nothing drawn around them.

What does not belong here: what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Give the lines of a table; None is an empty cell."""
    cells = [[str(one) for one in headings]]
    cells += [["" if one is None else str(one) for one in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    for row in cells:
        padded = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()
