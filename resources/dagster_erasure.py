"""Taking an erased company out of Dagster's storage: its partition's events, runs, ticks.

Events of runs that served several companies stay, without what was said of this one. A company is
known to Dagster by its partition key: alone, or before a `|` and a month. Texts are searched for
the key in quotes only, since a key may be a word such as `tags`.
What does not belong here: when this is due (`resources/erasing.py`), the content's own tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

IN_PROGRESS = ("QUEUED", "NOT_STARTED", "MANAGED", "STARTING", "STARTED", "CANCELING")
RANGE_TAGS = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")

_BUSY = text(
    """
    SELECT EXISTS (SELECT 1 FROM runs WHERE run_id = ANY(:run_ids) AND status = ANY(:statuses))
        OR EXISTS (SELECT 1 FROM runs r JOIN run_tags t ON t.run_id = r.run_id
                   WHERE r.status = ANY(:statuses) AND (t.value = :key OR t.value LIKE :keyed))
        OR EXISTS (SELECT 1 FROM bulk_actions WHERE status = 'REQUESTED'
                   AND (body LIKE :quoted OR body LIKE :quoted_keyed))
    """
)
# Runs that worked for this company alone: chosen by its partition, or from it to itself.
_OWN_RUNS = text(
    """
    SELECT run_id FROM run_tags
    WHERE key IN ('dagster/partition', 'dagster/partition/company')
        AND (value = :key OR value LIKE :keyed)
    UNION
    SELECT run_id FROM run_tags WHERE key = ANY(:ranges) AND (value = :key OR value LIKE :keyed)
    GROUP BY run_id HAVING count(*) = 2
    """
)
_EVENTS = text(
    """
    SELECT id FROM event_logs WHERE run_id = ANY(:own) OR partition = :key OR partition LIKE :keyed
    UNION
    SELECT id FROM event_logs WHERE run_id = ANY(:run_ids) AND (dagster_event_type IS NULL
        OR dagster_event_type IN ('STEP_OUTPUT', 'STEP_FAILURE', 'RUN_FAILURE',
            'PIPELINE_FAILURE', 'ASSET_CHECK_EVALUATION', 'ENGINE_EVENT'))
    UNION
    SELECT id FROM event_logs WHERE event LIKE :quoted_keyed
    """
)
_STATEMENTS = (
    ("asset_event_tags", "DELETE FROM asset_event_tags WHERE event_id = ANY(:events)"),
    ("event_logs", "DELETE FROM event_logs WHERE id = ANY(:events)"),
    (
        "asset_check_executions",
        "DELETE FROM asset_check_executions WHERE run_id = ANY(:own)"
        " OR run_id = ANY(:run_ids) OR evaluation_event LIKE :quoted_keyed",
    ),
    ("runs", "DELETE FROM runs WHERE run_id = ANY(:own)"),
    (
        "runs_renamed",
        """
        UPDATE runs SET partition = NULL, run_body = regexp_replace(run_body,
            '("dagster/[a-z_/]*partition[a-z_/]*": ")' || :key || '(["|])', '\\1erased\\2', 'g')
        WHERE run_id IN (SELECT run_id FROM run_tags WHERE value = :key OR value LIKE :keyed)
        """,
    ),
    (
        "run_tags",
        "UPDATE run_tags SET value = 'erased' WHERE value = :key OR value LIKE :keyed",
    ),
    (
        "backfill_tags",
        "DELETE FROM backfill_tags WHERE backfill_id IN"
        " (SELECT key FROM bulk_actions WHERE body LIKE :quoted OR body LIKE :quoted_keyed)",
    ),
    (
        "bulk_actions",
        "DELETE FROM bulk_actions WHERE body LIKE :quoted OR body LIKE :quoted_keyed",
    ),
    (
        "job_ticks",
        "DELETE FROM job_ticks WHERE status <> 'STARTED'"
        " AND (tick_body LIKE :quoted OR tick_body LIKE :quoted_keyed)",
    ),
    (
        "dynamic_partitions",
        "DELETE FROM dynamic_partitions"
        " WHERE partitions_def_name = 'companies' AND partition = :key",
    ),
    (
        "asset_keys",
        """
        UPDATE asset_keys a SET
            cached_status_data = NULL,
            last_materialization = CASE
                WHEN last_materialization LIKE :quoted OR last_materialization LIKE :quoted_keyed
                THEN (SELECT e.event FROM event_logs e WHERE e.asset_key = a.asset_key
                          AND e.dagster_event_type = 'ASSET_MATERIALIZATION'
                      ORDER BY e.id DESC LIMIT 1)
                ELSE last_materialization END
        WHERE last_materialization LIKE :quoted OR last_materialization LIKE :quoted_keyed
            OR cached_status_data LIKE :quoted OR cached_status_data LIKE :quoted_keyed
        """,
    ),
)


def is_busy(connection: Connection, key: str, run_ids: Sequence[str]) -> bool:
    """Tell whether a run or a backfill that knows the company is still under way."""
    values = {**_values(key, run_ids), "statuses": list(IN_PROGRESS)}
    return bool(connection.execute(_BUSY, values).scalar_one())


def erase_partition(
    connection: Connection, key: str, run_ids: Sequence[str]
) -> dict[str, int] | None:
    """Remove what Dagster holds of a company; give how many rows, by table.

    `connection` is of Dagster's role, whose search path is its schema; `key` is the partition key
    that the company had, `run_ids` are the runs that worked on its jobs. None, and nothing is
    removed, while one of them is under way: it would write more.
    """
    if is_busy(connection, key, run_ids):
        return None
    values = _values(key, run_ids)
    values["own"] = list(connection.execute(_OWN_RUNS, values).scalars())
    values["events"] = list(connection.execute(_EVENTS, values).scalars())
    counts = {}
    for table, statement in _STATEMENTS:
        rows = connection.execute(text(statement), values).rowcount
        if rows:
            counts[table] = rows
    return counts


def _values(key: str, run_ids: Sequence[str]) -> dict[str, Any]:
    # A key holds small letters, digits and hyphens only, so it is no pattern.
    return {
        "key": key,
        "keyed": f"{key}|%",
        "quoted": f'%"{key}"%',
        "quoted_keyed": f'%"{key}|%',
        "ranges": list(RANGE_TAGS),
        "run_ids": list(run_ids),
    }
