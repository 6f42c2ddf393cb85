"""The audit trail is read in order, the newest first, across organisations too.

An administrator's export is read part by part; without this index each part would sort the whole
trail.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_audit_at_id ON posthub.audit (at, id)")


def downgrade() -> None:
    op.execute("DROP INDEX posthub.ix_audit_at_id")
