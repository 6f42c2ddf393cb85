"""The agreement of a prompt's texts with what it says of itself.

What does not belong here: the settings by themselves (`template.py`), Jinja2's grammar
(`grammar.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from jinja2 import TemplateSyntaxError, meta

from posthub_assets.domain.errors import InvalidInput
from resources.prompt_library.sandbox import compiled, parsed
from resources.prompt_library.template import MARKDOWN, Template

ANSWERS = "posthub_assets.domain.writing.answers"
"""Where the shapes of answers are; imported only where a prompt names one."""


def refuse_output(template: Template) -> None:
    """Refuse an output that is neither `markdown` nor an answer model. Raises InvalidInput."""
    if template.output == MARKDOWN:
        return
    names = answer_names()
    if template.output not in names:
        raise InvalidInput(
            f"There is no answer model {template.output!r}; these are: markdown, "
            f"{', '.join(sorted(names))}.",
            field="output",
        )


def answer_names() -> frozenset[str]:
    """Give the names of the shapes that an answer may have."""
    from pydantic import BaseModel

    answers = import_module(ANSWERS)
    return frozenset(
        name
        for name, one in vars(answers).items()
        if isinstance(one, type) and issubclass(one, BaseModel) and one is not BaseModel
    )


def refuse_texts(template: Template, first_lines: Mapping[str, int] | None = None) -> None:
    """Refuse texts that are no templates, use too much of Jinja2, or disagree with `variables`.

    `first_lines` gives the line of the file on which `system` and `user` begin; without it lines
    are counted within the section. Raises InvalidInput that names the line or the variable.
    """
    used: set[str] = set()
    for section, source in (("system", template.system_text), ("user", template.user_text)):
        first = (first_lines or {}).get(section, 1)
        used |= _variables_of(source, section, first)
    undocumented = sorted(used - set(template.variables))
    if undocumented:
        raise InvalidInput(
            f"The text uses {_quoted(undocumented)} and `variables` does not say what it is.",
            field=f"variables.{undocumented[0]}",
        )
    unused = sorted(set(template.variables) - used)
    if unused:
        raise InvalidInput(
            f"`variables` documents {_quoted(unused)}, which the text does not use.",
            field=f"variables.{unused[0]}",
        )


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _variables_of(source: str, section: str, first_line: int) -> set[str]:
    try:
        compiled(source)
        return meta.find_undeclared_variables(parsed(source))
    except TemplateSyntaxError as error:
        line = first_line + error.lineno - 1
        raise InvalidInput(
            f"Line {line}, in `{section}`: {error.message or 'it is no template'}.", field=section
        ) from error
