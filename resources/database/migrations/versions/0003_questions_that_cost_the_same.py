"""An administrator's inbox and the mark of the companies cost the same however many there are"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_content_inbox_of_all",
        "content",
        ["review_since", "id"],
        unique=False,
        schema="posthub",
        postgresql_where=sa.text("status = 'in_review'"),
    )
    op.create_index(
        "ix_company_deleted_at",
        "company",
        ["deleted_at"],
        unique=False,
        schema="posthub",
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_company_deleted_at", "company", schema="posthub")
    op.drop_index("ix_content_inbox_of_all", "content", schema="posthub")
