"""Bench `concurrency`: 120 calls to a provider that takes two seconds and allows 60 a minute.

The limit sets the bound: the last of N calls cannot start before (N - 1) intervals have passed, and
then takes its two seconds. The whole way is ours: jobs in the queue, sensors, one or two draining
runs, the gateway's journal and the rate limiter they share. The server refuses what comes too
early; a refused call is tried again by its job.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.harness import Row, at_most, info, say
from benchmarks.seeding import Chain, next_month, seed, template
from benchmarks.slow_server import slow_server
from benchmarks.stand import Location, Stand, stand

CALLS = 120
LATENCY_S = 2.0
PER_MINUTE = 60.0
TOLERANCE_S = 0.25
TARGET = 1.1
TIMEOUT_S = 600
OURS = Location("posthub", "benchmarks.graphs.slow")
TOPICS_EACH = 12

_ASK = """
    INSERT INTO posthub.job (id, organization_id, company_id, asset, kind, month, content_id,
        source_version_id)
    SELECT gen_random_uuid(), i.organization_id, i.company_id, 'blog_posts', 'create_blog_posts',
        i.month, i.id, v.id
    FROM posthub.content i JOIN posthub.content_version v ON v.content_id = i.id
    WHERE i.kind = 'topic'
"""


def measure() -> list[Row]:
    """Ask for 120 posts at once and look at the calls as the server saw them."""
    month = next_month()
    with slow_server(LATENCY_S, PER_MINUTE, TOLERANCE_S) as server:

        def variables(_: Stand) -> Mapping[str, str]:
            return {
                "POSTHUB_BENCH_PROVIDER_URL": server.url,
                "POSTHUB_BENCH_RATE": str(PER_MINUTE),
            }

        with stand(OURS, prepare=variables) as here:
            seed(
                here.urls.owner,
                first=1,
                count=CALLS // TOPICS_EACH,
                items=template([Chain("approved")] * TOPICS_EACH, month),
                month=month,
                quota=TOPICS_EACH,
            )
            here.query(_ASK + " ON CONFLICT DO NOTHING")
            say("120 jobs are in the queue")
            left = "SELECT count(*) FROM posthub.job WHERE status IN ('pending', 'running')"
            here.wait_until(lambda: here.one(left) == 0, "the posts", TIMEOUT_S)
            posts = here.one("SELECT count(*) FROM posthub.content WHERE kind = 'blog_post'")
            runs = here.one("SELECT count(*) FROM dagster.runs")
    served = sorted(server.served)
    whole_s = max(end for _, end in served) - served[0][0]
    bound_s = (len(served) - 1) * 60 / PER_MINUTE + LATENCY_S
    return [
        info("calls served", len(served), "calls"),
        info("calls refused", server.refused, "calls"),
        info("posts written", posts, "posts"),
        info("runs", runs, "runs"),
        info("bound set by the limit", bound_s, "s"),
        info("first call to last answer", whole_s, "s"),
        at_most("first call to last answer, to the bound", whole_s / bound_s, "x", TARGET),
    ]
