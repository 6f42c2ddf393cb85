"""A client that nobody here wrote, made from the OpenAPI document, makes and approves a month.

The generator has an environment of its own, since it wants other versions of some packages:
`make client-generator` makes it, and `make accept` does so by itself.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from posthub_assets.domain.calendar import add_months, month_name

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCUMENTS = ROOT / "samples" / "kolna" / "documents"
GENERATOR = Path(
    os.environ.get("POSTHUB_CLIENT_GENERATOR") or ROOT / ".venv" / "client" / "bin" / "python"
)
SHOWN_CHARS = 5_000
TOPICS = 12


def load(name: str) -> ModuleType:
    """Import a module that lies beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def done(*command: str, where: Path) -> str:
    """Run a program; give what it said. Fails with its errors."""
    path = f"{GENERATOR.parent}{os.pathsep}{os.environ['PATH']}"  # it calls its own formatter
    environment = {"PATH": path, "HOME": str(where), "PYTHONPATH": str(where)}
    ran = subprocess.run(
        command, cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    said = ran.stdout[-SHOWN_CHARS:] + ran.stderr[-SHOWN_CHARS:]
    assert ran.returncode == 0, said
    return ran.stdout


@pytest.mark.accept
@pytest.mark.skipif(not GENERATOR.exists(), reason="there is no generator; `make client-generator`")
def test_a_generated_client_makes_and_approves_a_month(tmp_path):
    month = month_name(add_months(datetime.now(UTC).date().replace(day=1), 1))
    with load("running").running() as factory:
        url = factory.where.api_url
        document = tmp_path / "openapi.json"
        document.write_text(httpx.get(f"{url}/openapi.json", trust_env=False).text)
        made = done(
            *(str(GENERATOR), "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", str(document), "--output-path", str(tmp_path / "posthub_client")),
            *("--fail-on-warning",),
            where=tmp_path,
        )
        assert "Generating" in made
        began = time.monotonic()
        loop = str(HERE / "foreign_client_loop.py")
        said = done(*(str(GENERATOR), loop, url, str(DOCUMENTS), month), where=tmp_path)
        print(f"the month of a generated client took {time.monotonic() - began:.0f} s")
    found = json.loads(said.splitlines()[-1])
    assert found["month"] == month
    assert found["topic"] == found["blog_post"] == found["quota"] == TOPICS
    assert found["social_post"] == 2 * TOPICS
    assert found["lines"] > TOPICS
