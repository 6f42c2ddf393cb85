"""The part of Jinja2 that a prompt may use.

Prompts can be edited in the database, so a template is a program of somebody else. It may put
values in, choose and loop. It may not call, define, include or build up values: nothing in it can
take more time or memory than its variables do.

What does not belong here: what happens while a template runs (`sandbox.py`), whether a text
agrees with its documented variables (`checking.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from jinja2 import TemplateSyntaxError, nodes

MAX_LOOP_DEPTH = 3
MAX_DEPTH = 40
"""Of nodes within nodes; Python itself takes no more than about 90 blocks within blocks."""

_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const),
    *(nodes.If, nodes.For, nodes.Assign, nodes.Filter, nodes.Test, nodes.Keyword),
    *(nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.CondExpr, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos),
    *(nodes.Tuple, nodes.List, nodes.Dict, nodes.Pair),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
)
_INSTEAD = {
    nodes.Call: "nothing can be called; use a filter, such as `{{ words | join(', ') }}`",
    nodes.Concat: "`~` is not used; write `{{ a }}{{ b }}`",
    nodes.Pow: "`**` is not used",
    nodes.Include: "a prompt stands alone and includes nothing",
    nodes.Import: "a prompt stands alone and imports nothing",
    nodes.FromImport: "a prompt stands alone and imports nothing",
    nodes.Extends: "a prompt stands alone and extends nothing",
    nodes.Macro: "macros are not used",
}


def refuse_nodes(tree: nodes.Template, filters: Collection[str]) -> None:
    """Refuse a template that uses more than a prompt may, or a filter that is not in `filters`.

    Raises jinja2.TemplateSyntaxError with the line and the reason.
    """
    for node, depth, loops in _walk(tree):
        _refuse_node(node, filters)
        if loops > MAX_LOOP_DEPTH:
            _refuse(node, f"loops are nested at most {MAX_LOOP_DEPTH} deep")
        if depth > MAX_DEPTH:
            _refuse(node, f"expressions and blocks are nested at most {MAX_DEPTH} deep")


def _walk(
    node: nodes.Node, depth: int = 0, loops: int = 0
) -> Iterator[tuple[nodes.Node, int, int]]:
    loops += isinstance(node, nodes.For)
    yield node, depth, loops
    for child in node.iter_child_nodes():
        yield from _walk(child, depth + 1, loops)


def _refuse_node(node: nodes.Node, filters: Collection[str]) -> None:
    if type(node) not in _ALLOWED:
        kind = type(node).__name__.lower()
        _refuse(node, _INSTEAD.get(type(node), f"`{kind}` is not used in prompts"))
    if isinstance(node, nodes.For) and node.recursive:
        _refuse(node, "a loop may not call itself")
    if isinstance(node, nodes.Assign) and _builds(node):
        _refuse(node, "`set` names a value that is there; it builds no lists")
    if isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Const):
        _refuse(node, "a constant has no parts")
    if isinstance(node, nodes.Filter) and node.name not in filters:
        _refuse(node, f"there is no filter `{node.name}`")
    if isinstance(node, nodes.Name) and node.name.startswith("_"):
        _refuse(node, "names do not begin with an underscore")


def _builds(node: nodes.Assign) -> bool:
    return any(isinstance(one, nodes.List | nodes.Tuple | nodes.Dict) for one, _, _ in _walk(node))


def _refuse(node: nodes.Node, why: str) -> None:
    raise TemplateSyntaxError(why, node.lineno)
