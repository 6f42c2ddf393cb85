"""A place belongs to a month: place 01 of January is not place 01 of December"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = "uq_content_place"


def upgrade() -> None:
    _renew(["organization_id", "company_id", "month", "kind", "parent_id", "place"])


def downgrade() -> None:
    _renew(["organization_id", "company_id", "kind", "parent_id", "place"])


def _renew(columns: list[str]) -> None:
    op.drop_index(NAME, "content", schema="posthub")
    op.create_index(
        NAME,
        "content",
        columns,
        unique=True,
        schema="posthub",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("status NOT IN ('rejected', 'archived')"),
    )
