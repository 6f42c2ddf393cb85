"""Calls of all organisations are found by their time: for what a month cost with each provider.

BRIN, since rows come in the order of their time: it costs a write next to nothing.
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_generation_created_at ON posthub.generation USING brin (created_at)"
    )


def downgrade() -> None:
    op.execute("DROP INDEX posthub.ix_generation_created_at")
