"""The journal keeps what a call consumed and under whose key; batches that a vendor holds.

Documents may also come from the company's website and from research.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from resources.database.tenancy import policy_sql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = """
ALTER TABLE posthub.generation
  ADD COLUMN month date,
  ADD COLUMN key_source varchar NOT NULL DEFAULT 'platform',
  ADD COLUMN attempt integer NOT NULL DEFAULT 0,
  ADD COLUMN image_input_tokens integer NOT NULL DEFAULT 0,
  ADD COLUMN cache_written_tokens integer NOT NULL DEFAULT 0,
  ADD COLUMN searches integer NOT NULL DEFAULT 0,
  ADD COLUMN price_source varchar NOT NULL DEFAULT '',
  ADD COLUMN redacted jsonb,
  ADD COLUMN experiment_id uuid,
  ADD COLUMN arm varchar NOT NULL DEFAULT '',
  ADD COLUMN batch_id uuid;
ALTER TABLE posthub.generation DROP CONSTRAINT ck_generation_status;
ALTER TABLE posthub.generation ADD CONSTRAINT ck_generation_status
  CHECK (status IN ('queued', 'started', 'completed', 'failed'));
ALTER TABLE posthub.source_document DROP CONSTRAINT ck_source_document_purpose;
ALTER TABLE posthub.source_document ADD CONSTRAINT ck_source_document_purpose
  CHECK (purpose IN ('document', 'published_post', 'website', 'research'));
ALTER TABLE posthub.source_document ADD COLUMN url varchar NOT NULL DEFAULT '';
"""

_ROLES = """
GRANT SELECT ON posthub.vendor_batch TO posthub_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON posthub.vendor_batch TO posthub_factory;

-- The owner, as whom the function runs, is let at old rows only; figures are never changed.
CREATE POLICY pruned_by_owner ON posthub.generation FOR ALL TO CURRENT_USER
  USING (created_at < now() - interval '1 hour') WITH CHECK (true);
CREATE FUNCTION posthub.prune_journal(days integer, most integer)
RETURNS TABLE (what text, deleted bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
BEGIN
  what := 'prompts and answers';
  UPDATE posthub.generation SET request = NULL, response = NULL, pruned_at = now()
  WHERE id IN (
    SELECT g.id FROM posthub.generation g
    WHERE g.pruned_at IS NULL AND g.status IN ('completed', 'failed')
      AND g.created_at < now() - make_interval(days => days) LIMIT most);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN NEXT;

  -- A call whose caller died: nobody will ever say what became of it.
  what := 'calls without an end';
  UPDATE posthub.generation SET status = 'failed', error_code = 'lost', completed_at = now(),
    error = 'The process that asked was stopped before the answer was written down.'
  WHERE id IN (
    SELECT g.id FROM posthub.generation g
    WHERE g.status = 'started' AND g.batch_id IS NULL
      AND g.created_at < now() - interval '1 hour' LIMIT most);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN NEXT;
END $$;
REVOKE EXECUTE ON FUNCTION posthub.prune_journal(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.prune_journal(integer, integer) TO posthub_factory;
"""

_DOWN = """
DROP FUNCTION posthub.prune_journal(integer, integer);
DROP POLICY pruned_by_owner ON posthub.generation;
ALTER TABLE posthub.source_document DROP COLUMN url;
DELETE FROM posthub.source_document WHERE purpose IN ('website', 'research');
ALTER TABLE posthub.source_document DROP CONSTRAINT ck_source_document_purpose;
ALTER TABLE posthub.source_document ADD CONSTRAINT ck_source_document_purpose
  CHECK (purpose IN ('document', 'published_post'));
UPDATE posthub.generation SET status = 'failed' WHERE status = 'queued';
ALTER TABLE posthub.generation DROP CONSTRAINT ck_generation_status;
ALTER TABLE posthub.generation ADD CONSTRAINT ck_generation_status
  CHECK (status IN ('started', 'completed', 'failed'));
ALTER TABLE posthub.generation DROP COLUMN month, DROP COLUMN key_source, DROP COLUMN attempt,
  DROP COLUMN image_input_tokens, DROP COLUMN cache_written_tokens, DROP COLUMN searches, DROP COLUMN price_source,
  DROP COLUMN redacted, DROP COLUMN experiment_id, DROP COLUMN arm, DROP COLUMN batch_id;
"""


def upgrade() -> None:
    op.execute(_COLUMNS)
    op.create_table(
        "vendor_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("key_source", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="submitting", nullable=False),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.Column("vendor_status", sa.String(), server_default="", nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "look_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('submitting', 'submitted', 'collected', 'failed')",
            name=op.f("ck_vendor_batch_status"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_vendor_batch_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_batch")),
        schema="posthub",
    )
    op.create_index(
        "ix_vendor_batch_open",
        "vendor_batch",
        ["look_at"],
        schema="posthub",
        postgresql_where="status IN ('submitting', 'submitted')",
    )
    op.create_foreign_key(
        op.f("fk_generation_batch_id"),
        "generation",
        "vendor_batch",
        ["batch_id"],
        ["id"],
        source_schema="posthub",
        referent_schema="posthub",
    )
    op.create_index(
        "ix_generation_month",
        "generation",
        ["organization_id", "company_id", "month"],
        schema="posthub",
    )
    op.create_index(
        "ix_generation_open",
        "generation",
        ["created_at"],
        schema="posthub",
        postgresql_where="status IN ('queued', 'started')",
    )
    op.execute(policy_sql("vendor_batch"))
    op.execute(_ROLES)


def downgrade() -> None:
    op.drop_index("ix_generation_open", "generation", schema="posthub")
    op.drop_index("ix_generation_month", "generation", schema="posthub")
    op.drop_constraint(op.f("fk_generation_batch_id"), "generation", schema="posthub")
    op.drop_table("vendor_batch", schema="posthub")
    op.execute(_DOWN)
