"""How much a person may ask of the media assistant in an hour, counted for all workers together.

What was asked stands in `media_request`, so that is what is counted; nothing else has to be kept
right. A lock for each person and kind, held until the asking transaction ends, makes the count
exact however many ask at once. It counts across a person's organisations, and what was asked for
companies that are gone by now, so it may not depend on what the asker sees.
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_UP = """
-- Gives how many of a kind a person has asked for on the platform's keys within an hour, and when
-- so many of them are an hour old that the wanted ones have room; null where they have it now.
CREATE FUNCTION posthub.media_requests_left(given_user uuid, given_kind text, wanted integer,
  quota integer)
RETURNS TABLE (taken bigint, free_in_s double precision)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('media ' || given_kind || ' ' || given_user, 0));
  RETURN QUERY
  WITH asked AS (
    SELECT r.created_at, row_number() OVER (ORDER BY r.created_at, r.id) AS place,
      count(*) OVER () AS taken
    FROM posthub.media_request r
    WHERE r.requested_by = given_user AND r.kind = given_kind AND r.mode IN ('queued', 'sync')
      AND r.key_source = 'platform' AND r.created_at > clock_timestamp() - interval '1 hour')
  SELECT (SELECT count(*) FROM asked),
    (SELECT extract(epoch FROM a.created_at + interval '1 hour' - clock_timestamp())
     FROM asked a WHERE a.place = a.taken + wanted - quota)::double precision;
END $$;
REVOKE EXECUTE ON FUNCTION posthub.media_requests_left(uuid, text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.media_requests_left(uuid, text, integer, integer)
  TO posthub_api;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute("DROP FUNCTION posthub.media_requests_left(uuid, text, integer, integer)")
