"""The media assistant has shows, requests and a library, and a switch per organisation.

Organisations that are there already get it switched off: it is rolled out to them in steps. New
ones have it. A request is worked off by a job of its own, so it is part of what makes a job one.
"""

from __future__ import annotations

from alembic import op

from resources.database.tenancy import policy_sql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_FLAGS = """
ALTER TABLE posthub.organization ADD COLUMN media_assistant boolean NOT NULL DEFAULT false;
ALTER TABLE posthub.organization ADD COLUMN media_auto_format boolean NOT NULL DEFAULT false;
ALTER TABLE posthub.organization ADD COLUMN media_ai_images boolean NOT NULL DEFAULT false;
ALTER TABLE posthub.organization ALTER COLUMN media_assistant SET DEFAULT true;
ALTER TABLE posthub.organization ALTER COLUMN media_auto_format SET DEFAULT true;
ALTER TABLE posthub.organization ALTER COLUMN media_ai_images SET DEFAULT true;
"""

_SHOWS = """
CREATE TABLE posthub.show (
  id uuid CONSTRAINT pk_show PRIMARY KEY,
  organization_id uuid NOT NULL
    CONSTRAINT fk_show_organization_id REFERENCES posthub.organization,
  company_id uuid NOT NULL CONSTRAINT fk_show_company_id REFERENCES posthub.company,
  title varchar NOT NULL,
  venue varchar NOT NULL DEFAULT '',
  address varchar NOT NULL DEFAULT '',
  dates jsonb NOT NULL DEFAULT '[]',
  price_from numeric(12, 2),
  price_to numeric(12, 2),
  currency varchar NOT NULL DEFAULT '',
  performers jsonb NOT NULL DEFAULT '[]',
  call_to_action varchar NOT NULL DEFAULT '',
  palette_content_id uuid CONSTRAINT fk_show_palette_content_id REFERENCES posthub.content,
  created_by uuid CONSTRAINT fk_show_created_by REFERENCES posthub.app_user,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT ck_show_price_range CHECK (price_to IS NULL OR price_from <= price_to));
CREATE INDEX ix_show_company ON posthub.show (organization_id, company_id, id);
"""

_REQUESTS = """
CREATE TABLE posthub.media_request (
  id uuid CONSTRAINT pk_media_request PRIMARY KEY,
  organization_id uuid NOT NULL
    CONSTRAINT fk_media_request_organization_id REFERENCES posthub.organization,
  company_id uuid NOT NULL CONSTRAINT fk_media_request_company_id REFERENCES posthub.company,
  month date NOT NULL,
  show_id uuid CONSTRAINT fk_media_request_show_id REFERENCES posthub.show,
  kind varchar NOT NULL,
  mode varchar NOT NULL,
  wish jsonb NOT NULL DEFAULT '{}',
  source_asset_id uuid,
  source_sha256 varchar,
  content_id uuid CONSTRAINT fk_media_request_content_id REFERENCES posthub.content,
  key_source varchar NOT NULL DEFAULT 'platform',
  estimate_usd numeric(18, 9),
  chosen_asset_id uuid,
  follows_id uuid CONSTRAINT fk_media_request_follows_id REFERENCES posthub.media_request,
  requested_by uuid CONSTRAINT fk_media_request_requested_by REFERENCES posthub.app_user,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ck_media_request_kind CHECK (kind IN ('auto_format', 'palette', 'image')),
  CONSTRAINT ck_media_request_mode CHECK (mode IN ('queued', 'sync', 'graph')));
CREATE INDEX ix_media_request_company ON posthub.media_request (organization_id, company_id, id);
CREATE INDEX ix_media_request_hourly ON posthub.media_request (requested_by, kind, created_at);
"""

_ASSETS = """
CREATE TABLE posthub.media_asset (
  id uuid CONSTRAINT pk_media_asset PRIMARY KEY,
  organization_id uuid NOT NULL
    CONSTRAINT fk_media_asset_organization_id REFERENCES posthub.organization,
  company_id uuid NOT NULL CONSTRAINT fk_media_asset_company_id REFERENCES posthub.company,
  show_id uuid CONSTRAINT fk_media_asset_show_id REFERENCES posthub.show,
  month date NOT NULL,
  sha256 varchar NOT NULL,
  kind varchar NOT NULL,
  format varchar NOT NULL DEFAULT '',
  variation integer NOT NULL DEFAULT 0,
  filename varchar NOT NULL DEFAULT '',
  media_type varchar NOT NULL,
  size_bytes integer NOT NULL,
  width_px integer NOT NULL,
  height_px integer NOT NULL,
  alt_text varchar NOT NULL DEFAULT '',
  is_ai boolean NOT NULL DEFAULT false,
  notes jsonb NOT NULL DEFAULT '[]',
  derived_from uuid CONSTRAINT fk_media_asset_derived_from REFERENCES posthub.media_asset,
  media_request_id uuid
    CONSTRAINT fk_media_asset_media_request_id REFERENCES posthub.media_request,
  generation_id uuid CONSTRAINT fk_media_asset_generation_id REFERENCES posthub.generation,
  prompt varchar NOT NULL DEFAULT '',
  prompt_version varchar NOT NULL DEFAULT '',
  provider varchar NOT NULL DEFAULT '',
  model varchar NOT NULL DEFAULT '',
  cost_usd numeric(18, 9) NOT NULL DEFAULT 0,
  created_by uuid CONSTRAINT fk_media_asset_created_by REFERENCES posthub.app_user,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT fk_media_asset_organization_id_sha256 FOREIGN KEY (organization_id, sha256)
    REFERENCES posthub.media (organization_id, sha256),
  CONSTRAINT ck_media_asset_kind
    CHECK (kind IN ('upload', 'formatted', 'generated', 'composed')));
CREATE INDEX ix_media_asset_company ON posthub.media_asset (organization_id, company_id, id);
CREATE INDEX ix_media_asset_derived_from ON posthub.media_asset (derived_from);
CREATE INDEX ix_media_asset_sha256 ON posthub.media_asset (organization_id, sha256);
CREATE INDEX ix_media_asset_unused ON posthub.media_asset (last_used_at)
  WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_media_asset_once
  ON posthub.media_asset (media_request_id, kind, format, variation)
  WHERE media_request_id IS NOT NULL;

ALTER TABLE posthub.media_request ADD CONSTRAINT fk_media_request_source_asset_id
  FOREIGN KEY (source_asset_id) REFERENCES posthub.media_asset;
ALTER TABLE posthub.media_request ADD CONSTRAINT fk_media_request_chosen_asset_id
  FOREIGN KEY (chosen_asset_id) REFERENCES posthub.media_asset;

CREATE TABLE posthub.media_favourite (
  organization_id uuid NOT NULL
    CONSTRAINT fk_media_favourite_organization_id REFERENCES posthub.organization,
  user_id uuid NOT NULL CONSTRAINT fk_media_favourite_user_id REFERENCES posthub.app_user,
  asset_id uuid NOT NULL CONSTRAINT fk_media_favourite_asset_id
    REFERENCES posthub.media_asset ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT pk_media_favourite PRIMARY KEY (user_id, asset_id));
CREATE INDEX ix_media_favourite_asset_id ON posthub.media_favourite (asset_id);
"""

_RIGHTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON posthub.show, posthub.media_request, posthub.media_asset,
  posthub.media_favourite TO posthub_api, posthub_factory;
"""

_HIDE = """
CREATE POLICY of_living_companies ON posthub.{table} AS RESTRICTIVE FOR ALL TO posthub_api
  USING (current_setting('posthub.erasing', true) = 'on' OR company_id NOT IN (
    SELECT c.id FROM posthub.company c WHERE c.deleted_at IS NOT NULL));
CREATE TRIGGER not_of_the_erased BEFORE INSERT ON posthub.{table}
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_erased();
"""

_JOBS = """
ALTER TABLE posthub.job ADD COLUMN media_request_id uuid
  CONSTRAINT fk_job_media_request_id REFERENCES posthub.media_request;
ALTER TABLE posthub.job DROP CONSTRAINT uq_job_once;
ALTER TABLE posthub.job ADD CONSTRAINT uq_job_once UNIQUE NULLS NOT DISTINCT
  (organization_id, kind, company_id, month, content_id, source_version_id, round,
   media_request_id);
CREATE INDEX ix_job_media_request_id ON posthub.job (media_request_id)
  WHERE media_request_id IS NOT NULL;
"""

_BACK = """
DELETE FROM posthub.job WHERE media_request_id IS NOT NULL;
ALTER TABLE posthub.job DROP CONSTRAINT uq_job_once;
ALTER TABLE posthub.job DROP COLUMN media_request_id;
ALTER TABLE posthub.job ADD CONSTRAINT uq_job_once UNIQUE NULLS NOT DISTINCT
  (organization_id, kind, company_id, month, content_id, source_version_id, round);
ALTER TABLE posthub.media_request DROP CONSTRAINT fk_media_request_source_asset_id;
ALTER TABLE posthub.media_request DROP CONSTRAINT fk_media_request_chosen_asset_id;
DROP TABLE posthub.media_favourite;
DROP TABLE posthub.media_asset;
DROP TABLE posthub.media_request;
DROP TABLE posthub.show;
ALTER TABLE posthub.organization DROP COLUMN media_assistant;
ALTER TABLE posthub.organization DROP COLUMN media_auto_format;
ALTER TABLE posthub.organization DROP COLUMN media_ai_images;
"""


def upgrade() -> None:
    for part in (_FLAGS, _SHOWS, _REQUESTS, _ASSETS, _RIGHTS, _JOBS):
        op.execute(part)
    for table in ("show", "media_request", "media_asset", "media_favourite"):
        op.execute(policy_sql(table))
    for table in ("show", "media_request", "media_asset"):
        op.execute(_HIDE.format(table=table))


def downgrade() -> None:
    op.execute(_BACK)
