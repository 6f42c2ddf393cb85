"""Our graph with a provider that answers at once."""

from benchmarks.graphs.marked import MarkedWorkshop
from benchmarks.providers import InstantText
from posthub_assets.definitions import build_definitions
from resources.workshop import PostgresWorkshop

defs = build_definitions(workshop=MarkedWorkshop(PostgresWorkshop(text=InstantText())))
