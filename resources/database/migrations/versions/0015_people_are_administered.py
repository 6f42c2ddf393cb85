"""People are administered: by administrators, and by the managers of every organisation of theirs.

An invitation may belong to an account that was made beforehand and has no password yet: it alone
opens that account. A manager of marketers no longer sees organisations that are deleted, and whose manager somebody is
is found by an index. Nobody is made an administrator but by one, whatever the statement.
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INVITATION_OF = """
DROP FUNCTION posthub.invitation_of(text);
CREATE FUNCTION posthub.invitation_of(given_hash text)
RETURNS TABLE (id uuid, organization_id uuid, email varchar, role varchar{column})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT i.id, i.organization_id, i.email, i.role{value} FROM posthub.invitation i
  JOIN posthub.organization o ON o.id = i.organization_id AND o.deleted_at IS NULL
  WHERE i.token_hash = given_hash AND i.accepted_at IS NULL AND i.revoked_at IS NULL
    AND i.expires_at > now()
$$;
REVOKE EXECUTE ON FUNCTION posthub.invitation_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.invitation_of(text) TO posthub_api;
"""

_MEMBERSHIPS_OF = """
CREATE OR REPLACE FUNCTION posthub.memberships_of(member uuid)
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
  {join}WHERE m.role = 'MARKETER'
$$;
"""

_ADMINISTERS = """
CREATE FUNCTION posthub.administers(target uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
  SELECT EXISTS (SELECT 1 FROM posthub.app_user u
                 WHERE u.id = posthub.acting_user() AND u.is_admin AND u.is_active)
    OR (EXISTS (SELECT 1 FROM posthub.app_user u WHERE u.id = target AND NOT u.is_admin)
        AND EXISTS (SELECT 1 FROM posthub.memberships_of(target))
        AND NOT EXISTS (
          SELECT organization_id FROM posthub.memberships_of(target)
          EXCEPT
          SELECT organization_id FROM posthub.memberships_of(posthub.acting_user())
          WHERE role = 'MANAGER'))
$$;
REVOKE EXECUTE ON FUNCTION posthub.administers(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.administers(uuid) TO posthub_api, posthub_factory;

ALTER POLICY person_update ON posthub.app_user USING (
  id = posthub.acting_user()
  OR current_setting('posthub.organization_ids', true) = '*'
  OR posthub.administers(id));
ALTER POLICY person_insert ON posthub.app_user WITH CHECK (
  posthub.acting_user() IS NOT NULL
  AND (NOT is_admin OR current_setting('posthub.organization_ids', true) = '*'));

CREATE FUNCTION posthub.refuse_self_made_admin() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(current_setting('posthub.organization_ids', true), '') <> '*' THEN
    RAISE EXCEPTION 'only an administrator makes administrators'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER admins_by_admins BEFORE UPDATE OF is_admin ON posthub.app_user FOR EACH ROW
  WHEN (NEW.is_admin IS DISTINCT FROM OLD.is_admin)
  EXECUTE FUNCTION posthub.refuse_self_made_admin();

-- Sessions belong to one person; who administers that person may end them, and no more.
CREATE FUNCTION posthub.end_sessions(target uuid, reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET posthub.organization_ids = '*' AS $$
DECLARE asker text := coalesce(current_setting('posthub.user_id', true), '');
BEGIN
  IF target IS DISTINCT FROM posthub.acting_user() AND NOT posthub.administers(target) THEN
    RETURN false;
  END IF;
  PERFORM set_config('posthub.user_id', target::text, true);
  UPDATE posthub.refresh_family SET revoked_at = now(), revoked_because = reason
  WHERE user_id = target AND revoked_at IS NULL;
  PERFORM set_config('posthub.user_id', asker, true);
  RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION posthub.end_sessions(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posthub.end_sessions(uuid, text) TO posthub_api;
"""

_DOWN = """
DROP FUNCTION posthub.end_sessions(uuid, text);
DROP TRIGGER admins_by_admins ON posthub.app_user;
DROP FUNCTION posthub.refuse_self_made_admin();
ALTER POLICY person_insert ON posthub.app_user WITH CHECK (posthub.acting_user() IS NOT NULL);
ALTER POLICY person_update ON posthub.app_user USING (
  id = posthub.acting_user() OR current_setting('posthub.organization_ids', true) = '*');
DROP FUNCTION posthub.administers(uuid);
DROP INDEX posthub.ix_app_user_manager_id;
ALTER TABLE posthub.invitation DROP COLUMN user_id;
"""

_LIVING = "JOIN posthub.organization o ON o.id = m.organization_id AND o.deleted_at IS NULL\n  "


def upgrade() -> None:
    op.execute(
        "ALTER TABLE posthub.invitation ADD COLUMN user_id uuid"
        " CONSTRAINT fk_invitation_user_id REFERENCES posthub.app_user"
    )
    op.execute(
        "CREATE INDEX ix_app_user_manager_id ON posthub.app_user (manager_id)"
        " WHERE manager_id IS NOT NULL"
    )
    op.execute(_INVITATION_OF.format(column=", user_id uuid", value=", i.user_id"))
    op.execute(_MEMBERSHIPS_OF.format(join=_LIVING))
    op.execute(_ADMINISTERS)


def downgrade() -> None:
    op.execute(_MEMBERSHIPS_OF.format(join=""))
    op.execute(_INVITATION_OF.format(column="", value=""))
    op.execute(_DOWN)
