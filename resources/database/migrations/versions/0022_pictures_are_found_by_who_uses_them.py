"""A company's upload is there once, and what uses a file or a picture is found at once.

Requests and pictures point at each other, so an archive that brings both checks them at its end.
Favourites are a person's: they go with the person.
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_INDEXES = """
CREATE UNIQUE INDEX uq_media_asset_upload
  ON posthub.media_asset (organization_id, company_id, sha256)
  WHERE kind = 'upload' AND deleted_at IS NULL;
CREATE INDEX ix_content_version_media_sha256
  ON posthub.content_version (organization_id, (body ->> 'media_sha256'))
  WHERE body ->> 'media_sha256' IS NOT NULL;
CREATE INDEX ix_content_version_media_sha256s
  ON posthub.content_version USING gin ((body -> 'media_sha256s'))
  WHERE body -> 'media_sha256s' IS NOT NULL;
CREATE INDEX ix_generation_media_sha256 ON posthub.generation (organization_id, media_sha256)
  WHERE media_sha256 IS NOT NULL;
CREATE INDEX ix_delivery_media_sha256 ON posthub.delivery (organization_id, media_sha256)
  WHERE media_sha256 IS NOT NULL;
CREATE INDEX ix_media_request_source_asset_id ON posthub.media_request (source_asset_id)
  WHERE source_asset_id IS NOT NULL;
CREATE INDEX ix_media_request_chosen_asset_id ON posthub.media_request (chosen_asset_id)
  WHERE chosen_asset_id IS NOT NULL;
CREATE INDEX ix_media_request_follows_id ON posthub.media_request (follows_id)
  WHERE follows_id IS NOT NULL;
"""

_CIRCLE = """
ALTER TABLE posthub.media_request ALTER CONSTRAINT fk_media_request_source_asset_id DEFERRABLE;
ALTER TABLE posthub.media_request ALTER CONSTRAINT fk_media_request_chosen_asset_id DEFERRABLE;
"""

_FAVOURITES = """
CREATE FUNCTION posthub.erase_person_favourites(person uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' SET posthub.erasing = 'on' AS $$
DECLARE erased bigint;
BEGIN
  DELETE FROM posthub.media_favourite f WHERE f.user_id = person;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN erased;
END $$;
REVOKE EXECUTE ON FUNCTION posthub.erase_person_favourites(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.erase_person_favourites(uuid) TO posthub_api;
CREATE POLICY erased_by_owner ON posthub.media_favourite FOR ALL TO CURRENT_USER
  USING (current_setting('posthub.erasing', true) = 'on')
  WITH CHECK (current_setting('posthub.erasing', true) = 'on');
"""

_BACK = """
DROP POLICY erased_by_owner ON posthub.media_favourite;
DROP FUNCTION posthub.erase_person_favourites(uuid);
ALTER TABLE posthub.media_request ALTER CONSTRAINT fk_media_request_source_asset_id NOT DEFERRABLE;
ALTER TABLE posthub.media_request ALTER CONSTRAINT fk_media_request_chosen_asset_id NOT DEFERRABLE;
DROP INDEX posthub.ix_media_request_follows_id;
DROP INDEX posthub.ix_media_request_chosen_asset_id;
DROP INDEX posthub.ix_media_request_source_asset_id;
DROP INDEX posthub.ix_delivery_media_sha256;
DROP INDEX posthub.ix_generation_media_sha256;
DROP INDEX posthub.ix_content_version_media_sha256s;
DROP INDEX posthub.ix_content_version_media_sha256;
DROP INDEX posthub.uq_media_asset_upload;
"""


def upgrade() -> None:
    for part in (_INDEXES, _CIRCLE, _FAVOURITES):
        op.execute(part)


def downgrade() -> None:
    op.execute(_BACK)
