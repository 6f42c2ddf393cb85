"""The content calendar: what is approved for a month, as a table in the company's own time.

What does not belong here: reading it from the database, writing files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "date",
    "time",
    "kind",
    "platform",
    "title",
    "text",
    "hashtags",
    "image",
    "persona",
    "status",
    "words",
    "content_id",
    "version",
    "utc_offset",
)

_LAST = "9"
"""Comes after every moment."""


def build_calendar(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Build the table from approved items: one line per blog post and social post.

    `rows` are mappings with the keys of the approved items (id, kind, status, title, scheduled_at,
    parent_id, version, body, word_count, persona, timezone). An approved image stands in the line
    of its post. Times are wall-clock times of the company's zone, and `utc_offset` (`UTC+01:00`)
    tells apart those that its clocks show twice; lines come in the order of their moments.
    Unscheduled items come last, with empty date, time and offset. Columns are `COLUMNS`, also where
    there are no rows.
    """
    import pandas as pd

    images = {
        row["parent_id"]: row["body"]["media_sha256"] for row in rows if row["kind"] == "image"
    }
    lines = [_line(row, images.get(row["id"], "")) for row in rows if row["kind"] != "image"]
    table = pd.DataFrame(lines, columns=[*COLUMNS, "_moment"])
    ordered = table.sort_values(["_moment", "kind", "platform", "content_id"], kind="stable")
    return ordered.drop(columns="_moment").reset_index(drop=True)


def _line(row: Mapping[str, Any], image: str) -> dict[str, Any]:
    moment = row["scheduled_at"]
    local = moment.astimezone(ZoneInfo(row["timezone"])) if moment else None
    body = row["body"]
    social = row["kind"] == "social_post"
    return {
        "date": f"{local:%Y-%m-%d}" if local else "",
        "time": f"{local:%H:%M}" if local else "",
        "kind": row["kind"],
        "platform": body.get("platform", "blog"),
        "title": row["title"],
        "text": body["text"] if social else body["meta_description"],
        "hashtags": " ".join(f"#{tag}" for tag in body.get("hashtags", ())),
        "image": image,
        "persona": row["persona"] or "",
        "status": row["status"],
        "words": row["word_count"],
        "content_id": str(row["id"]),
        "version": row["version"],
        "utc_offset": f"UTC{local.isoformat()[-6:]}" if local else "",
        "_moment": moment.astimezone(UTC).isoformat() if moment else _LAST,
    }
