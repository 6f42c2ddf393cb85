"""What is gone is not counted; a person is erased by themselves or by who administers them.

Search found items of deleted companies, which the reader then did not see: pages came out short,
and a short page is taken for the last one. And the function that erases a person believed whoever
called it: now it asks who acts, as the policies of people do.
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_SEARCH = """
CREATE OR REPLACE FUNCTION posthub.search_contents(given_organizations uuid[],
  given_words tsquery, given_any tsquery, given_company uuid, given_month date, given_kind text,
  given_status text, given_language text, after_place integer, after_id uuid, most integer)
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
      AND posthub.readable(e.organization_id){living}
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
"""
_LIVING = """
      AND e.company_id <> ALL (ARRAY(SELECT c.id FROM posthub.company c
        WHERE c.deleted_at IS NOT NULL AND c.organization_id = ANY (given_organizations)))"""

_ASKS_WHO = """
ALTER FUNCTION posthub.erase_person_record(uuid) RENAME TO erase_any_person_record;
REVOKE EXECUTE ON FUNCTION posthub.erase_any_person_record(uuid) FROM posthub_api;

CREATE FUNCTION posthub.erase_person_record(person uuid)
RETURNS TABLE (what text, erased bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF person IS DISTINCT FROM posthub.acting_user() AND NOT posthub.administers(person) THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT r.what, r.erased FROM posthub.erase_any_person_record(person) r;
END $$;
REVOKE EXECUTE ON FUNCTION posthub.erase_person_record(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.erase_person_record(uuid) TO posthub_api;
"""
_ASKS_NOBODY = """
DROP FUNCTION posthub.erase_person_record(uuid);
ALTER FUNCTION posthub.erase_any_person_record(uuid) RENAME TO erase_person_record;
GRANT EXECUTE ON FUNCTION posthub.erase_person_record(uuid) TO posthub_api;
"""


def upgrade() -> None:
    op.execute(_SEARCH.replace("{living}", _LIVING))
    op.execute(_ASKS_WHO)


def downgrade() -> None:
    op.execute(_ASKS_NOBODY)
    op.execute(_SEARCH.replace("{living}", ""))
