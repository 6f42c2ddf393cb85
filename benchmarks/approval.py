"""Bench `approval`: from the HTTP answer of an approval to the first line of the next asset.

Twenty topics are approved, each when no run is alive any more and at a random moment of the
sensors' loop; each in turns with the same path through bare Dagster: a row is flagged, a sensor
sees it and asks for a run of an empty asset. Both have a daemon, a code server and a database of
their own, so that neither waits for the other's sensors.

A draining run lingers for some seconds after its work. What is approved meanwhile finds it awake;
these approvals are shown apart, from the answer to the claim.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from benchmarks.graphs.bare import DATABASE, GATE
from benchmarks.harness import Row, at_most, info, percentile, say
from benchmarks.seeding import Chain, Seeded, next_month, plain_url, seed, template
from benchmarks.stand import BARE, OURS, Stand, stand

APPROVALS = 20
SENSOR_LOOP_S = 5.0
TARGET = 1.2
TIMEOUT_S = 180
_WAITING = """
    SELECT company_id, id FROM posthub.content WHERE kind = 'topic' AND status = 'in_review'
    ORDER BY company_id, place
"""
_CLAIMED = """
    SELECT extract(epoch FROM started_at)::float FROM posthub.job WHERE content_id = %(id)s
"""
_FLAG = f"INSERT INTO public.{GATE} VALUES (%(id)s, 'pending')"  # noqa: S608 - a constant
_UNFLAG = f"UPDATE public.{GATE} SET state = 'done'"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Path:
    """One way from a yes to a first line, in seconds."""

    sensor_s: float
    launch_s: float
    import_s: float

    @property
    def whole_s(self) -> float:
        """From the answer to the first line."""
        return self.sensor_s + self.launch_s + self.import_s


def measure() -> list[Row]:
    """Approve in turns; the first of each warms up and does not count."""
    month = next_month()
    chains = [Chain("in_review"), Chain("in_review")]
    chains += [Chain("approved", "approved", "approved") for _ in range(10)]
    rng = random.Random(8)
    ours: list[Path] = []
    bare: list[Path] = []
    warm: list[float] = []
    with stand(OURS, api=True) as here, stand(BARE, prepare=_make_gate) as there:
        companies = seed(
            here.urls.owner,
            first=1,
            count=APPROVALS + 1,
            items=template(chains, month),
            month=month,
            quota=12,
        )
        topics: dict[UUID, list[UUID]] = {}
        for row in here.query(_WAITING):
            topics.setdefault(row["company_id"], []).append(row["id"])
        for number, company in enumerate(companies):
            cold, lukewarm = _ours(here, company, topics[company.id], rng.uniform(0, SENSOR_LOOP_S))
            plain = _bare(there, number, rng.uniform(0, SENSOR_LOOP_S))
            if number:
                ours.append(cold)
                bare.append(plain)
                warm.append(lukewarm)
            say(f"{number} of {APPROVALS}: {cold.whole_s:.1f} s, bare {plain.whole_s:.1f} s")
    return _rows(ours, bare, warm)


def _rows(ours: list[Path], bare: list[Path], warm: list[float]) -> list[Row]:
    rows = []
    for name, paths in (("bare", bare), ("ours", ours)):
        parts = {
            "sensor wait": [one.sensor_s for one in paths],
            "launch": [one.launch_s for one in paths],
            "import": [one.import_s for one in paths],
            "answer to first line": [one.whole_s for one in paths],
        }
        for part, values in parts.items():
            rows.append(info(f"{name}, {part}, p50", percentile(values, 50), "s"))
            rows.append(info(f"{name}, {part}, p95", percentile(values, 95), "s"))
    rows.append(info("ours, a run is awake: answer to claim, p50", percentile(warm, 50), "s"))
    rows.append(info("ours, a run is awake: answer to claim, p95", percentile(warm, 95), "s"))
    p50 = percentile([one.whole_s for one in ours], 50)
    bare_p50 = percentile([one.whole_s for one in bare], 50)
    rows.append(at_most("ours to bare, p50", p50 / bare_p50, "x", TARGET))
    return rows


def _ours(here: Stand, company: Seeded, topics: list[UUID], pause_s: float) -> tuple[Path, float]:
    """Approve cold; then once more while that run is awake. Wait until all is quiet again."""
    time.sleep(pause_s)
    token = here.token(company.user_id)
    answered = here.approve(topics[0], token)
    path = _wait_for_mark(here, "blog_posts", answered)
    done = "SELECT count(*) FROM posthub.job WHERE content_id = %(id)s AND status = 'completed'"
    here.wait_until(lambda: here.one(done, id=topics[0]) == 1, "the first post", TIMEOUT_S)
    answered = here.approve(topics[1], token)
    here.wait_until(lambda: here.one(done, id=topics[1]) == 1, "the second post", TIMEOUT_S)
    warm_s = here.one(_CLAIMED, id=topics[1]) - answered
    here.wait_until(lambda: _is_quiet(here), "the calendar", TIMEOUT_S)
    return path, warm_s


def _is_quiet(here: Stand) -> bool:
    waiting = "SELECT count(*) FROM posthub.job WHERE status IN ('pending', 'running')"
    return here.one(waiting) == 0 and here.unfinished_runs() == 0


def _make_gate(there: Stand) -> Mapping[str, str]:
    there.query(f"CREATE TABLE public.{GATE} (id int PRIMARY KEY, state text NOT NULL)")
    return {DATABASE: plain_url(there.urls.owner)}


def _bare(there: Stand, number: int, pause_s: float) -> Path:
    time.sleep(pause_s)
    there.query(_FLAG, id=number)
    flagged = time.time()
    path = _wait_for_mark(there, "bare_next", flagged)
    there.query(_UNFLAG)
    there.wait_until(lambda: there.unfinished_runs() == 0, "the bare run", TIMEOUT_S)
    return path


def _wait_for_mark(here: Stand, asset: str, since: float) -> Path:
    """Wait for the first line of a run that was asked for after `since`; split the way to it."""
    found: list[dict[str, Any]] = []

    def look() -> bool:
        found[:] = [m for m in here.marks() if m["asset"] == asset and m["at"] > since]
        return bool(found)

    here.wait_until(look, f"the first line of {asset}", TIMEOUT_S)
    mark = found[0]
    created_at = here.run_created_at(mark["run_id"])
    return Path(
        sensor_s=created_at - since,
        launch_s=mark["process_began_at"] - created_at,
        import_s=mark["at"] - mark["process_began_at"],
    )
