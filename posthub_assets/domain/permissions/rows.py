"""What a row of the table of permissions says, and how a section of it is written.

What does not belong here: the rows themselves (`table.py`), roles (`domain/people.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from posthub_assets.domain.people import Role, TokenScope


class Who(StrEnum):
    """Who may call an operation. A role means: that role or above, where the thing belongs."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    SUPERVISOR = "supervisor"
    MARKETER = "marketer"
    MANAGER = "manager"
    ADMIN = "administrator"

    @property
    def role(self) -> Role | None:
        """Give the least role that is needed; None where none is looked at."""
        return None if self in (Who.ANYBODY, Who.SIGNED_IN) else Role(self.name)


class About(StrEnum):
    """What an operation touches; it decides where a role is looked for.

    Things of another organisation are not there (404), whatever the role.
    """

    PLATFORM = "the platform"
    ONESELF = "oneself"
    PERSON = "a person"
    ORGANIZATION = "an organisation"
    COMPANY = "a company"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Permission:
    """One operation: who may call it, what it touches, and how far a machine's token must go.

    `token` is None where only a person who signs in may (or nobody has to). `what` completes the
    sentence "Only a manager or above may ...". `note` is a rule that holds besides.
    """

    method: str
    path: str
    who: Who
    about: About
    token: TokenScope | None
    what: str
    note: str = ""

    @property
    def operation(self) -> str:
        """Give the operation as people write it, such as `GET /v1/me`."""
        return f"{self.method} {self.path}"

    @property
    def is_checked_by_role(self) -> bool:
        """Tell whether membership is not enough, so that the handler has to ask for the role."""
        return self.who in (Who.MARKETER, Who.MANAGER)


@dataclass(frozen=True, slots=True)
class Section:
    """Rows about one kind of thing."""

    title: str
    rows: tuple[Permission, ...]


Row = tuple[str, Who, TokenScope | None, str] | tuple[str, Who, TokenScope | None, str, str]
"""`METHOD rest-of-the-path`, who, the token's scope, what it is, and a note where there is one."""


def section(title: str, under: str, about: About, *rows: Row) -> Section:
    """Give a section whose paths begin with `under`."""
    return Section(title, tuple(_permission(under, about, row) for row in rows))


def _permission(under: str, about: About, row: Row) -> Permission:
    method, _, rest = row[0].partition(" ")
    note = row[4] if len(row) == 5 else ""
    return Permission(method, under + rest, row[1], about, row[2], row[3], note)
