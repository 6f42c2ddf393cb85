"""Our graph with a provider behind HTTP on this machine, which is slow and has a rate limit."""

import os

from benchmarks.graphs.marked import MarkedWorkshop
from benchmarks.providers import HttpText
from posthub_assets.definitions import build_definitions
from resources.workshop import PostgresWorkshop

defs = build_definitions(
    workshop=MarkedWorkshop(
        PostgresWorkshop(
            text=HttpText(os.environ.get("POSTHUB_BENCH_PROVIDER_URL", "")),
            rates={HttpText.name: float(os.environ.get("POSTHUB_BENCH_RATE", "60"))},
        )
    )
)
