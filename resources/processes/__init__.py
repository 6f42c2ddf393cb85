"""The processes of a running factory: API, Dagster's code server, web server and daemon.

What does not belong here: what they serve (`api/`, `posthub_assets/`), and the database's own
processes (`resources/database/embedded.py`).
"""

from resources.processes.factory import Factory, RunningFactory, is_up, running_factory

__all__ = ["Factory", "RunningFactory", "is_up", "running_factory"]
