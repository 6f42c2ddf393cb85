"""A version of a prompt and its variables become the two texts of a call.

Every variable that is documented must be given, also where a branch does not use it, and no other
one: a prompt that is rendered at all was rendered with what its author expects.

What does not belong here: which version is served (`database/repositories/prompts.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import TracebackType
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError

from posthub_assets.domain.errors import InvalidInput
from resources.prompt_library import sandbox
from resources.prompt_library.template import Template

MAX_OUTPUT_CHARS = 2_000_000
MAX_DATA_DEPTH = 12

_RUNTIME_ERRORS = (
    *(TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError),
    *(RecursionError, InvalidInput),
)


class UndefinedVariable(InvalidInput):
    """A prompt asked for `variable`, which was not given; `template` says which prompt."""

    code = "undefined-variable"

    def __init__(self, message: str, *, variable: str, template: str) -> None:
        super().__init__(message, field=variable)
        self.variable = variable
        self.template = template


@dataclass(frozen=True, slots=True)
class Rendered:
    """The two texts of a call. `system` may be empty."""

    system: str = field(repr=False)
    user: str = field(repr=False)


def chosen(prompt: Template, offered: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a caller can offer, give what this version asks for.

    Versions differ: a Czech variant has no `output_language`, an edited one may leave things out.
    Raises UndefinedVariable where something that it asks for is not offered.
    """
    _refuse_missing(prompt, offered)
    return {name: offered[name] for name in prompt.variables}


def render(prompt: Template, variables: Mapping[str, Any]) -> Rendered:
    """Fill in a version: exactly its documented variables, as plain data (text, numbers, dates,
    None, lists, mappings with text as keys).

    Raises UndefinedVariable where one is missing, InvalidInput where one is unknown or no plain
    data, where the text cannot be rendered, or has more than two million characters.
    """
    _refuse_missing(prompt, variables)
    unknown = sorted(set(variables) - set(prompt.variables))
    if unknown:
        raise InvalidInput(
            f"The prompt {prompt.name} has no variable `{unknown[0]}`; it has "
            f"{', '.join(sorted(prompt.variables)) or 'none'}.",
            field=unknown[0],
        )
    for name, value in variables.items():
        _refuse_objects(value, name, MAX_DATA_DEPTH)
    with sandbox.step_budget():
        system = _filled_in(prompt, "system", prompt.system_text, variables)
        user = _filled_in(prompt, "user", prompt.user_text, variables, spent=len(system))
    return Rendered(system=system, user=user)


def _refuse_missing(prompt: Template, given: Mapping[str, Any]) -> None:
    for name in prompt.variables:
        if name not in given:
            raise UndefinedVariable(
                f"The prompt {prompt.name} needs the variable `{name}` "
                f"({prompt.variables[name]}), which was not given.",
                variable=name,
                template=prompt.name,
            )


def _refuse_objects(value: object, path: str, depth: int) -> None:
    if value is None or isinstance(value, str | int | float | Decimal | date):
        return
    if depth == 0:
        raise InvalidInput(f"`{path}` is nested too deep for a prompt.", field=path)
    if isinstance(value, Mapping):
        for key, one in value.items():
            if not isinstance(key, str):
                raise InvalidInput(f"`{path}` has a key that is no text.", field=path)
            _refuse_objects(one, f"{path}.{key}", depth - 1)
    elif isinstance(value, list | tuple):
        for one in value:
            _refuse_objects(one, f"{path}[]", depth - 1)
    else:
        raise InvalidInput(
            f"`{path}` is {type(value).__name__}; a prompt takes plain data only.", field=path
        )


def _filled_in(
    prompt: Template, section: str, source: str, variables: Mapping[str, Any], spent: int = 0
) -> str:
    where = f"The prompt {prompt.name}, `{section}`"
    parts: list[str] = []
    left = MAX_OUTPUT_CHARS - spent
    try:
        for part in sandbox.compiled(source).generate(variables):
            left -= len(part)
            if left < 0:
                raise sandbox.TooMuch(f"the text is longer than {MAX_OUTPUT_CHARS} characters")
            parts.append(part)
    except UndefinedError as error:
        line = _line_of(error.__traceback__)
        raise UndefinedVariable(
            f"{where}{line}: {error.message}.",
            variable=_name_in(error.message or ""),
            template=prompt.name,
        ) from error
    except TemplateSyntaxError as error:
        raise InvalidInput(
            f"{where}, line {error.lineno}: {error.message}.", field=prompt.name
        ) from error
    except _RUNTIME_ERRORS as error:
        line = _line_of(error.__traceback__)
        raise InvalidInput(f"{where}{line}: {error}.", field=prompt.name) from error
    return "".join(parts).strip()


def _name_in(message: str) -> str:
    quoted = message.split("'")
    return quoted[-2] if len(quoted) >= 3 else message


def _line_of(traceback: TracebackType | None) -> str:
    """Give `, line 3` of the template's section, where the traceback knows it."""
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == sandbox.FILENAME:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return f", line {line}" if line else ""
