"""A real factory in a home of its own, for clients that are not ours. Loaded by path."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resources.database.embedded import EmbeddedPostgres
from resources.processes import Factory
from resources.processes.readiness import free_port
from resources.settings import load_settings


@contextmanager
def running(**environment: str) -> Iterator[Factory]:
    """Start database, API, code server, web server and daemon; end all, and forget the home."""
    base = Path(tempfile.mkdtemp(prefix="posthub run "))
    base.chmod(0o711)
    settings = load_settings(
        {
            "POSTHUB_HOME": str(base / "home"),
            "POSTHUB_API_PORT": str(free_port("127.0.0.1")),
            "POSTHUB_DAGSTER_PORT": str(free_port("127.0.0.1")),
            **environment,
        }
    )
    try:
        with Factory(settings, say=lambda _: None) as factory:
            yield factory
    finally:
        EmbeddedPostgres(settings.home).stop()
        shutil.rmtree(base, ignore_errors=True)
