"""The environment in which prompts are compiled and run.

Jinja2's immutable sandbox, and narrower: values are plain data, attributes are keys of mappings,
only the filters below are there, and each run has a budget of steps. There are no globals and no
loader, so no file is read.

What does not belong here: which syntax is allowed (`grammar.py`), errors as people read them
(`rendering.py`).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, nodes
from jinja2 import filters as builtin
from jinja2.environment import Template as Compiled
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from resources.prompt_library.delimiters import enclosed
from resources.prompt_library.grammar import refuse_nodes

MAX_STEPS = 100_000
"""Turns of loops, filters, and thousands of characters that filters read, in one rendering."""
MAX_VALUE_CHARS = 2_000_000
MAX_NUMBER = 10**15
MAX_INDENT = 100
CACHED_TEMPLATES = 1024

_LOOP = frozenset(
    ("index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem")
)
_SCALARS = (str, int, float, Decimal, date)
_steps: ContextVar[list[int] | None] = ContextVar("steps", default=None)


class TooMuch(ValueError):
    """A template wanted more steps, or a larger value, than a prompt may have."""


@contextmanager
def step_budget(steps: int = MAX_STEPS) -> Iterator[None]:
    """Within the block all templates together have so many steps."""
    token = _steps.set([steps])
    try:
        yield
    finally:
        _steps.reset(token)


def _spend(steps: int) -> None:
    left = _steps.get()
    if left is None:
        return
    left[0] -= steps
    if left[0] < 0:
        raise TooMuch(f"the template takes more than {MAX_STEPS} steps")


def in_steps(values: object) -> Iterator[Any]:
    """Give the values of a loop, each for one step of the budget."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"a loop goes over a list, and this is {type(values).__name__}")
    for value in values:
        _spend(1)
        yield value


def printable(value: object) -> object:
    """Let text, numbers and dates into a prompt. A list or None would show Python's own words."""
    if isinstance(value, Undefined):
        str(value)  # raises, and names what is not there
    if isinstance(value, bool) or not isinstance(value, _SCALARS):
        raise TypeError(
            f"{type(value).__name__} cannot be printed; choose a field, use `join`, or `if`"
        )
    return value


def _text(value: object) -> str:
    return str(printable(value))


def _join(values: object, separator: str = "", attribute: str | None = None) -> str:
    found = list(in_steps(values))
    if attribute is not None:
        found = [ENVIRONMENT.getitem(one, attribute) for one in found]
    parts = [_text(one) for one in found]
    _refuse_long(sum(map(len, parts)) + len(separator) * len(parts))
    return separator.join(parts)


def _replace(value: object, old: str, new: str) -> str:
    text = _text(value)
    _refuse_long(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _indent(value: object, width: int = 4, first: bool = False) -> str:
    if not 0 <= width <= MAX_INDENT:
        raise TooMuch(f"`indent` takes 0 to {MAX_INDENT}")
    lines = _text(value).split("\n")
    _refuse_long(sum(map(len, lines)) + len(lines) * (width + 1))
    margin = " " * width
    rest = [margin + line if line else line for line in lines[1:]]
    return "\n".join([margin + lines[0] if first else lines[0], *rest])


def _tojson(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _refuse_long(chars: int) -> None:
    if chars > MAX_VALUE_CHARS:
        raise TooMuch(f"a value of {chars} characters; the limit is {MAX_VALUE_CHARS}")


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a filter that spends a step, and one more per thousand characters that it reads."""

    @functools.wraps(function)
    def counted(*arguments: Any, **named: Any) -> Any:
        read = sum(len(one) for one in arguments if isinstance(one, str | list | tuple))
        _spend(1 + read // 1000)
        return function(*arguments, **named)

    return counted


_OWN: dict[str, Callable[..., Any]] = {
    "data": enclosed,
    "join": _join,
    "replace": _replace,
    "indent": _indent,
    "tojson": _tojson,
}
_BUILTIN = (
    *("abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "int", "items"),
    *("last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse"),
    *("round", "select", "selectattr", "sort", "title", "trim", "truncate", "unique", "upper"),
)


class PromptEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2 for prompts: plain data in, text out."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%"))

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,  # nothing runs before there is a budget
            finalize=printable,
            loader=None,
            cache_size=0,
        )
        self.globals.clear()
        filters = {name: builtin.FILTERS[name] for name in _BUILTIN} | _OWN
        self.filters = {name: _counted(function) for name, function in filters.items()}
        self.filters["in_steps"] = in_steps

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Give a key of a mapping, or a fact about the loop; never an attribute of an object."""
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Give a key of a mapping, or a place or slice of a list or text."""
        if isinstance(obj, Undefined):
            str(obj)  # raises, and names what is not there
        try:
            if isinstance(obj, Mapping):
                return obj[argument]
            if isinstance(obj, list | tuple | str) and isinstance(argument, int | slice):
                return obj[argument]
        except (LookupError, TypeError):
            pass  # what is not there is undefined, and using it is an error that names it
        return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Reckon with numbers of a sensible size only: `*`, `+` and `%` would also build text."""
        for value in (left, right):
            if not isinstance(value, int | float | Decimal):
                printable(value)
                raise TypeError(f"`{operator}` is for numbers; text is written side by side")
        result = super().call_binop(context, operator, left, right)
        if abs(result) > MAX_NUMBER:
            raise TooMuch(f"a number above {MAX_NUMBER}")
        return result


ENVIRONMENT = PromptEnvironment()


FILENAME = "<prompt>"
"""What compiled templates are called in tracebacks, to find the line in them."""


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what Jinja2 and Python raise over an odd template into TemplateSyntaxError."""
    try:
        yield
    except (RecursionError, SyntaxError) as error:
        raise TemplateSyntaxError("it is nested too deep", 1) from error
    except (ValueError, OverflowError) as error:
        raise TemplateSyntaxError(f"{error}", 1) from error


def parsed(source: str) -> nodes.Template:
    """Parse a template and refuse what a prompt may not use. Raises TemplateSyntaxError."""
    with _refusing():
        tree = ENVIRONMENT.parse(source)
        refuse_nodes(tree, frozenset(ENVIRONMENT.filters) - {"in_steps"})
        return tree


@functools.lru_cache(maxsize=CACHED_TEMPLATES)
def compiled(source: str) -> Compiled:
    """Compile a template once per process; the cache is keyed by the whole source.

    What is in the database is checked here once more, whoever wrote it there. Raises
    jinja2.TemplateSyntaxError.
    """
    tree = parsed(source)
    with _refusing():
        for loop in list(tree.find_all(nodes.For)):
            loop.iter = nodes.Filter(loop.iter, "in_steps", [], [], None, None, lineno=loop.lineno)
        tree.set_environment(ENVIRONMENT)
        code = ENVIRONMENT.compile(tree, filename=FILENAME)
        return Compiled.from_code(ENVIRONMENT, code, {})
