"""The API as a process of its own on a free port of this machine, on the tests' database.

Loaded by path: there are no packages under tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from resources.database.urls import DatabaseUrls
from resources.processes.readiness import answers_http, free_port

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "a secret of the tests, longer than it must be"
STARTS_WITHIN_S = 60.0
NOBODY = "http://127.0.0.1:9"
"""No vendor is asked by a test: nothing listens at this port."""


@contextmanager
def served(urls: DatabaseUrls, home: Path, **environment: str) -> Iterator[str]:
    """Serve the API as `posthub up` does; give its URL. Its log is `api.log` in the home."""
    key, port = Fernet.generate_key().decode(), free_port("127.0.0.1")
    settings = {
        "POSTHUB_HOME": str(home),
        "POSTHUB_API_DATABASE_URL": urls.api,
        "POSTHUB_SECRET_KEY": SECRET_KEY,
        "POSTHUB_ADMIN_KEYRING": key,
        "POSTHUB_USER_KEYRING": key,
        "POSTHUB_RATE_SIGNED_IN": "10000000",
        "POSTHUB_RATE_SUPERVISOR": "10000000",
        "POSTHUB_RATE_ANONYMOUS": "10000000",
        **{f"{name}_BASE_URL": NOBODY for name in ("OPENAI", "GEMINI", "PERPLEXITY", "REPLICATE")},
        **environment,
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("POSTHUB_")}
    command = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory"]
    command += ["--no-access-log", "--no-proxy-headers", "--port", str(port)]
    with (home / "api.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**plain, **settings}, stdout=log, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(server, url, home)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(server: subprocess.Popen[bytes], url: str, home: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while not answers_http(f"{url}/readyz"):
        said = (home / "api.log").read_text()[-2000:]
        assert server.poll() is None, f"the API ended: {said}"
        assert time.monotonic() < deadline, f"the API does not start: {said}"
        time.sleep(0.1)
