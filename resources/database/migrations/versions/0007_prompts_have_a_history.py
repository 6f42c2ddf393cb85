"""Prompts have a history: immutable versions, labels with a way back, one experiment at a time.

A label and an experiment name versions of their own prompt and organisation only. That is a
trigger, because a foreign key would not compare an organisation that is null.
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_UP = """
ALTER TABLE posthub.prompt_version
  DROP COLUMN output_schema,
  ADD COLUMN output varchar NOT NULL DEFAULT 'markdown',
  ADD COLUMN variables jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN stage varchar NOT NULL DEFAULT '',
  ADD COLUMN source varchar NOT NULL DEFAULT 'person',
  ADD COLUMN note varchar NOT NULL DEFAULT '',
  ADD CONSTRAINT ck_prompt_version_version CHECK (version >= 1),
  ADD CONSTRAINT ck_prompt_version_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT ck_prompt_version_source CHECK (source IN ('file', 'person'));
ALTER TABLE posthub.prompt_label ADD COLUMN trail jsonb NOT NULL DEFAULT '[]';
ALTER TABLE posthub.experiment
  ADD COLUMN started_by uuid CONSTRAINT fk_experiment_started_by REFERENCES posthub.app_user,
  ADD CONSTRAINT ck_experiment_share_percent CHECK (share_percent BETWEEN 1 AND 99);
CREATE UNIQUE INDEX uq_experiment_running
  ON posthub.experiment (organization_id, code, language) NULLS NOT DISTINCT
  WHERE stopped_at IS NULL;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.prompt_version
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON posthub.prompt_version
  FOR EACH STATEMENT EXECUTE FUNCTION posthub.refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON posthub.prompt_version FROM posthub_api, posthub_factory;

CREATE FUNCTION posthub.is_version_of(
  named uuid, organization uuid, its_code text, its_language text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM posthub.prompt_version v
    WHERE v.id = named AND v.organization_id IS NOT DISTINCT FROM organization
      AND v.code = its_code AND v.language = its_language)
$$;

CREATE FUNCTION posthub.require_own_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE versions uuid[];
BEGIN
  IF TG_TABLE_NAME = 'prompt_label' THEN
    versions := ARRAY[NEW.prompt_version_id];
  ELSE
    versions := ARRAY[NEW.control_id, NEW.candidate_id];
  END IF;
  IF NOT (SELECT bool_and(
      posthub.is_version_of(one, NEW.organization_id, NEW.code, NEW.language))
      FROM unnest(versions) AS one) THEN
    RAISE EXCEPTION '% names a version of another prompt', TG_TABLE_NAME
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

-- After the row, so that the policy is asked first.
CREATE TRIGGER own_version AFTER INSERT OR UPDATE ON posthub.prompt_label
  FOR EACH ROW EXECUTE FUNCTION posthub.require_own_version();
CREATE TRIGGER own_version AFTER INSERT OR UPDATE OF organization_id, code, language, control_id,
  candidate_id ON posthub.experiment
  FOR EACH ROW EXECUTE FUNCTION posthub.require_own_version();
"""

_DOWN = """
DROP TRIGGER own_version ON posthub.experiment;
DROP TRIGGER own_version ON posthub.prompt_label;
DROP FUNCTION posthub.require_own_version();
DROP FUNCTION posthub.is_version_of(uuid, uuid, text, text);
GRANT UPDATE, DELETE ON posthub.prompt_version TO posthub_api, posthub_factory;
DROP TRIGGER no_truncate ON posthub.prompt_version;
DROP TRIGGER append_only ON posthub.prompt_version;
DROP INDEX posthub.uq_experiment_running;
ALTER TABLE posthub.experiment
  DROP CONSTRAINT ck_experiment_share_percent, DROP COLUMN started_by;
ALTER TABLE posthub.prompt_label DROP COLUMN trail;
ALTER TABLE posthub.prompt_version
  DROP CONSTRAINT ck_prompt_version_source,
  DROP CONSTRAINT ck_prompt_version_sha256,
  DROP CONSTRAINT ck_prompt_version_version,
  DROP COLUMN note, DROP COLUMN source, DROP COLUMN stage, DROP COLUMN variables,
  DROP COLUMN output,
  ADD COLUMN output_schema jsonb NOT NULL DEFAULT '{}';
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
