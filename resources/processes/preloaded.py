"""What runs need, imported once in the process that they are forked from.

Importing this module is its whole work. NumPy comes with one thread (`warm_up` sees to that),
since threads do not survive a fork. What is there by then is taken out of the garbage collector's
sight: it lives as long as the process, and a look at it would copy the pages that all runs share.
"""

from __future__ import annotations

import gc
import importlib

MODULES = (
    "dagster._grpc.impl",
    "dagster._core.execution.api",
    "resources.dagster_storage",
    "psycopg2",
    "psycopg",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.dialects.postgresql.psycopg",
    "resources.content_store",
    "resources.gateway",
    "resources.studio.opening",
    "resources.upkeep",
    "resources.work_queue",
    "posthub_assets.domain.quality.gate",
    "posthub_assets.domain.calendars.content_calendar",
    "resources.calendar_files",
    "resources.providers.local",
    "resources.providers.local_images",
    "markdown_it",
    "numpy",
    "pandas",
    "sklearn.cluster",
    "sklearn.feature_extraction.text",
)

for _name in MODULES:
    importlib.import_module(_name)
gc.collect()
gc.freeze()
