"""Two prompts side by side, as a unified diff of their files.

What does not belong here: which two (`posthub_assets/commands/prompts.py`, the API).
"""

from __future__ import annotations

import difflib

from resources.prompt_library.template import Template, content_sha256, to_text

CONTEXT_LINES = 3


def difference(before: Template, after: Template, *, was: str, now: str) -> str:
    """Give the unified diff of two prompts, empty where they say the same.

    `was` and `now` are what the two are called at its head, such as `version 3`.
    """
    if content_sha256(before) == content_sha256(after):
        return ""
    lines = difflib.unified_diff(
        to_text(before).splitlines(),
        to_text(after).splitlines(),
        fromfile=f"{before.name}, {was}",
        tofile=f"{after.name}, {now}",
        n=CONTEXT_LINES,
        lineterm="",
    )
    return "\n".join(lines)
