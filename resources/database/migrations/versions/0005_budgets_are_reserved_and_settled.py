"""Budgets are reserved before a call and settled after it, each in one statement.

Rows are locked in the order of the scopes: provider, organisation, company; month before day. All
three functions keep to it, so that two callers cannot wait for each other. They run with the
caller's rights: the policies decide whose rows they touch. A budget without an organisation is the
platform's own with a vendor; it holds counters only, and the factory may move them.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_UP = """
ALTER TABLE posthub.budget
  ALTER COLUMN organization_id DROP NOT NULL,
  ADD COLUMN limit_requests bigint,
  ADD COLUMN limit_tokens bigint,
  ADD COLUMN limit_usd numeric(18, 9),
  ADD COLUMN alerted_percent integer NOT NULL DEFAULT 0;
CREATE POLICY platform_counters ON posthub.budget FOR ALL TO posthub_factory
  USING (organization_id IS NULL) WITH CHECK (organization_id IS NULL);

ALTER TABLE posthub.reservation
  DROP COLUMN budget_id,
  ADD COLUMN budget_ids jsonb NOT NULL,
  ADD COLUMN is_booked boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX uq_reservation_generation_id ON posthub.reservation (generation_id);
DROP INDEX posthub.ix_reservation_open;
CREATE INDEX ix_reservation_open ON posthub.reservation (organization_id, expires_at)
  WHERE settled_at IS NULL;

-- What the platform may spend with a provider in a month. Replaced when providers are administered.
CREATE FUNCTION posthub.provider_budget_usd(given text) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT (s.settings->>'monthly_budget_usd')::numeric FROM posthub.provider_setting s
  WHERE s.organization_id IS NULL AND s.provider = given
$$;
REVOKE EXECUTE ON FUNCTION posthub.provider_budget_usd(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.provider_budget_usd(text) TO posthub_factory, posthub_api;

CREATE FUNCTION posthub.release_expired(organization uuid) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE held record; one uuid; released integer := 0;
BEGIN
  FOR held IN SELECT * FROM posthub.reservation
    WHERE organization_id = organization AND settled_at IS NULL AND expires_at < clock_timestamp()
    ORDER BY expires_at LIMIT 500 FOR UPDATE SKIP LOCKED
  LOOP
    UPDATE posthub.reservation SET settled_at = clock_timestamp() WHERE id = held.id;
    FOR one IN SELECT value::uuid FROM jsonb_array_elements_text(held.budget_ids) LOOP
      UPDATE posthub.budget SET reserved_requests = reserved_requests - held.requests,
        reserved_tokens = reserved_tokens - held.tokens,
        reserved_usd = reserved_usd - held.cost_usd WHERE id = one;
    END LOOP;
    released := released + 1;
  END LOOP;
  RETURN released;
END $$;

-- Gives null where the budget was reserved, else the first limit that stands in the way.
CREATE FUNCTION posthub.reserve_budget(reservation uuid, generation uuid, organization uuid,
  hold interval, asked_tokens bigint, asked_usd numeric, scopes jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  scope jsonb; one uuid; ids jsonb := '[]'; at record;
  owner uuid; of_company uuid; of_provider text;
  most_requests bigint; most_tokens bigint; most_usd numeric;
BEGIN
  IF EXISTS (SELECT 1 FROM posthub.reservation WHERE organization_id = organization
             AND settled_at IS NULL AND expires_at < clock_timestamp()) THEN
    PERFORM posthub.release_expired(organization);
  END IF;
  FOR scope IN SELECT value || jsonb_build_object('number', ordinality - 1)
    FROM jsonb_array_elements(scopes) WITH ORDINALITY ORDER BY ordinality
  LOOP
    owner := CASE WHEN (scope->>'platform')::boolean THEN NULL ELSE organization END;
    of_company := (scope->>'company')::uuid;
    of_provider := scope->>'provider';
    most_requests := (scope->>'requests')::bigint;
    most_tokens := (scope->>'tokens')::bigint;
    most_usd := (scope->>'usd')::numeric;
    one := NULL;
    IF 1 <= coalesce(most_requests, 1) AND asked_tokens <= coalesce(most_tokens, asked_tokens)
       AND asked_usd <= coalesce(most_usd, asked_usd) THEN
      INSERT INTO posthub.budget AS b (id, organization_id, company_id, provider, period, starts_on,
        reserved_requests, reserved_tokens, reserved_usd, limit_requests, limit_tokens, limit_usd)
      VALUES (gen_random_uuid(), owner, of_company, of_provider, scope->>'period',
        (scope->>'starts_on')::date, 1, asked_tokens, asked_usd, most_requests, most_tokens,
        most_usd)
      ON CONFLICT (organization_id, company_id, provider, period, starts_on) DO UPDATE SET
        reserved_requests = b.reserved_requests + 1,
        reserved_tokens = b.reserved_tokens + asked_tokens,
        reserved_usd = b.reserved_usd + asked_usd,
        limit_requests = most_requests, limit_tokens = most_tokens, limit_usd = most_usd
      WHERE b.spent_requests + b.reserved_requests + 1
              <= coalesce(most_requests, b.spent_requests + b.reserved_requests + 1)
        AND b.spent_tokens + b.reserved_tokens + asked_tokens
              <= coalesce(most_tokens, b.spent_tokens + b.reserved_tokens + asked_tokens)
        AND b.spent_usd + b.reserved_usd + asked_usd
              <= coalesce(most_usd, b.spent_usd + b.reserved_usd + asked_usd)
      RETURNING b.id INTO one;
    END IF;
    IF one IS NULL THEN
      SELECT * INTO at FROM posthub.budget b
      WHERE b.organization_id IS NOT DISTINCT FROM owner AND b.period = scope->>'period'
        AND b.company_id IS NOT DISTINCT FROM of_company
        AND b.provider IS NOT DISTINCT FROM of_provider
        AND b.starts_on = (scope->>'starts_on')::date;
      RETURN scope || jsonb_build_object(
        'spent_requests', coalesce(at.spent_requests, 0),
        'reserved_requests', coalesce(at.reserved_requests, 0),
        'spent_tokens', coalesce(at.spent_tokens, 0),
        'reserved_tokens', coalesce(at.reserved_tokens, 0),
        'spent_usd', coalesce(at.spent_usd, 0)::text,
        'reserved_usd', coalesce(at.reserved_usd, 0)::text);
    END IF;
    ids := ids || to_jsonb(one::text);
  END LOOP;
  INSERT INTO posthub.reservation (id, organization_id, generation_id, budget_ids, requests, tokens,
    cost_usd, expires_at)
  VALUES (reservation, organization, generation, ids, 1, asked_tokens, asked_usd,
    clock_timestamp() + hold);
  RETURN NULL;
END $$;

-- Moves what was reserved to what was spent. False where nothing was reserved, or it is booked.
CREATE FUNCTION posthub.settle_budget(generation uuid, used_requests integer, used_tokens bigint,
  used_usd numeric) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE held record; one uuid; b record; percent integer; free boolean;
BEGIN
  SELECT * INTO held FROM posthub.reservation WHERE generation_id = generation FOR UPDATE;
  IF NOT FOUND OR held.is_booked THEN RETURN false; END IF;
  free := held.settled_at IS NOT NULL;  -- it expired: what was reserved is free already
  UPDATE posthub.reservation SET settled_at = coalesce(settled_at, clock_timestamp()),
    is_booked = true WHERE id = held.id;
  FOR one IN SELECT value::uuid FROM jsonb_array_elements_text(held.budget_ids) LOOP
    UPDATE posthub.budget SET
      reserved_requests = reserved_requests - CASE WHEN free THEN 0 ELSE held.requests END,
      reserved_tokens = reserved_tokens - CASE WHEN free THEN 0 ELSE held.tokens END,
      reserved_usd = reserved_usd - CASE WHEN free THEN 0 ELSE held.cost_usd END,
      spent_requests = spent_requests + used_requests,
      spent_tokens = spent_tokens + used_tokens, spent_usd = spent_usd + used_usd
    WHERE id = one RETURNING * INTO b;
    percent := floor(100 * greatest(b.spent_requests::numeric / nullif(b.limit_requests, 0),
      b.spent_tokens::numeric / nullif(b.limit_tokens, 0), b.spent_usd / nullif(b.limit_usd, 0), 0));
    percent := CASE WHEN percent >= 100 THEN 100 WHEN percent >= 80 THEN 80 ELSE 0 END;
    IF percent > b.alerted_percent THEN
      UPDATE posthub.budget SET alerted_percent = percent WHERE id = one;
      INSERT INTO posthub.outbox (id, organization_id, topic, payload)
      VALUES (gen_random_uuid(), b.organization_id, 'budget.alert', jsonb_build_object(
        'percent', percent, 'company_id', b.company_id, 'provider', b.provider,
        'period', b.period, 'starts_on', b.starts_on,
        'spent', jsonb_build_object('requests', b.spent_requests, 'tokens', b.spent_tokens,
                                    'usd', b.spent_usd::text),
        'limit', jsonb_build_object('requests', b.limit_requests, 'tokens', b.limit_tokens,
                                    'usd', b.limit_usd::text)));
      INSERT INTO posthub.audit (id, organization_id, actor_kind, action, subject_kind, subject_id,
        after)
      VALUES (gen_random_uuid(), b.organization_id, 'system', 'budget.alert', 'budget',
        one::text, jsonb_build_object('percent', percent));
    END IF;
  END LOOP;
  RETURN true;
END $$;
"""

_DOWN = """
DROP FUNCTION posthub.settle_budget(uuid, integer, bigint, numeric);
DROP FUNCTION posthub.reserve_budget(uuid, uuid, uuid, interval, bigint, numeric, jsonb);
DROP FUNCTION posthub.release_expired(uuid);
DROP FUNCTION posthub.provider_budget_usd(text);
DELETE FROM posthub.reservation;
DROP INDEX posthub.ix_reservation_open;
DROP INDEX posthub.uq_reservation_generation_id;
ALTER TABLE posthub.reservation DROP COLUMN budget_ids, DROP COLUMN is_booked,
  ADD COLUMN budget_id uuid NOT NULL CONSTRAINT fk_reservation_budget_id REFERENCES posthub.budget;
CREATE INDEX ix_reservation_open ON posthub.reservation (expires_at) WHERE settled_at IS NULL;
DROP POLICY platform_counters ON posthub.budget;
DELETE FROM posthub.budget WHERE organization_id IS NULL;
ALTER TABLE posthub.budget ALTER COLUMN organization_id SET NOT NULL,
  DROP COLUMN limit_requests, DROP COLUMN limit_tokens, DROP COLUMN limit_usd,
  DROP COLUMN alerted_percent;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
