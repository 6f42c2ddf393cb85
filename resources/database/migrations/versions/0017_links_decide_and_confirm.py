"""Items are decided by link, and e-mail addresses confirmed by one.

A decision by link names a version that the link covers, and each version once: the database says
so, whoever writes the decision. Everybody who is there counts as confirmed; only who registers by
themselves does not.
"""

from __future__ import annotations

from alembic import op

from resources.database.tenancy import policy_sql

revision = "0017"
down_revision = "0016"
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
CREATE INDEX ix_approval_link_expires_at ON posthub.approval_link (expires_at);
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

-- A reminder brings a link only where the organisation said so, to a member who is reminded, over
-- what waits; the factory can make no other.
CREATE FUNCTION posthub.make_reminder_link(
  link uuid, organization uuid, company uuid, member uuid, given_hash text, until timestamptz,
  items uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
DECLARE address varchar; covered integer;
BEGIN
  IF NOT posthub.writable(organization) OR until > now() + interval '30 days' THEN RETURN 0; END IF;
  SELECT u.email INTO address FROM posthub.organization o
  JOIN posthub.membership m ON m.organization_id = o.id AND m.user_id = member
    AND m.role IN ('SUPERVISOR', 'MARKETER')
  JOIN posthub.app_user u ON u.id = member AND u.is_active AND u.deleted_at IS NULL
  WHERE o.id = organization AND o.deleted_at IS NULL
    AND o.settings -> 'links_in_reminders' = 'true';
  IF address IS NULL THEN RETURN 0; END IF;
  INSERT INTO posthub.approval_link (id, organization_id, company_id, secret_hash, recipient,
    user_id, expires_at)
  VALUES (link, organization, company, given_hash, address, member, until);
  INSERT INTO posthub.approval_link_item (link_id, content_id, version, organization_id, position)
  SELECT link, c.id, c.current_version, organization, row_number() OVER (ORDER BY c.review_since, c.id)
  FROM posthub.content c
  WHERE c.organization_id = organization AND c.company_id = company AND c.id = ANY (items)
    AND c.status = 'in_review' AND c.kind <> 'persona'
  ORDER BY c.review_since, c.id LIMIT 100;
  GET DIAGNOSTICS covered = ROW_COUNT;
  IF covered = 0 THEN
    DELETE FROM posthub.approval_link WHERE id = link;
    RETURN 0;
  END IF;
  INSERT INTO posthub.audit (id, organization_id, actor_kind, action, subject_kind, subject_id, after)
  VALUES (gen_random_uuid(), organization, 'system', 'approval_link.create', 'approval_link',
    link::text, jsonb_build_object('user_id', member, 'items', covered, 'expires_at', until));
  RETURN covered;
END $$;
REVOKE EXECUTE ON FUNCTION posthub.make_reminder_link(uuid, uuid, uuid, uuid, text, timestamptz, uuid[])
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.make_reminder_link(uuid, uuid, uuid, uuid, text, timestamptz, uuid[])
  TO posthub_factory;
"""

_PRUNING = """
CREATE POLICY pruned_by_owner ON posthub.approval_link FOR ALL TO CURRENT_USER
  USING (expires_at < now() - interval '90 days');

-- By what was decided somebody may ask later who it was; a link by which nothing was goes.
CREATE FUNCTION posthub.prune_links(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
DECLARE deleted bigint;
BEGIN
  DELETE FROM posthub.approval_link WHERE id IN (
    SELECT l.id FROM posthub.approval_link l
    WHERE l.expires_at < now() - interval '90 days'
      AND NOT EXISTS (SELECT 1 FROM posthub.decision d WHERE d.link_id = l.id) LIMIT most);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END $$;
REVOKE EXECUTE ON FUNCTION posthub.prune_links(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.prune_links(integer) TO posthub_factory;
"""

_CONFIRMATIONS = """
ALTER TABLE posthub.app_user ADD COLUMN email_confirmed_at timestamptz DEFAULT now();
ALTER TABLE posthub.app_user ADD COLUMN confirmation_hash varchar;
ALTER TABLE posthub.app_user ADD COLUMN confirmation_until timestamptz;
ALTER TABLE posthub.app_user ADD COLUMN confirmation_asked_at timestamptz;
ALTER TABLE posthub.app_user ADD CONSTRAINT uq_app_user_confirmation_hash
  UNIQUE (confirmation_hash);

CREATE FUNCTION posthub.confirmation_of(given_hash text)
RETURNS TABLE (user_id uuid, email varchar, language varchar, is_confirmed boolean,
               is_expired boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT u.id, u.email, coalesce(
      (SELECT c.language FROM posthub.membership m
       JOIN posthub.company c ON c.organization_id = m.organization_id
       WHERE m.user_id = u.id ORDER BY c.id LIMIT 1), 'en'),
    u.email_confirmed_at IS NOT NULL, u.confirmation_until <= now()
  FROM posthub.app_user u
  WHERE u.confirmation_hash = given_hash AND u.is_active AND u.deleted_at IS NULL
$$;
REVOKE EXECUTE ON FUNCTION posthub.confirmation_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.confirmation_of(text) TO posthub_api;
"""

_DOWN = """
DROP FUNCTION posthub.confirmation_of(text);
ALTER TABLE posthub.app_user DROP COLUMN confirmation_asked_at;
ALTER TABLE posthub.app_user DROP COLUMN confirmation_until;
ALTER TABLE posthub.app_user DROP COLUMN confirmation_hash;
ALTER TABLE posthub.app_user DROP COLUMN email_confirmed_at;
DROP FUNCTION posthub.prune_links(integer);
DROP FUNCTION posthub.make_reminder_link(uuid, uuid, uuid, uuid, text, timestamptz, uuid[]);
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
    op.execute(_PRUNING)
    op.execute(_CONFIRMATIONS)


def downgrade() -> None:
    op.execute(_DOWN)
