"""Expired keys, sessions that are over and messages that were delivered can be deleted.

One function does it, a batch at a time: the factory's role may call it and may still not read
sessions or keys. The owner, as whom it runs, is let at such rows only.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UP = """
CREATE POLICY pruned_by_owner ON posthub.idempotency_key FOR ALL TO CURRENT_USER
  USING (expires_at < now());
CREATE POLICY pruned_by_owner ON posthub.outbox FOR ALL TO CURRENT_USER
  USING (delivered_at IS NOT NULL);

CREATE FUNCTION posthub.prune(most integer)
RETURNS TABLE (what text, deleted bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
BEGIN
  what := 'idempotency keys';
  DELETE FROM posthub.idempotency_key WHERE (user_id, key) IN (
    SELECT k.user_id, k.key FROM posthub.idempotency_key k WHERE k.expires_at < now() LIMIT most);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN NEXT;

  what := 'delivered messages';
  DELETE FROM posthub.outbox WHERE id IN (
    SELECT o.id FROM posthub.outbox o
    WHERE o.delivered_at < now() - interval '30 days' LIMIT most);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN NEXT;

  -- An expired token is refused for its age, so it is not needed to notice that it was used twice.
  what := 'refresh tokens';
  DELETE FROM posthub.refresh_token WHERE id IN (
    SELECT t.id FROM posthub.refresh_token t
    WHERE t.expires_at < now() - interval '1 day' LIMIT most);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN NEXT;

  what := 'sessions';
  DELETE FROM posthub.refresh_family WHERE id IN (
    SELECT f.id FROM posthub.refresh_family f
    WHERE f.created_at < now() - interval '1 day'
      AND NOT EXISTS (SELECT 1 FROM posthub.refresh_token t WHERE t.family_id = f.id) LIMIT most);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN NEXT;
END $$;
REVOKE EXECUTE ON FUNCTION posthub.prune(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.prune(integer) TO posthub_factory;
"""

_DOWN = """
DROP FUNCTION posthub.prune(integer);
DROP POLICY pruned_by_owner ON posthub.outbox;
DROP POLICY pruned_by_owner ON posthub.idempotency_key;
"""


def upgrade() -> None:
    op.execute(_UP)
    op.create_index(
        "ix_idempotency_key_expires_at", "idempotency_key", ["expires_at"], schema="posthub"
    )
    op.create_index(
        "ix_refresh_token_expires_at", "refresh_token", ["expires_at"], schema="posthub"
    )
    op.create_index(
        "ix_outbox_delivered_at",
        "outbox",
        ["delivered_at"],
        schema="posthub",
        postgresql_where="delivered_at IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_delivered_at", "outbox", schema="posthub")
    op.drop_index("ix_refresh_token_expires_at", "refresh_token", schema="posthub")
    op.drop_index("ix_idempotency_key_expires_at", "idempotency_key", schema="posthub")
    op.execute(_DOWN)
