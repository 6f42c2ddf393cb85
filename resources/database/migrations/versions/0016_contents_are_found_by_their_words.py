"""Contents are found by their words: an entry for each item, written with its version.

Lists of contents get indexes in the order of their pages.

PostgreSQL does not use an index for `@@` under a policy, since the operator might tell of rows that
are not one's own. So the question is asked in a function of the owner, who may read the entries,
which gives identifiers of what the caller may read and nothing else.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from posthub_assets.domain.searching.lexemes import entry_of
from posthub_assets.domain.searching.texts import searched
from resources.database.tenancy import policy_sql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BATCH = 200
"""Versions that are read at once; a blog post has some 20 kB."""

_TABLE = """
CREATE TABLE posthub.search_entry (
  organization_id uuid NOT NULL
    CONSTRAINT fk_search_entry_organization_id REFERENCES posthub.organization,
  content_id uuid NOT NULL
    CONSTRAINT fk_search_entry_content_id REFERENCES posthub.content ON DELETE CASCADE,
  version_id uuid NOT NULL
    CONSTRAINT fk_search_entry_version_id REFERENCES posthub.content_version ON DELETE CASCADE,
  company_id uuid NOT NULL CONSTRAINT fk_search_entry_company_id REFERENCES posthub.company,
  kind varchar NOT NULL,
  language varchar NOT NULL,
  month date,
  title_words tsvector NOT NULL,
  words tsvector NOT NULL,
  CONSTRAINT pk_search_entry PRIMARY KEY (organization_id, content_id))
WITH (toast_tuple_target = 512);
-- The words of a whole text are looked at for phrases only: apart from the row, which stays small.
ALTER TABLE posthub.search_entry ALTER COLUMN title_words SET STORAGE MAIN;
"""

_NEXT = sa.text(
    """
    SELECT i.id, i.organization_id, i.company_id, i.kind, i.language, i.month,
        v.id AS version_id, v.body
    FROM posthub.content i JOIN posthub.content_version v
        ON v.organization_id = i.organization_id AND v.content_id = i.id
            AND v.number = i.current_version
    WHERE (CAST(:after AS uuid) IS NULL OR i.id > :after)
    ORDER BY i.id LIMIT :batch
    """
)
_ADD = sa.text(
    """
    INSERT INTO posthub.search_entry (organization_id, content_id, version_id, company_id, kind,
        language, month, title_words, words)
    VALUES (:organization_id, :id, :version_id, :company_id, :kind, :language, :month,
        CAST(:title_words AS tsvector), CAST(:words AS tsvector))
    """
)

_REST = """
CREATE INDEX ix_search_entry_words ON posthub.search_entry USING gin (words);
ANALYZE posthub.search_entry;
GRANT SELECT, INSERT, UPDATE, DELETE ON posthub.search_entry TO posthub_api, posthub_factory;
-- The owner, as whom the function runs, is bound by no other policy here: one that is always true
-- leaves the index of words usable. What the caller may read is in the function.
CREATE POLICY searched_by_owner ON posthub.search_entry FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION posthub.search_contents(given_organizations uuid[], given_words tsquery,
  given_any tsquery, given_company uuid, given_month date, given_kind text, given_status text,
  given_language text, after_place integer, after_id uuid, most integer)
RETURNS TABLE (content_id uuid, place integer, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH found AS MATERIALIZED (
    SELECT e.content_id AS id, CASE WHEN e.title_words @@ given_words THEN 2
      WHEN e.title_words @@ given_any THEN 1 ELSE 0 END AS place
    FROM posthub.search_entry e
    WHERE e.words @@ given_words AND e.organization_id = ANY (given_organizations)
      AND posthub.readable(e.organization_id)
      AND (given_company IS NULL OR e.company_id = given_company)
      AND (given_month IS NULL OR e.month = given_month)
      AND (given_kind IS NULL OR e.kind = given_kind)
      AND (given_language IS NULL OR e.language = given_language)
      AND (given_status IS NULL OR EXISTS (SELECT 1 FROM posthub.content i
        WHERE i.id = e.content_id AND i.status = given_status)))
  SELECT f.id, f.place, (SELECT count(*) FROM found) FROM found f
  WHERE after_place IS NULL OR (f.place, f.id) < (after_place, after_id)
  ORDER BY f.place DESC, f.id DESC LIMIT most;
END $$;
REVOKE EXECUTE ON FUNCTION posthub.search_contents(uuid[], tsquery, tsquery, uuid, date, text, text,
  text, integer, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.search_contents(uuid[], tsquery, tsquery, uuid, date, text, text,
  text, integer, uuid, integer) TO posthub_api;

-- Whoever empties a version empties what is found of it.
CREATE FUNCTION posthub.forget_words() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE posthub.search_entry SET title_words = '', words = ''
  WHERE organization_id = NEW.organization_id AND content_id = NEW.content_id
    AND version_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_words AFTER UPDATE OF body ON posthub.content_version FOR EACH ROW
  WHEN (NEW.body IS NULL AND OLD.body IS NOT NULL) EXECUTE FUNCTION posthub.forget_words();
"""

_LISTS = """
CREATE INDEX ix_content_listed ON posthub.content (organization_id, id);
CREATE INDEX ix_content_by_status ON posthub.content (organization_id, status, id);
CREATE INDEX ix_content_by_kind ON posthub.content (organization_id, kind, id);
"""

_DOWN = """
DROP INDEX posthub.ix_content_by_kind;
DROP INDEX posthub.ix_content_by_status;
DROP INDEX posthub.ix_content_listed;
DROP TRIGGER forget_words ON posthub.content_version;
DROP FUNCTION posthub.forget_words();
DROP FUNCTION posthub.search_contents(uuid[], tsquery, tsquery, uuid, date, text, text, text,
  integer, uuid, integer);
DROP TABLE posthub.search_entry;
"""


def upgrade() -> None:
    op.execute(_TABLE)
    fill(op.get_bind())
    op.execute(policy_sql("search_entry"))
    op.execute(_REST)
    op.execute(_LISTS)


def downgrade() -> None:
    op.execute(_DOWN)


def fill(connection: sa.Connection, batch: int = BATCH) -> None:
    """Write the entries of all items that have a version: in batches, before policies bind."""
    before = connection.execute(
        sa.text("SELECT current_setting('posthub.organization_ids', true)")
    ).scalar_one()
    see = sa.text("SELECT set_config('posthub.organization_ids', :seen, true)")
    connection.execute(see, {"seen": "*"})
    after: UUID | None = None
    while rows := connection.execute(_NEXT, {"after": after, "batch": batch}).all():
        connection.execute(_ADD, [_entry(row) for row in rows])
        after = rows[-1].id
    connection.execute(see, {"seen": before or ""})


def _entry(row: Any) -> dict[str, Any]:
    text = searched(row.body)
    entry = entry_of(row.organization_id, row.language, text.title, text.text)
    values = {name: value for name, value in row._mapping.items() if name != "body"}
    return {**values, "title_words": entry.title, "words": entry.all}
