"""Tenancy in the database: policies, grants, triggers and definer functions, as SQL.

The first migration runs `INSTALL`. What does not belong here: table shapes (`models/`).

Two settings, both set with SET LOCAL in every transaction, decide what a query sees:
`posthub.organization_ids` (comma-separated, or `*`) is what may be read,
`posthub.organization_id` is the one organisation that may be written.
After SET LOCAL ends a setting is an empty string, not null, hence the nullif.
"""

from __future__ import annotations

TENANT_TABLES = (
    "membership",
    "api_token",
    "invitation",
    "company",
    "source_document",
    "marketing_event",
    "company_month",
    "content",
    "content_version",
    "check_result",
    "decision",
    "decision_origin",
    "comment",
    "media",
    "delivery",
    "job",
    "generation",
    "usage_limit",
    "budget",
    "reservation",
)
"""Every row belongs to one organisation."""

SHARED_TABLES = (
    "audit",
    "outbox",
    "prompt_version",
    "prompt_label",
    "experiment",
    "provider_setting",
    "provider_key",
)
"""A null organisation is the platform's row."""

LATER_TENANT_TABLES = (
    "vendor_batch",
    "webhook_endpoint",
    "notification_delivery",
    "reminder",
    "search_entry",
    "approval_link",
    "approval_link_item",
    "consent",
    "show",
    "media_request",
    "media_asset",
    "media_favourite",
)
"""Tenant tables of later migrations, which install their policies themselves."""

LATER_SHARED_TABLES = ("erasure",)
"""Likewise; a null organisation is the platform's row."""

READABLE_PLATFORM_ROWS = frozenset({"prompt_version", "prompt_label", "experiment"})
"""Of these, every organisation may read the platform's rows."""

WRITTEN_BY_ANYONE = frozenset({"audit", "outbox"})
"""Of these, a row of the platform may be added by anyone: a login belongs to no organisation."""

APPEND_ONLY = ("content_version", "check_result", "decision", "audit")

ROLES = ("posthub_api", "posthub_factory", "posthub_dagster")

FUNCTIONS = """
CREATE FUNCTION posthub.readable(organization uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(
    current_setting('posthub.organization_ids', true) = '*'
    OR organization = ANY (string_to_array(
         nullif(current_setting('posthub.organization_ids', true), ''), ',')::uuid[]),
    false)
$$;

CREATE FUNCTION posthub.writable(organization uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(
    organization = nullif(current_setting('posthub.organization_id', true), '')::uuid, false)
$$;

CREATE FUNCTION posthub.acting_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('posthub.user_id', true), '')::uuid
$$;

CREATE FUNCTION posthub.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION posthub.allow_erasure_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Erasure empties the body and keeps everything else, the hash above all.
  IF TG_OP = 'UPDATE' AND NEW.body IS NULL AND NEW.erased_at IS NOT NULL
     AND (to_jsonb(NEW) - 'body' - 'erased_at' - 'fingerprint')
       = (to_jsonb(OLD) - 'body' - 'erased_at' - 'fingerprint')
     AND current_setting('posthub.erasing', true) = 'on' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'posthub.content_version is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION posthub.require_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM posthub.decision d
    JOIN posthub.content_version v ON v.id = d.version_id
    WHERE d.id = NEW.decision_id AND d.action = 'approve' AND d.version_id = NEW.version_id
      AND d.content_id = NEW.content_id AND d.organization_id = NEW.organization_id
      AND d.sha256 = NEW.sha256 AND v.sha256 = NEW.sha256) THEN
    RAISE EXCEPTION 'no approval of version % with exactly this hash', NEW.version_id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""

# What must happen before an organisation is known. Each answers one question and no more.
DEFINER_FUNCTIONS = """
CREATE FUNCTION posthub.sign_in(given_email text)
RETURNS TABLE (id uuid, password_hash text, is_active boolean, is_admin boolean,
               failed_logins integer, locked_until timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT u.id, u.password_hash, u.is_active AND u.deleted_at IS NULL, u.is_admin,
         u.failed_logins, u.locked_until
  FROM posthub.app_user u WHERE u.email = lower(given_email)
$$;

CREATE FUNCTION posthub.sign_in_result(user_id uuid, ok boolean, lock_until timestamptz)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  UPDATE posthub.app_user u
  SET failed_logins = CASE WHEN ok THEN 0 ELSE u.failed_logins + 1 END,
      locked_until = CASE WHEN ok THEN NULL ELSE lock_until END
  WHERE u.id = user_id
$$;

CREATE FUNCTION posthub.person(user_id uuid)
RETURNS TABLE (id uuid, email text, name text, is_admin boolean, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT u.id, u.email, u.name, u.is_admin, u.is_active AND u.deleted_at IS NULL
  FROM posthub.app_user u WHERE u.id = user_id
$$;

CREATE FUNCTION posthub.memberships_of(member uuid)
RETURNS TABLE (organization_id uuid, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT m.organization_id, m.role FROM posthub.membership m
  JOIN posthub.organization o ON o.id = m.organization_id AND o.deleted_at IS NULL
  WHERE m.user_id = member
  UNION
  -- A manager sees what the own marketers see.
  SELECT m.organization_id, 'MANAGER' FROM posthub.membership m
  JOIN posthub.app_user u ON u.id = m.user_id AND u.manager_id = member
  WHERE m.role = 'MARKETER'
$$;

CREATE FUNCTION posthub.api_token_owner(given_hash text)
RETURNS TABLE (token_id uuid, user_id uuid, organization_id uuid, scopes jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT t.id, t.user_id, t.organization_id, t.scopes FROM posthub.api_token t
  WHERE t.token_hash = given_hash AND t.revoked_at IS NULL
    AND (t.expires_at IS NULL OR t.expires_at > now())
$$;

CREATE FUNCTION posthub.refresh_token_owner(given_hash text)
RETURNS TABLE (token_id uuid, family_id uuid, user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT t.id, t.family_id, f.user_id FROM posthub.refresh_token t
  JOIN posthub.refresh_family f ON f.id = t.family_id WHERE t.token_hash = given_hash
$$;

CREATE FUNCTION posthub.free_partition_key(wanted text, suffix text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT CASE WHEN EXISTS (SELECT 1 FROM posthub.company WHERE partition_key = wanted)
              THEN wanted || '-' || suffix ELSE wanted END
$$;

-- DNA is approved by itself where the organisation said so; the factory can approve nothing else.
CREATE FUNCTION posthub.approve_dna_automatically(version uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
DECLARE found record;
BEGIN
  SELECT v.*, i.id AS item INTO found FROM posthub.content_version v
  JOIN posthub.content i ON i.id = v.content_id AND i.kind = 'company_dna'
    AND i.status = 'in_review' AND i.current_version = v.number
  JOIN posthub.organization o ON o.id = v.organization_id AND o.dna_gate = 'automatic'
  WHERE v.id = version;
  IF found.id IS NULL OR NOT posthub.writable(found.organization_id) THEN RETURN false; END IF;
  INSERT INTO posthub.decision (id, organization_id, content_id, version_id, version_number, sha256,
    action, reason)
  VALUES (gen_random_uuid(), found.organization_id, found.content_id, version, found.number,
    found.sha256, 'approve', 'The organisation approves DNA automatically.');
  INSERT INTO posthub.audit (id, organization_id, actor_kind, action, subject_kind, subject_id)
  VALUES (gen_random_uuid(), found.organization_id, 'system', 'content.approve', 'company_dna',
    found.content_id::text);
  UPDATE posthub.content SET status = 'approved', review_since = NULL, updated_at = now()
  WHERE id = found.item;
  INSERT INTO posthub.job (id, organization_id, company_id, asset, kind, content_id,
    source_version_id, time_limit_s)
  SELECT gen_random_uuid(), i.organization_id, i.company_id, 'personas', 'create_personas', i.id,
    version, 180 FROM posthub.content i WHERE i.id = found.item
  ON CONFLICT DO NOTHING;
  RETURN true;
END $$;

CREATE FUNCTION posthub.erase_version(version uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' SET posthub.erasing = 'on' AS $$
DECLARE organization uuid;
BEGIN
  SELECT organization_id INTO organization FROM posthub.content_version WHERE id = version;
  -- The caller must be allowed to write this organisation; the definer is allowed everything.
  IF organization IS NULL OR NOT posthub.writable(organization) THEN RETURN false; END IF;
  UPDATE posthub.content_version SET body = NULL, fingerprint = NULL, erased_at = now()
  WHERE id = version AND erased_at IS NULL;
  RETURN FOUND;
END $$;
"""

API_FUNCTIONS = (
    "sign_in(text)",
    "sign_in_result(uuid, boolean, timestamptz)",
    "person(uuid)",
    "memberships_of(uuid)",
    "api_token_owner(text)",
    "refresh_token_owner(text)",
    "free_partition_key(text, text)",
    "erase_version(uuid)",
)


def policy_sql(table: str) -> str:
    """Give the policies of one tenant table: read by list, write by the one organisation."""
    name = f"posthub.{table}"
    read = "posthub.readable(organization_id)"
    write = "posthub.writable(organization_id)"
    insert = write
    if table in (*SHARED_TABLES, *LATER_SHARED_TABLES):
        # The platform's own rows are an administrator's: whoever reads everything.
        every = "current_setting('posthub.organization_ids', true) = '*'"
        read = f"(CASE WHEN organization_id IS NULL THEN {every} ELSE {read} END)"
        write = f"(CASE WHEN organization_id IS NULL THEN {every} ELSE {write} END)"
        insert = write
    if table in READABLE_PLATFORM_ROWS:
        read = "(organization_id IS NULL OR posthub.readable(organization_id))"
    if table in WRITTEN_BY_ANYONE:
        insert = f"(organization_id IS NULL OR {insert})"
    return f"""
ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {name} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_read ON {name} FOR SELECT USING ({read});
CREATE POLICY tenant_insert ON {name} FOR INSERT WITH CHECK ({insert});
CREATE POLICY tenant_update ON {name} FOR UPDATE USING ({write}) WITH CHECK ({write});
CREATE POLICY tenant_delete ON {name} FOR DELETE USING ({write});
"""


IDENTITY_POLICIES = """
ALTER TABLE posthub.organization ENABLE ROW LEVEL SECURITY;
ALTER TABLE posthub.organization FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_read ON posthub.organization FOR SELECT USING (posthub.readable(id));
CREATE POLICY tenant_insert ON posthub.organization FOR INSERT WITH CHECK (posthub.writable(id));
CREATE POLICY tenant_update ON posthub.organization FOR UPDATE
  USING (posthub.writable(id)) WITH CHECK (posthub.writable(id));

ALTER TABLE posthub.app_user ENABLE ROW LEVEL SECURITY;
ALTER TABLE posthub.app_user FORCE ROW LEVEL SECURITY;
-- People are seen by themselves and by those who share an organisation with them.
CREATE POLICY person_read ON posthub.app_user FOR SELECT USING (
  id = posthub.acting_user()
  OR current_setting('posthub.organization_ids', true) = '*'
  OR EXISTS (SELECT 1 FROM posthub.membership m WHERE m.user_id = app_user.id));
CREATE POLICY person_insert ON posthub.app_user FOR INSERT WITH CHECK (
  posthub.acting_user() IS NOT NULL);
CREATE POLICY person_update ON posthub.app_user FOR UPDATE USING (
  id = posthub.acting_user() OR current_setting('posthub.organization_ids', true) = '*');

-- A session belongs to one person. The API names that person before it touches one.
ALTER TABLE posthub.refresh_family ENABLE ROW LEVEL SECURITY;
ALTER TABLE posthub.refresh_family FORCE ROW LEVEL SECURITY;
CREATE POLICY own_sessions ON posthub.refresh_family FOR ALL
  USING (user_id = posthub.acting_user()
         OR current_setting('posthub.organization_ids', true) = '*')
  WITH CHECK (user_id = posthub.acting_user());
ALTER TABLE posthub.refresh_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE posthub.refresh_token FORCE ROW LEVEL SECURITY;
CREATE POLICY own_sessions ON posthub.refresh_token FOR ALL
  USING (EXISTS (SELECT 1 FROM posthub.refresh_family f WHERE f.id = family_id))
  WITH CHECK (EXISTS (SELECT 1 FROM posthub.refresh_family f WHERE f.id = family_id));
ALTER TABLE posthub.idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE posthub.idempotency_key FORCE ROW LEVEL SECURITY;
CREATE POLICY own_keys ON posthub.idempotency_key FOR ALL
  USING (user_id = posthub.acting_user()) WITH CHECK (user_id = posthub.acting_user());
"""

# Jobs and the outbox are worked on across organisations; their content is not.
FACTORY_POLICIES = """
CREATE POLICY factory_works ON posthub.job FOR ALL TO posthub_factory
  USING (true) WITH CHECK (true);
CREATE POLICY factory_sends ON posthub.outbox FOR ALL TO posthub_factory
  USING (true) WITH CHECK (true);
"""

TRIGGERS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.content_version
  FOR EACH ROW EXECUTE FUNCTION posthub.allow_erasure_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.check_result
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.decision
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.audit
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON posthub.content_version
  FOR EACH STATEMENT EXECUTE FUNCTION posthub.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON posthub.check_result
  FOR EACH STATEMENT EXECUTE FUNCTION posthub.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON posthub.decision
  FOR EACH STATEMENT EXECUTE FUNCTION posthub.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON posthub.audit
  FOR EACH STATEMENT EXECUTE FUNCTION posthub.refuse_change();
CREATE TRIGGER approved_only BEFORE INSERT OR UPDATE ON posthub.delivery
  FOR EACH ROW EXECUTE FUNCTION posthub.require_approval();
"""


def grants_sql() -> str:
    """Give what each login role may do. Dagster's role sees nothing of the content."""
    append_only = ", ".join(f"posthub.{table}" for table in APPEND_ONLY)
    functions = ", ".join(f"posthub.{function}" for function in API_FUNCTIONS)
    return f"""
GRANT USAGE ON SCHEMA posthub TO posthub_api, posthub_factory;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA posthub
  TO posthub_api, posthub_factory;
REVOKE UPDATE, DELETE, TRUNCATE ON {append_only} FROM posthub_api, posthub_factory;
REVOKE INSERT, UPDATE, DELETE ON posthub.alembic_version FROM posthub_api, posthub_factory;
REVOKE ALL ON posthub.refresh_family, posthub.refresh_token, posthub.idempotency_key,
  posthub.api_token, posthub.invitation FROM posthub_factory;
REVOKE INSERT ON posthub.decision FROM posthub_factory;
REVOKE EXECUTE ON FUNCTION {functions} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {functions} TO posthub_api;
REVOKE EXECUTE ON FUNCTION posthub.approve_dna_automatically(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.approve_dna_automatically(uuid) TO posthub_factory;
"""


def install_sql() -> str:
    """Give all of the above in the order in which it can run."""
    policies = "".join(policy_sql(table) for table in (*TENANT_TABLES, *SHARED_TABLES))
    return (
        "".join(
            (FUNCTIONS, DEFINER_FUNCTIONS, policies, IDENTITY_POLICIES, FACTORY_POLICIES, TRIGGERS)
        )
        + grants_sql()
    )
