"""What a company or a person said can be erased, with a receipt; consent is recorded.

Rows that are append-only lose their words and nothing else, through functions that the owner runs.
Nothing new is said about an erased company, whoever was at work when it was erased. The API sees
nothing of a deleted company; what it cost stays in the books.
"""

from __future__ import annotations

from alembic import op

from resources.database.tenancy import policy_sql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

HIDDEN_WITH_THEIR_COMPANY = (
    "content",
    "source_document",
    "marketing_event",
    "company_month",
    "job",
)

_TABLES = """
ALTER TABLE posthub.company ADD COLUMN erased_at timestamptz;

CREATE TABLE posthub.erasure (
  id uuid CONSTRAINT pk_erasure PRIMARY KEY,
  organization_id uuid CONSTRAINT fk_erasure_organization_id REFERENCES posthub.organization,
  subject_kind varchar NOT NULL,
  subject_id uuid NOT NULL,
  reason varchar NOT NULL,
  status varchar NOT NULL,
  asked_by uuid CONSTRAINT fk_erasure_asked_by REFERENCES posthub.app_user,
  asked_at timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz NOT NULL,
  erased_at timestamptz,
  completed_at timestamptz,
  restored_at timestamptz,
  counts jsonb NOT NULL DEFAULT '{}',
  media_files integer,
  dagster_rows jsonb,
  sha256 varchar,
  left_to_do jsonb,
  CONSTRAINT ck_erasure_subject_kind CHECK (subject_kind IN ('company', 'person')),
  CONSTRAINT ck_erasure_status
    CHECK (status IN ('scheduled', 'restored', 'pending', 'completed')),
  CONSTRAINT ck_erasure_reason CHECK (reason IN ('request', 'contract_ended', 'other')));
CREATE INDEX ix_erasure_organization_id ON posthub.erasure (organization_id, id);
CREATE INDEX ix_erasure_open ON posthub.erasure (due_at)
  WHERE status IN ('scheduled', 'pending');
CREATE UNIQUE INDEX uq_erasure_one_at_a_time ON posthub.erasure (subject_id)
  WHERE status IN ('scheduled', 'pending');

CREATE TABLE posthub.consent (
  id uuid CONSTRAINT pk_consent PRIMARY KEY,
  organization_id uuid NOT NULL
    CONSTRAINT fk_consent_organization_id REFERENCES posthub.organization,
  person_id uuid CONSTRAINT fk_consent_person_id REFERENCES posthub.app_user,
  contact varchar,
  purpose varchar NOT NULL,
  text_version varchar NOT NULL,
  given boolean NOT NULL,
  recorded_by uuid CONSTRAINT fk_consent_recorded_by REFERENCES posthub.app_user,
  at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ck_consent_whose CHECK (num_nonnulls(person_id, contact) = 1));
CREATE INDEX ix_consent_organization_id ON posthub.consent (organization_id, id);
CREATE INDEX ix_consent_person_id ON posthub.consent (person_id);
"""

# The owner runs the functions below; this lets it at what it is to erase, and nobody else.
_LET_IN = """
CREATE POLICY erased_by_owner ON posthub.{table} FOR ALL TO CURRENT_USER
  USING (current_setting('posthub.erasing', true) = 'on')
  WITH CHECK (current_setting('posthub.erasing', true) = 'on');
"""
ERASED_BY_OWNER = (
    "company",
    "app_user",
    "membership",
    "api_token",
    "invitation",
    "idempotency_key",
    "refresh_family",
    "refresh_token",
    "decision",
    "decision_origin",
    "check_result",
    "audit",
    "consent",
    "reminder",
    "notification_delivery",
    "approval_link",
)
_HIDE = """
CREATE POLICY of_living_companies ON posthub.{table} AS RESTRICTIVE FOR ALL TO posthub_api
  USING (current_setting('posthub.erasing', true) = 'on' OR company_id NOT IN (
    SELECT c.id FROM posthub.company c WHERE c.deleted_at IS NOT NULL));
"""

_TRIGGERS = """
-- Words go, everything else stays: who, when, what, over which bytes.
CREATE FUNCTION posthub.allow_wordless_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE words text[];
BEGIN
  words := CASE TG_TABLE_NAME
    WHEN 'decision' THEN ARRAY['reason', 'reason_codes', 'spans']
    WHEN 'check_result' THEN ARRAY['message', 'quote', 'measured', 'span_start', 'span_end']
    WHEN 'audit' THEN ARRAY['before', 'after', 'ip', 'subject_id']
    WHEN 'consent' THEN ARRAY['contact'] END;
  IF TG_OP = 'UPDATE' AND current_setting('posthub.erasing', true) = 'on'
     AND to_jsonb(NEW) - words = to_jsonb(OLD) - words THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER append_only ON posthub.decision;
DROP TRIGGER append_only ON posthub.check_result;
DROP TRIGGER append_only ON posthub.audit;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.decision
  FOR EACH ROW EXECUTE FUNCTION posthub.allow_wordless_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.check_result
  FOR EACH ROW EXECUTE FUNCTION posthub.allow_wordless_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.audit
  FOR EACH ROW EXECUTE FUNCTION posthub.allow_wordless_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.consent
  FOR EACH ROW EXECUTE FUNCTION posthub.allow_wordless_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON posthub.consent
  FOR EACH STATEMENT EXECUTE FUNCTION posthub.refuse_change();

-- Whoever was at work when a company was erased writes nothing more about it. The lock waits for
-- an erasure that is under way, which holds the company's row.
CREATE FUNCTION posthub.refuse_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' SET posthub.erasing = 'on' AS $$
DECLARE owner uuid; gone timestamptz;
BEGIN
  IF TG_TABLE_NAME IN ('content_version', 'comment') THEN
    SELECT company_id INTO owner FROM posthub.content WHERE id = NEW.content_id;
  ELSE
    owner := NEW.company_id;
  END IF;
  SELECT erased_at INTO gone FROM posthub.company WHERE id = owner FOR KEY SHARE;
  IF gone IS NULL THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' THEN
    -- A call that was on its way: what it cost is kept, what it said is not.
    NEW.request := NULL; NEW.response := NULL; NEW.error := NULL; NEW.pruned_at := now();
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'The company was erased; nothing more is written about it.'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER not_of_the_erased BEFORE INSERT ON posthub.content_version
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_erased();
CREATE TRIGGER not_of_the_erased BEFORE INSERT ON posthub.source_document
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_erased();
CREATE TRIGGER not_of_the_erased BEFORE INSERT ON posthub.comment
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_erased();
CREATE TRIGGER not_of_the_erased BEFORE INSERT ON posthub.generation
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_erased();
CREATE TRIGGER not_of_the_erased_answered BEFORE UPDATE OF response ON posthub.generation
  FOR EACH ROW WHEN (NEW.response IS NOT NULL OR NEW.error IS NOT NULL)
  EXECUTE FUNCTION posthub.refuse_erased();
"""

_FUNCTIONS = """
CREATE FUNCTION posthub.erase_company_record(company uuid)
RETURNS TABLE (what text, erased bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' SET posthub.erasing = 'on' AS $$
DECLARE organization uuid; things text[];
BEGIN
  SELECT c.organization_id INTO organization FROM posthub.company c WHERE c.id = company;
  -- The caller must be allowed to write this organisation; the definer is allowed everything.
  IF organization IS NULL OR NOT posthub.writable(organization) THEN RETURN; END IF;
  SELECT array_agg(s.id::text) INTO things FROM (
    SELECT company AS id
    UNION ALL SELECT i.id FROM posthub.content i WHERE i.company_id = company
    UNION ALL SELECT v.id FROM posthub.content_version v
      JOIN posthub.content i ON i.id = v.content_id WHERE i.company_id = company
    UNION ALL SELECT m.id FROM posthub.comment m
      JOIN posthub.content i ON i.id = m.content_id WHERE i.company_id = company
    UNION ALL SELECT j.id FROM posthub.job j WHERE j.company_id = company
    UNION ALL SELECT d.id FROM posthub.source_document d WHERE d.company_id = company
    UNION ALL SELECT e.id FROM posthub.marketing_event e WHERE e.company_id = company) s;

  what := 'content_version';
  UPDATE posthub.content_version v SET body = NULL, fingerprint = NULL, erased_at = now()
  FROM posthub.content i
  WHERE i.id = v.content_id AND i.company_id = company AND v.erased_at IS NULL;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'check_result';
  UPDATE posthub.check_result r
  SET message = '', quote = '', measured = '', span_start = NULL, span_end = NULL
  FROM posthub.content_version v JOIN posthub.content i ON i.id = v.content_id
  WHERE v.id = r.version_id AND i.company_id = company
    AND (r.message <> '' OR r.quote <> '' OR r.measured <> '' OR r.span_start IS NOT NULL);
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'decision';
  UPDATE posthub.decision d SET reason = '', reason_codes = '[]', spans = '[]'
  FROM posthub.content i
  WHERE i.id = d.content_id AND i.company_id = company
    AND (d.reason <> '' OR d.spans <> '[]' OR d.reason_codes <> '[]');
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'audit';
  UPDATE posthub.audit a SET before = NULL, after = NULL, ip = NULL,
    subject_id = split_part(a.subject_id, '/', 1)
  WHERE a.organization_id = organization AND split_part(a.subject_id, '/', 1) = ANY (things)
    AND (a.before IS NOT NULL OR a.after IS NOT NULL OR a.ip IS NOT NULL
         OR position('/' IN a.subject_id) > 0);
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  -- Kept answers say what the company's pages said. They are for a day, and for repeats only.
  what := 'idempotency_key';
  DELETE FROM posthub.idempotency_key k WHERE k.user_id IN (
    SELECT m.user_id FROM posthub.membership m WHERE m.organization_id = organization
    UNION SELECT u.manager_id FROM posthub.membership m JOIN posthub.app_user u ON u.id = m.user_id
      WHERE m.organization_id = organization AND u.manager_id IS NOT NULL
    UNION SELECT u.id FROM posthub.app_user u WHERE u.is_admin);
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'reminder';
  DELETE FROM posthub.reminder r USING posthub.content i
  WHERE i.id = r.content_id AND i.company_id = company;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'notification_delivery';
  UPDATE posthub.notification_delivery n SET error = NULL,
    status = CASE WHEN n.status = 'pending' THEN 'skipped' ELSE n.status END
  WHERE n.organization_id = organization AND (n.error IS NOT NULL OR n.status = 'pending')
    AND n.outbox_id IN (SELECT o.id FROM posthub.outbox o
      WHERE o.organization_id = organization AND (o.payload ->> 'company_id' = company::text
        OR o.payload ->> 'content_id' = ANY (things)));
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'vendor_batch';
  UPDATE posthub.vendor_batch b SET error = NULL
  WHERE b.error IS NOT NULL AND EXISTS (
    SELECT 1 FROM posthub.generation g WHERE g.batch_id = b.id AND g.company_id = company);
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;
END $$;

CREATE FUNCTION posthub.erase_person_record(person uuid)
RETURNS TABLE (what text, erased bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' SET posthub.erasing = 'on' AS $$
DECLARE address text; pseudonym text := 'erased-' || gen_random_uuid();
BEGIN
  SELECT u.email INTO address FROM posthub.app_user u WHERE u.id = person FOR UPDATE;
  IF address IS NULL OR address LIKE '%@erased.invalid' THEN RETURN; END IF;

  what := 'refresh_token';
  DELETE FROM posthub.refresh_token t USING posthub.refresh_family f
  WHERE f.id = t.family_id AND f.user_id = person;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'refresh_family';
  DELETE FROM posthub.refresh_family f WHERE f.user_id = person;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'api_token';
  DELETE FROM posthub.api_token t WHERE t.user_id = person;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'idempotency_key';
  DELETE FROM posthub.idempotency_key k WHERE k.user_id = person;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'decision_origin';
  DELETE FROM posthub.decision_origin g USING posthub.decision d
  WHERE d.id = g.decision_id AND d.decided_by = person;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'audit';
  UPDATE posthub.audit a SET ip = NULL,
    before = CASE WHEN a.subject_id = person::text THEN NULL ELSE a.before END,
    after = CASE WHEN a.subject_id = person::text THEN NULL ELSE a.after END,
    subject_id = CASE WHEN lower(a.subject_id) = address THEN person::text ELSE a.subject_id END
  WHERE a.actor_id = person OR a.subject_id = person::text OR lower(a.subject_id) = address;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'invitation';
  UPDATE posthub.invitation i SET email = 'erased-' || i.id || '@erased.invalid',
    revoked_at = CASE WHEN i.accepted_at IS NULL THEN coalesce(i.revoked_at, now())
                      ELSE i.revoked_at END
  WHERE i.accepted_by = person OR i.email = address;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'consent';
  UPDATE posthub.consent c SET contact = pseudonym WHERE c.contact = address;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'approval_link';
  UPDATE posthub.approval_link l SET recipient = '', revoked_at = coalesce(l.revoked_at, now())
  WHERE l.user_id = person OR lower(l.recipient) = address;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'reminder';
  DELETE FROM posthub.reminder r WHERE r.user_id = person;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'notification_delivery';
  UPDATE posthub.notification_delivery n SET error = NULL,
    status = CASE WHEN n.status = 'pending' THEN 'skipped' ELSE n.status END
  WHERE n.recipient = person AND (n.error IS NOT NULL OR n.status = 'pending');
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'membership';
  DELETE FROM posthub.membership m WHERE m.user_id = person;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'app_user';
  UPDATE posthub.app_user u SET manager_id = NULL WHERE u.manager_id = person;
  UPDATE posthub.app_user u SET name = 'Erased person', settings = '{}',
    confirmation_hash = NULL, confirmation_until = NULL,
    email = 'erased-' || u.id || '@erased.invalid', password_hash = NULL, is_active = false,
    is_admin = false, manager_id = NULL, failed_logins = 0, locked_until = NULL,
    deleted_at = coalesce(u.deleted_at, now())
  WHERE u.id = person;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;
END $$;

-- Somebody without an account, whose address an organisation holds.
CREATE FUNCTION posthub.erase_contact_record(organization uuid, address text)
RETURNS TABLE (what text, erased bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' SET posthub.erasing = 'on' AS $$
DECLARE pseudonym text := 'erased-' || gen_random_uuid();
BEGIN
  IF NOT posthub.writable(organization) THEN RETURN; END IF;
  what := 'consent';
  UPDATE posthub.consent c SET contact = pseudonym
  WHERE c.organization_id = organization AND c.contact = address;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'invitation';
  UPDATE posthub.invitation i SET email = 'erased-' || i.id || '@erased.invalid',
    revoked_at = CASE WHEN i.accepted_at IS NULL THEN coalesce(i.revoked_at, now())
                      ELSE i.revoked_at END
  WHERE i.organization_id = organization AND i.email = address;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;

  what := 'approval_link';
  UPDATE posthub.approval_link l SET recipient = '', revoked_at = coalesce(l.revoked_at, now())
  WHERE l.organization_id = organization AND lower(l.recipient) = address;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN NEXT;
END $$;
"""

_GRANTS = """
REVOKE EXECUTE ON FUNCTION posthub.erase_company_record(uuid),
  posthub.erase_person_record(uuid), posthub.erase_contact_record(uuid, text),
  posthub.refuse_erased() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.erase_company_record(uuid) TO posthub_api, posthub_factory;
GRANT EXECUTE ON FUNCTION posthub.erase_person_record(uuid),
  posthub.erase_contact_record(uuid, text) TO posthub_api;
GRANT SELECT, INSERT, UPDATE ON posthub.erasure TO posthub_api, posthub_factory;
GRANT SELECT, INSERT ON posthub.consent TO posthub_api;
GRANT UPDATE ON posthub.approval_link TO posthub_factory;
CREATE POLICY factory_completes ON posthub.erasure FOR ALL TO posthub_factory
  USING (true) WITH CHECK (true);
"""

_DOWN = """
DROP FUNCTION posthub.erase_contact_record(uuid, text);
DROP FUNCTION posthub.erase_person_record(uuid);
DROP FUNCTION posthub.erase_company_record(uuid);
DROP TRIGGER not_of_the_erased ON posthub.content_version;
DROP TRIGGER not_of_the_erased ON posthub.source_document;
DROP TRIGGER not_of_the_erased ON posthub.comment;
DROP TRIGGER not_of_the_erased ON posthub.generation;
DROP TRIGGER not_of_the_erased_answered ON posthub.generation;
DROP FUNCTION posthub.refuse_erased();
REVOKE UPDATE ON posthub.approval_link FROM posthub_factory;
DROP TABLE posthub.consent;
DROP TABLE posthub.erasure;
DROP TRIGGER append_only ON posthub.decision;
DROP TRIGGER append_only ON posthub.check_result;
DROP TRIGGER append_only ON posthub.audit;
DROP FUNCTION posthub.allow_wordless_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.decision
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.check_result
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON posthub.audit
  FOR EACH ROW EXECUTE FUNCTION posthub.refuse_change();
ALTER TABLE posthub.company DROP COLUMN erased_at;
"""


def upgrade() -> None:
    op.execute(_TABLES)
    for table in ("erasure", "consent"):
        op.execute(policy_sql(table))
    for table in ERASED_BY_OWNER:
        op.execute(_LET_IN.format(table=table))
    for table in HIDDEN_WITH_THEIR_COMPANY:
        op.execute(_HIDE.format(table=table))
    op.execute(_TRIGGERS)
    op.execute(_FUNCTIONS)
    op.execute(_GRANTS)


def downgrade() -> None:
    for table in HIDDEN_WITH_THEIR_COMPANY:
        op.execute(f"DROP POLICY of_living_companies ON posthub.{table}")
    for table in ERASED_BY_OWNER:
        if table != "consent":
            op.execute(f"DROP POLICY erased_by_owner ON posthub.{table}")
    op.execute(_DOWN)
