"""Providers and their keys are administered; the factory may use the platform's, one at a time.

The factory works in one organisation per transaction, so the platform's rows are hidden from it.
Three functions open a door to what it needs and to nothing else.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UP = """
ALTER TABLE posthub.provider_key
  ADD COLUMN expires_on date,
  ADD COLUMN last_used_at timestamptz,
  ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN created_by uuid CONSTRAINT fk_provider_key_created_by REFERENCES posthub.app_user;

CREATE FUNCTION posthub.platform_key(given text)
RETURNS TABLE (id uuid, ciphertext bytea, last_four varchar, expires_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT k.id, k.ciphertext, k.last_four, k.expires_on FROM posthub.provider_key k
  WHERE k.organization_id IS NULL AND k.provider = given
$$;

CREATE FUNCTION posthub.platform_providers()
RETURNS TABLE (provider varchar, is_enabled boolean, settings jsonb, has_key boolean,
  expires_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT coalesce(s.provider, k.provider), coalesce(s.is_enabled, true),
    coalesce(s.settings, '{}'), k.id IS NOT NULL, k.expires_on
  FROM (SELECT * FROM posthub.provider_setting WHERE organization_id IS NULL) s
  FULL JOIN (SELECT * FROM posthub.provider_key WHERE organization_id IS NULL) k
    ON k.provider = s.provider
$$;

CREATE FUNCTION posthub.platform_key_used(key uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  UPDATE posthub.provider_key SET last_used_at = now() WHERE id = key AND organization_id IS NULL
$$;

-- Every access is in the audit trail; ten failures within an hour are told once in that hour.
CREATE FUNCTION posthub.too_many_key_failures(organization uuid, given text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT count(*) FILTER (WHERE a.action = 'provider_key.refused') >= 10
     AND count(*) FILTER (WHERE a.action = 'provider_key.unusual_access') = 0
  FROM posthub.audit a
  WHERE a.organization_id IS NOT DISTINCT FROM organization AND a.subject_kind = 'provider_key'
    AND a.subject_id = given AND a.at > now() - interval '1 hour'
$$;

REVOKE EXECUTE ON FUNCTION posthub.platform_key(text), posthub.platform_providers(),
  posthub.platform_key_used(uuid), posthub.too_many_key_failures(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.platform_key(text), posthub.platform_providers(),
  posthub.platform_key_used(uuid) TO posthub_factory;
GRANT EXECUTE ON FUNCTION posthub.too_many_key_failures(uuid, text)
  TO posthub_factory, posthub_api;
"""

_DOWN = """
DROP FUNCTION posthub.too_many_key_failures(uuid, text);
DROP FUNCTION posthub.platform_key_used(uuid);
DROP FUNCTION posthub.platform_providers();
DROP FUNCTION posthub.platform_key(text);
ALTER TABLE posthub.provider_key DROP COLUMN expires_on, DROP COLUMN last_used_at,
  DROP COLUMN updated_at, DROP COLUMN created_by;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
