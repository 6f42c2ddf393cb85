"""Which functions of the API an endpoint may come to call, read from its code.

What an endpoint does decides what its answers can be, so the OpenAPI document asks here and no
router has to say it a second time.
What does not belong here: the document (`openapi.py`).
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

PACKAGE = "api"
ATTRIBUTE = frozenset({"LOAD_ATTR", "LOAD_METHOD"})


def functions_of(endpoint: Callable[..., Any]) -> set[FunctionType]:
    """Give the endpoint and all functions of the package `api` that it names, at any depth.

    Methods of objects are not followed: which class they belong to is not in the code.
    """
    found: set[FunctionType] = set()
    waiting: list[Any] = [endpoint]
    while waiting:
        one = waiting.pop()
        if isinstance(one, FunctionType) and one not in found and _is_ours(one.__module__):
            found.add(one)
            waiting += _named(one)
    return found


@cache
def _named(function: FunctionType) -> tuple[Any, ...]:
    """Give what a function names; most are named by many endpoints."""
    return tuple(_looked_up(function))


def _looked_up(function: FunctionType) -> Iterator[Any]:
    """Give what a function's global names stand for; of a module, what is named with it."""
    for code in _codes(function.__code__):
        known: Any = None
        for step in dis.get_instructions(code):
            if step.opname == "LOAD_GLOBAL":
                known = function.__globals__.get(step.argval)
                yield from (known, getattr(known, "__wrapped__", None))
            elif step.opname in ATTRIBUTE and isinstance(known, ModuleType):
                yield getattr(known, step.argval, None)
                known = None


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Give a function's code, and that of the functions which it defines within."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_ours(module: str | None) -> bool:
    return (module or "").partition(".")[0] == PACKAGE
