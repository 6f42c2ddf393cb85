"""Requests are counted by the hour, for all workers together; the factory says that it lives.

A worker takes a handful of requests at once and gives them out by itself, so that counting costs
one statement for many requests, and a limit is never exceeded. The table is UNLOGGED: counts that
are lost with a crashed server are worth nothing.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_UP = """
CREATE UNLOGGED TABLE posthub.request_count (
  subject varchar NOT NULL,
  starts_at timestamptz NOT NULL,
  taken integer NOT NULL,
  granted integer NOT NULL,
  CONSTRAINT pk_request_count PRIMARY KEY (subject, starts_at)
);
CREATE INDEX ix_request_count_starts_at ON posthub.request_count (starts_at);

-- Gives how many of the wanted requests are granted, how many of the hour are taken now, and the
-- seconds to its end.
CREATE FUNCTION posthub.take_requests(given_subject text, wanted integer, quota integer)
RETURNS TABLE (granted integer, taken integer, resets_in_s double precision)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO posthub.request_count AS c (subject, starts_at, taken, granted)
  VALUES (given_subject, date_trunc('hour', now()), least(wanted, quota), least(wanted, quota))
  ON CONFLICT (subject, starts_at) DO UPDATE SET
    granted = greatest(0, least(quota, c.taken + wanted) - c.taken),
    taken = greatest(c.taken, least(quota, c.taken + wanted))
  RETURNING c.granted, c.taken,
    extract(epoch FROM c.starts_at + interval '1 hour' - now())::double precision
$$;
REVOKE EXECUTE ON FUNCTION posthub.take_requests(text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.take_requests(text, integer, integer) TO posthub_api;

CREATE FUNCTION posthub.forget_requests() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH gone AS (
    DELETE FROM posthub.request_count WHERE starts_at < now() - interval '2 hours' RETURNING 1)
  SELECT count(*) FROM gone
$$;
REVOKE EXECUTE ON FUNCTION posthub.forget_requests() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.forget_requests() TO posthub_factory;

CREATE TABLE posthub.heartbeat (
  name varchar NOT NULL CONSTRAINT pk_heartbeat PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON posthub.heartbeat TO posthub_factory;
GRANT SELECT ON posthub.heartbeat TO posthub_api;
"""

_DOWN = """
DROP TABLE posthub.heartbeat;
DROP FUNCTION posthub.forget_requests();
DROP FUNCTION posthub.take_requests(text, integer, integer);
DROP TABLE posthub.request_count;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
