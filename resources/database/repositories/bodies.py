"""Bodies of versions, each read and parsed once in a run: a version never changes.

Who may see a version is asked every time; only what it says is remembered.
What does not belong here: items and their statuses (`orders.py`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.bodies import Body, parse_body
from posthub_assets.domain.content import Kind

MOST_KEPT = 512
"""A post has some 10 kB, so that this is a few megabytes."""

_BODIES = text(
    "SELECT id, body FROM posthub.content_version"
    " WHERE organization_id = :organization_id AND id = ANY(:ids)"
)


@dataclass(slots=True)
class Bodies:
    """The bodies read last, by the id of their version."""

    most: int = MOST_KEPT
    _kept: OrderedDict[UUID, Body] = field(default_factory=OrderedDict)

    def parsed(self, version_id: UUID, kind: Kind, plain: dict[str, Any]) -> Body:
        """Give the body of a version that was read with its text."""
        known = self._kept.get(version_id)
        return known if known is not None else self._keep(version_id, kind, plain)

    async def read(
        self, connection: AsyncConnection, organization_id: UUID, kinds: Mapping[UUID, Kind]
    ) -> dict[UUID, Body]:
        """Give the bodies of versions of known kinds; those not read yet in one question."""
        missing = [version_id for version_id in kinds if version_id not in self._kept]
        found = {one: self._kept[one] for one in kinds if one in self._kept}
        self._touch(found)
        if missing:
            values = {"organization_id": organization_id, "ids": missing}
            for row in await connection.execute(_BODIES, values):
                found[row.id] = self._keep(row.id, kinds[row.id], row.body)
        return found

    def _keep(self, version_id: UUID, kind: Kind, plain: dict[str, Any]) -> Body:
        body = self._kept[version_id] = parse_body(kind, plain)
        if len(self._kept) > self.most:
            self._kept.popitem(last=False)
        return body

    def _touch(self, ids: Iterable[UUID]) -> None:
        for one in ids:
            self._kept.move_to_end(one)
