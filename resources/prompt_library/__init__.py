"""The prompt library: the words that go to a model, as files, as versions and as they are rendered.

    template.py      what a prompt is, its hash, its text as a file
    served.py        versions of it, as they are kept and as they are served
    files.py         reading files: each error names the file and the line or field
    grammar.py       the part of Jinja2 that a prompt may use
    checking.py      whether a prompt's texts agree with its variables and its output
    delimiters.py    text of others between delimiters that it cannot close
    sandbox.py       the environment in which templates are compiled
    rendering.py     a version and its variables become the two texts of a call
    seeding.py       files become versions when the database is migrated
    differences.py   two prompts side by side

What does not belong here: the words themselves (`prompts/`), SQL beyond the seeding
(`database/repositories/prompts.py`), calls (`gateway/`).

Jinja2 is imported with the first rendering: many processes never render.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resources.prompt_library.served import PromptVersion, ServedPrompt
from resources.prompt_library.template import Template

if TYPE_CHECKING:
    from resources.prompt_library.rendering import Rendered, UndefinedVariable, chosen, render

__all__ = [
    "PromptVersion",
    "Rendered",
    "ServedPrompt",
    "Template",
    "UndefinedVariable",
    "chosen",
    "render",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from resources.prompt_library import rendering

    return getattr(rendering, name)
