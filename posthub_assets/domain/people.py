"""Roles: who may do what, in which organisation.

What does not belong here: how a person is recognised (`api/`), memberships as rows
(`resources/database/repositories/identity.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from posthub_assets.domain.errors import Forbidden


class Role(StrEnum):
    """From the one who may most to the one who may least."""

    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    MARKETER = "MARKETER"
    SUPERVISOR = "SUPERVISOR"


class TokenScope(StrEnum):
    """How far a machine's token goes; each is apart from the others."""

    READ = "read"
    DECIDE = "decide"
    WRITE = "write"


_RANK = {Role.ADMIN: 3, Role.MANAGER: 2, Role.MARKETER: 1, Role.SUPERVISOR: 0}


def at_least(role: Role, needed: Role) -> bool:
    """Tell whether `role` may do what `needed` may."""
    return _RANK[role] >= _RANK[needed]


def refusal(needed: Role, what: str) -> str:
    """Give the sentence for somebody whose role is too low; `what` completes "may"."""
    who = "an administrator" if needed is Role.ADMIN else f"a {needed.value.lower()} or above"
    return f"Only {who} may {what}. Ask one of them."


def refuse_above(giver: Role, *roles: Role) -> None:
    """Refuse to give or to take away a role above the giver's own. Raises Forbidden."""
    for role in roles:
        if not at_least(giver, role):
            raise Forbidden(
                f"A {giver.value.lower()} cannot give or take the role {role.value}, which is "
                "above their own. Ask somebody who has it."
            )


def refuse_oneself(actor_id: UUID, user_id: UUID) -> None:
    """Refuse to change what one is oneself. Raises Forbidden."""
    if actor_id == user_id:
        raise Forbidden(
            "Nobody changes their own role or membership, or deactivates themselves. Ask another "
            "manager or an administrator."
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts, with the roles that the database says they have."""

    user_id: UUID
    is_admin: bool = False
    roles: Mapping[UUID, Role] = field(default_factory=dict)
    """By organisation. An administrator needs none."""

    def role_in(self, organization_id: UUID) -> Role | None:
        """Give the role in an organisation, or None for a stranger."""
        return Role.ADMIN if self.is_admin else self.roles.get(organization_id)

    def require(self, organization_id: UUID, needed: Role, what: str) -> Role:
        """Give the role. Raises Forbidden, saying `what` was asked for, where it is too low."""
        role = self.role_in(organization_id)
        if role is None or not at_least(role, needed):
            raise Forbidden(refusal(needed, what))
        return role
