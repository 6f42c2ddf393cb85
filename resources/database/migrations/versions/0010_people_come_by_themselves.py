"""People come by themselves: a token of an invitation is looked up before anybody is signed in."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_UP = """
ALTER TABLE posthub.invitation ADD COLUMN revoked_at timestamptz;

CREATE FUNCTION posthub.invitation_of(given_hash text)
RETURNS TABLE (id uuid, organization_id uuid, email varchar, role varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT i.id, i.organization_id, i.email, i.role FROM posthub.invitation i
  JOIN posthub.organization o ON o.id = i.organization_id AND o.deleted_at IS NULL
  WHERE i.token_hash = given_hash AND i.accepted_at IS NULL AND i.revoked_at IS NULL
    AND i.expires_at > now()
$$;
REVOKE EXECUTE ON FUNCTION posthub.invitation_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.invitation_of(text) TO posthub_api;
"""

_DOWN = """
DROP FUNCTION posthub.invitation_of(text);
ALTER TABLE posthub.invitation DROP COLUMN revoked_at;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
