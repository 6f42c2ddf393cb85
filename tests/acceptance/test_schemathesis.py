"""schemathesis asks every operation of the OpenAPI document, as each role, on a real server.

No answer may be a 5xx, undocumented, of another shape or type than the document says; what the
document forbids is refused and what it allows is taken; no operation forgets to ask for the token.
A short run belongs to every test run, the long ones to `make accept`.
What does not belong here: attacks that no document describes (`tests/api/test_attacks.py`).
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from resources.tokens import AccessTokens

HERE = Path(__file__).parent
CHECKS = HERE / "schemathesis_checks.py"
SETTINGS = HERE / "schemathesis.toml"
SHOWN_CHARS = 15_000
AT_MOST_S = 35
"""Of the short run: 20 s are enough for all of it where nothing else is running."""
ROLES = ("SUPERVISOR", "MARKETER", "MANAGER", "ADMIN")

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("schemathesis") is None,
    reason="schemathesis is not installed; `make setup` installs it",
)


def load(name: str) -> ModuleType:
    """Import a module that lies beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


serving = load("served")


@pytest.fixture(scope="module")
def url(database_urls) -> Iterator[str]:
    """A server of this module, with a home of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="posthub served ") as home,
        serving.served(database_urls, Path(home)) as address,
    ):
        yield address


async def token_of(seed, role: str) -> str:
    """Make an organisation with something in it, and give the token of a person of this role."""
    company = await seed.company()
    for _ in range(5):
        await seed.item(company)
    if role == "ADMIN":
        person = await seed.person(is_admin=True)
    else:
        person = await seed.person(company.organization_id, role)
    return AccessTokens(serving.SECRET_KEY).issue(person.id)


def ask(url: str, token: str, where: Path, *options: str) -> None:
    """Run schemathesis as anybody would; fail with what it found."""
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color"]
    command += ["--config-file", str(SETTINGS), "run", f"{url}/openapi.json"]
    command += ["-H", f"Authorization: Bearer {token}", "--checks", "all"]
    command += ["--exclude-checks", "positive_data_acceptance", "--continue-on-failure"]
    # One thread: in CPython 3.11 two that parse at once end now and then with a SystemError
    # ("AST constructor recursion depth mismatch"), which is no answer of ours.
    command += ["--suppress-health-check", "all", "--warnings", "off", "-w", "1", *options]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(CHECKS), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        command, cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-SHOWN_CHARS:] + done.stderr[-SHOWN_CHARS:]
    assert "Tested:" in done.stdout, done.stdout


async def test_every_operation_keeps_to_the_document(url, seed, tmp_path):
    token = await token_of(seed, "MANAGER")
    bounded = ("--seed", "1", "--no-shrink", "--max-time", str(AT_MOST_S))
    ask(url, token, tmp_path, "--phases", "examples,coverage", *bounded)


@pytest.mark.accept
@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
async def test_whatever_is_sent_the_document_holds(url, seed, tmp_path, role):
    ask(url, await token_of(seed, role), tmp_path, "--max-examples", "40")
