"""Items are decided by link: a secret that stands for versions, and decisions that name it.

A decision by link names a version that the link covers, and each version once: the database says
so, whoever writes the decision.
"""

from __future__ import annotations

from alembic import op

from resources.database.tenancy import policy_sql

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE posthub.approval_link (
  id uuid CONSTRAINT pk_approval_link PRIMARY KEY,
  organization_id uuid NOT NULL
    CONSTRAINT fk_approval_link_organization_id REFERENCES posthub.organization,
  company_id uuid NOT NULL CONSTRAINT fk_approval_link_company_id REFERENCES posthub.company,
  secret_hash varchar NOT NULL,
  recipient varchar NOT NULL,
  user_id uuid CONSTRAINT fk_approval_link_user_id REFERENCES posthub.app_user,
  made_by uuid CONSTRAINT fk_approval_link_made_by REFERENCES posthub.app_user,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT uq_approval_link_secret_hash UNIQUE (secret_hash));
CREATE INDEX ix_approval_link_organization_id_id ON posthub.approval_link (organization_id, id);

CREATE TABLE posthub.approval_link_item (
  link_id uuid NOT NULL CONSTRAINT fk_approval_link_item_link_id
    REFERENCES posthub.approval_link ON DELETE CASCADE,
  content_id uuid NOT NULL
    CONSTRAINT fk_approval_link_item_content_id REFERENCES posthub.content,
  version integer NOT NULL,
  organization_id uuid NOT NULL
    CONSTRAINT fk_approval_link_item_organization_id REFERENCES posthub.organization,
  position integer NOT NULL,
  CONSTRAINT pk_approval_link_item PRIMARY KEY (link_id, content_id, version));
CREATE INDEX ix_approval_link_item_content_id ON posthub.approval_link_item (content_id);
"""

_REST = """
GRANT SELECT, INSERT, UPDATE ON posthub.approval_link TO posthub_api;
GRANT SELECT, INSERT ON posthub.approval_link_item TO posthub_api;
GRANT SELECT ON posthub.approval_link, posthub.approval_link_item TO posthub_factory;

ALTER TABLE posthub.decision ADD COLUMN link_id uuid;
ALTER TABLE posthub.decision ADD CONSTRAINT fk_decision_link_id_content_id_version_number
  FOREIGN KEY (link_id, content_id, version_number)
  REFERENCES posthub.approval_link_item (link_id, content_id, version);
ALTER TABLE posthub.decision ADD CONSTRAINT ck_decision_one_signer
  CHECK (decided_by IS NULL OR link_id IS NULL);
CREATE UNIQUE INDEX uq_decision_link_id_content_id ON posthub.decision (link_id, content_id)
  WHERE link_id IS NOT NULL;

CREATE FUNCTION posthub.approval_link_of(given_hash text)
RETURNS TABLE (id uuid, organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT l.id, l.organization_id FROM posthub.approval_link l
  JOIN posthub.organization o ON o.id = l.organization_id AND o.deleted_at IS NULL
  JOIN posthub.company c ON c.id = l.company_id AND c.deleted_at IS NULL
  WHERE l.secret_hash = given_hash
$$;
REVOKE EXECUTE ON FUNCTION posthub.approval_link_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.approval_link_of(text) TO posthub_api;
"""

_DOWN = """
DROP FUNCTION posthub.approval_link_of(text);
DROP INDEX posthub.uq_decision_link_id_content_id;
ALTER TABLE posthub.decision DROP CONSTRAINT ck_decision_one_signer;
ALTER TABLE posthub.decision DROP CONSTRAINT fk_decision_link_id_content_id_version_number;
ALTER TABLE posthub.decision DROP COLUMN link_id;
DROP TABLE posthub.approval_link_item;
DROP TABLE posthub.approval_link;
"""


def upgrade() -> None:
    op.execute(_TABLES)
    for table in ("approval_link", "approval_link_item"):
        op.execute(policy_sql(table))
    op.execute(_REST)


def downgrade() -> None:
    op.execute(_DOWN)
