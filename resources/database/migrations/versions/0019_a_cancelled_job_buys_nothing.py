"""A cancelled job buys nothing more: the statement that begins a call asks for its job.

No question is added to a call; the look by the job's key is part of the same statement.
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_REFUSAL = """
  IF EXISTS (SELECT 1 FROM posthub.job j
             WHERE j.id = (entry->>'job_id')::uuid AND j.status = 'cancelled') THEN
    RAISE EXCEPTION 'the job was cancelled' USING ERRCODE = 'PH409';
  END IF;"""
_BEGIN_CALL = """
CREATE OR REPLACE FUNCTION posthub.begin_call(entry jsonb, reuse_for interval, reservation uuid,
  hold interval, asked_tokens bigint, asked_usd numeric, scopes jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE there jsonb; refusal jsonb;
BEGIN
  PERFORM posthub.act_for(entry->>'organization_id');{refusal}
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
"""


def upgrade() -> None:
    op.execute(_BEGIN_CALL.replace("{refusal}", _REFUSAL))


def downgrade() -> None:
    op.execute(_BEGIN_CALL.replace("{refusal}", ""))
