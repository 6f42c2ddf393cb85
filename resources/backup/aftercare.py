"""What a restored database needs before anybody works on it.

Whoever worked at the moment of the backup does not work now: leases end at once. What was sent by
then is marked as sent and is not sent again; what was still to be sent is sent, so that a message
may come twice where the old home sent it after the backup (its id is the same), unless it is to be
forgotten.
What does not belong here: Dagster's runs (`processes/dead_runs.py` ends those of a dead factory).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

from resources.backup import postgres

_END_LEASES = text(
    """
    UPDATE posthub.job SET status = 'pending', lease_until = NULL, leased_by = NULL,
        available_at = now(), step = 'given back by a restore'
    WHERE status = 'running' AND NOT (external_ref IS NOT NULL AND lease_until IS NULL)
    """
)
"""A job that waits for a vendor's batch goes on waiting: the vendor still has it."""
_FORGET = (
    text("UPDATE posthub.outbox SET delivered_at = now() WHERE delivered_at IS NULL"),
    text(
        "UPDATE posthub.notification_delivery SET status = 'skipped',"
        " error = 'Restored from a backup, and forgotten.' WHERE status = 'pending'"
    ),
)
_TO_SEND = text(
    "SELECT (SELECT count(*) FROM posthub.outbox WHERE delivered_at IS NULL)"
    " + (SELECT count(*) FROM posthub.notification_delivery WHERE status = 'pending')"
)
_POLICIES = text(
    """
    SELECT quote_ident(p.polname) || ' ON ' || p.polrelid::regclass::text
    FROM pg_policy p JOIN pg_roles r ON p.polroles = ARRAY[r.oid] WHERE r.rolname = :owner
    """
)


@dataclass(frozen=True, slots=True)
class Settled:
    """Jobs that were given back, messages that are still to be sent."""

    given_back: int
    to_send: int


def settle(factory_url: str, *, forget_messages: bool) -> Settled:
    """End leases; with `forget_messages` send nothing that was waiting. May be done twice."""
    with postgres.connected(factory_url) as connection, connection.begin():
        connection.execute(text("SELECT set_config('posthub.organization_ids', '*', true)"))
        given_back = connection.execute(_END_LEASES).rowcount
        for statement in _FORGET if forget_messages else ():
            connection.execute(statement)
        return Settled(given_back, int(connection.execute(_TO_SEND).scalar_one()))


@contextmanager
def hand_policies_over(connection: Connection, owner: str) -> Iterator[None]:
    """Let a dump in whose policies `owner` is named be restored by an owner of another name."""
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :owner")
    me = connection.execute(text("SELECT current_user")).scalar_one()
    quoted = connection.execute(text("SELECT quote_ident(:owner)"), {"owner": owner}).scalar_one()
    is_new = connection.execute(known, {"owner": owner}).scalar() is None
    if is_new:
        connection.execute(text(f"CREATE ROLE {quoted} NOLOGIN"))
    connection.commit()
    try:
        yield
        if owner != me:
            for policy in connection.execute(_POLICIES, {"owner": owner}).scalars().all():
                connection.execute(text(f"ALTER POLICY {policy} TO CURRENT_USER"))
            connection.commit()
    finally:
        if is_new:
            connection.rollback()
            connection.execute(text(f"DROP ROLE {quoted}"))
            connection.commit()
