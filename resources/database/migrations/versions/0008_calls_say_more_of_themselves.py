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
-- A call's books in one statement each, and so in one round trip: the tenancy of the organisation
-- that asks, the answer that is there already, or the journal's row with its reservation. They run
-- with the caller's rights under the policies. A refused reservation is an error, so that nothing
-- of it is written; its detail names the limit.
CREATE FUNCTION posthub.act_for(organization text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('posthub.organization_ids', organization, true),
    set_config('posthub.organization_id', organization, true),
    set_config('posthub.user_id', '', true);
END $$;

CREATE FUNCTION posthub.begin_call(entry jsonb, reuse_for interval, reservation uuid, hold interval,
  asked_tokens bigint, asked_usd numeric, scopes jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE there jsonb; refusal jsonb;
BEGIN
  PERFORM posthub.act_for(entry->>'organization_id');
  SELECT to_jsonb(g) - 'request' || jsonb_build_object('cost_usd', g.cost_usd::text) INTO there
  FROM posthub.generation g
  WHERE g.organization_id = (entry->>'organization_id')::uuid
    AND g.company_id = (entry->>'company_id')::uuid AND g.request_hash = entry->>'request_hash'
    AND g.status = 'completed' AND g.pruned_at IS NULL
    AND (g.reuse_until IS NULL OR g.reuse_until > now())
  ORDER BY g.created_at LIMIT 1;
  IF FOUND THEN RETURN there; END IF;
  INSERT INTO posthub.generation (id, organization_id, company_id, job_id, month, kind, provider,
    model, prompt_version_id, request_hash, nonce, redaction_policy, redacted, status, request,
    key_source, attempt, experiment_id, arm, reuse_until)
  SELECT e.id, e.organization_id, e.company_id, e.job_id, e.month, e.kind, e.provider, e.model,
    e.prompt_version_id, e.request_hash, e.nonce, e.redaction_policy,
    nullif(e.redacted, 'null'::jsonb), e.status, e.request, e.key_source, e.attempt,
    e.experiment_id, e.arm, now() + reuse_for
  FROM jsonb_populate_record(NULL::posthub.generation, entry) e;
  IF scopes IS NOT NULL THEN
    refusal := posthub.reserve_budget(reservation, (entry->>'id')::uuid,
      (entry->>'organization_id')::uuid, hold, asked_tokens, asked_usd, scopes);
    IF refusal IS NOT NULL THEN
      RAISE EXCEPTION 'over budget' USING ERRCODE = 'PH402', DETAIL = refusal::text;
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION posthub.close_call(organization text, generation uuid, used jsonb,
  answer jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM posthub.act_for(organization);
  UPDATE posthub.generation g SET status = u.status, response = answer,
    media_sha256 = u.media_sha256, error_code = u.error_code, error = u.error,
    model = CASE WHEN u.model = '' THEN g.model ELSE u.model END,
    input_tokens = u.input_tokens, output_tokens = u.output_tokens,
    cached_tokens = u.cached_tokens, cache_written_tokens = u.cache_written_tokens,
    reasoning_tokens = u.reasoning_tokens, image_tokens = u.image_tokens,
    image_input_tokens = u.image_input_tokens, searches = u.searches, cost_usd = u.cost_usd,
    price_source = u.price_source, latency_ms = u.latency_ms, completed_at = now()
  FROM jsonb_populate_record(NULL::posthub.generation, used) u WHERE g.id = generation;
  PERFORM posthub.settle_budget(generation, 1,
    ((used->>'input_tokens')::bigint + (used->>'output_tokens')::bigint),
    (used->>'cost_usd')::numeric);
END $$;
REVOKE EXECUTE ON FUNCTION posthub.prune_journal(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.prune_journal(integer, integer) TO posthub_factory;
"""

_DOWN = """
DROP FUNCTION posthub.close_call(text, uuid, jsonb, jsonb);
DROP FUNCTION posthub.begin_call(jsonb, interval, uuid, interval, bigint, numeric, jsonb);
DROP FUNCTION posthub.act_for(text);
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
