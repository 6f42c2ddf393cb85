"""People and webhooks are told: endpoints, deliveries of the outbox, reminders.

What lay in the outbox before anybody delivered it is closed, so that nobody gets a year's mail.
A job that failed for good tells of it by a trigger, whoever ended it.
"""

from __future__ import annotations

from alembic import op

from resources.database.tenancy import policy_sql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE posthub.webhook_endpoint (
  id uuid CONSTRAINT pk_webhook_endpoint PRIMARY KEY,
  organization_id uuid NOT NULL
    CONSTRAINT fk_webhook_endpoint_organization_id REFERENCES posthub.organization,
  url varchar NOT NULL,
  topics jsonb NOT NULL DEFAULT '[]',
  secret bytea NOT NULL,
  previous_secret bytea,
  previous_until timestamptz,
  is_active boolean NOT NULL DEFAULT true,
  disabled_because varchar,
  created_by uuid CONSTRAINT fk_webhook_endpoint_created_by REFERENCES posthub.app_user,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ix_webhook_endpoint_organization_id ON posthub.webhook_endpoint (organization_id);

CREATE TABLE posthub.notification_delivery (
  id uuid CONSTRAINT pk_notification_delivery PRIMARY KEY,
  organization_id uuid NOT NULL
    CONSTRAINT fk_notification_delivery_organization_id REFERENCES posthub.organization,
  outbox_id uuid NOT NULL CONSTRAINT fk_notification_delivery_outbox_id
    REFERENCES posthub.outbox ON DELETE CASCADE,
  channel varchar NOT NULL,
  recipient uuid NOT NULL,
  status varchar NOT NULL DEFAULT 'pending',
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL DEFAULT now(),
  response_status integer,
  error varchar,
  created_at timestamptz NOT NULL DEFAULT now(),
  delivered_at timestamptz,
  CONSTRAINT uq_notification_delivery_outbox_id_channel_recipient
    UNIQUE (outbox_id, channel, recipient),
  CONSTRAINT ck_notification_delivery_channel CHECK (channel IN ('email', 'webhook')),
  CONSTRAINT ck_notification_delivery_status
    CHECK (status IN ('pending', 'delivered', 'failed', 'skipped')));
CREATE INDEX ix_notification_delivery_due ON posthub.notification_delivery (channel, next_at)
  WHERE status = 'pending';
CREATE INDEX ix_notification_delivery_recipient ON posthub.notification_delivery (recipient, id);

CREATE TABLE posthub.reminder (
  id uuid CONSTRAINT pk_reminder PRIMARY KEY,
  organization_id uuid NOT NULL
    CONSTRAINT fk_reminder_organization_id REFERENCES posthub.organization,
  content_id uuid NOT NULL
    CONSTRAINT fk_reminder_content_id REFERENCES posthub.content ON DELETE CASCADE,
  user_id uuid CONSTRAINT fk_reminder_user_id REFERENCES posthub.app_user ON DELETE CASCADE,
  review_since timestamptz NOT NULL,
  hours integer NOT NULL,
  told_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT uq_reminder_content_id_user_id UNIQUE NULLS NOT DISTINCT (content_id, user_id));

ALTER TABLE posthub.company_month ADD COLUMN ready_at timestamptz;
"""

_REST = """
-- Deliveries are worked on across organisations, like the outbox that they come from.
CREATE POLICY factory_delivers ON posthub.notification_delivery FOR ALL TO posthub_factory
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON posthub.webhook_endpoint TO posthub_api;
GRANT SELECT, UPDATE ON posthub.webhook_endpoint TO posthub_factory;
GRANT SELECT, INSERT ON posthub.notification_delivery TO posthub_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON posthub.notification_delivery TO posthub_factory;
GRANT SELECT ON posthub.reminder TO posthub_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON posthub.reminder TO posthub_factory;

ALTER TABLE posthub.outbox NO FORCE ROW LEVEL SECURITY;
UPDATE posthub.outbox SET delivered_at = now(), last_error = 'Written before anybody was told.'
WHERE delivered_at IS NULL;
ALTER TABLE posthub.outbox FORCE ROW LEVEL SECURITY;

CREATE FUNCTION posthub.tell_failed_job() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO posthub.outbox (id, organization_id, topic, payload)
  VALUES (gen_random_uuid(), NEW.organization_id, 'job.failed', jsonb_build_object(
    'job_id', NEW.id, 'company_id', NEW.company_id, 'kind', NEW.kind, 'asset', NEW.asset,
    'month', to_char(NEW.month, 'YYYY-MM'), 'content_id', NEW.content_id,
    'error_code', NEW.error_code));
  RETURN NULL;
END $$;
CREATE TRIGGER failed_for_good AFTER UPDATE OF status ON posthub.job FOR EACH ROW
  WHEN (NEW.status = 'failed' AND OLD.status IS DISTINCT FROM 'failed')
  EXECUTE FUNCTION posthub.tell_failed_job();
"""

_DOWN = """
DROP TRIGGER failed_for_good ON posthub.job;
DROP FUNCTION posthub.tell_failed_job();
ALTER TABLE posthub.company_month DROP COLUMN ready_at;
DROP TABLE posthub.reminder;
DROP TABLE posthub.notification_delivery;
DROP TABLE posthub.webhook_endpoint;
"""


def upgrade() -> None:
    op.execute(_TABLES)
    for table in ("webhook_endpoint", "notification_delivery", "reminder"):
        op.execute(policy_sql(table))
    op.execute(_REST)


def downgrade() -> None:
    op.execute(_DOWN)
