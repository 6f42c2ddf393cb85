"""The API asks which provider would answer, to say no before work is asked for that cannot be paid.

The function names providers and their settings; keys are not in it.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT EXECUTE ON FUNCTION posthub.platform_providers() TO posthub_api")


def downgrade() -> None:
    op.execute("REVOKE EXECUTE ON FUNCTION posthub.platform_providers() FROM posthub_api")
