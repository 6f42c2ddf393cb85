"""The page of who may do what, written from the table.

What does not belong here: where the page is kept (`commands/permissions.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from posthub_assets.domain.people import Role, at_least
from posthub_assets.domain.permissions.rows import Permission, Section, Who

_HEAD = """# Who may do what

Written by `posthub docs permissions` from the table in
`posthub_assets/domain/permissions/table.py`; change it there. The API asks the same table, and a
test walks every operation with every role.

- **yes**: in the organisations where the person has that role, an administrator in all. What
  belongs to another organisation is not there (404). **own**: what is one's own, whatever the role.
- A supervisor sees the own organisation, a marketer the assigned ones, a manager also those of the
  own marketers, an administrator all.
- *Token* is the scope that a machine's token needs. A dash: no
  such token will do, or none is needed.
- A refusal is 403, and is in the audit trail as `privilege.refused`.
- Roles are read from the database at each request. No token says what its bearer may do.
"""
_COLUMNS = ("operation", "anyone", "supervisor", "marketer", "manager", "admin", "token", "rules")
_ROLES = (Role.SUPERVISOR, Role.MARKETER, Role.MANAGER, Role.ADMIN)


def page(sections: Sequence[Section]) -> str:
    """Give the page as Markdown, which ends with one line break."""
    parts = [_HEAD]
    for one in sections:
        lines = [f"## {one.title}", "", _line(_COLUMNS), _line(["---"] * len(_COLUMNS))]
        parts.append("\n".join([*lines, *(_line(_cells(row)) for row in one.rows)]) + "\n")
    return "\n".join(parts)


def _cells(row: Permission) -> list[str]:
    anyone = "yes" if row.who is Who.ANYBODY else ""
    token = row.token.value if row.token and row.who is not Who.ANYBODY else "-"
    rules = "; ".join(part for part in (row.what, row.note) if part)
    return [f"`{row.operation}`", anyone, *(_may(row, role) for role in _ROLES), token, rules]


def _may(row: Permission, role: Role) -> str:
    if row.who is Who.ANYBODY:
        return "yes"
    if row.who is Who.SIGNED_IN:
        return "own"
    needed = row.who.role
    return "yes" if needed is not None and at_least(role, needed) else ""


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
