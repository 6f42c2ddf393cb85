"""`docs/api-by-example.md` is true: its calls are those of the API, and it makes a month.

In every run each call is held against the OpenAPI document. `make accept` runs the page itself,
with the real curl against a real factory.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from api.app import create_app
from resources.settings import load_settings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "api-by-example.md"
CALLS = 10
SERVER = "api=http://127.0.0.1:8000"
TOPICS = 12
YES = ("approved", "scheduled")

CALL = re.compile(r"\bask (?:-X (?P<method>[A-Z]+) )?\"?\$api(?P<url>[^\s\"]*(?:\"[^\"]*\"\)?)?)")
BODY = re.compile(r"-d '(\{.*?\})'(?=[ ;\n)])", re.DOTALL)

needs_tools = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")), reason="bash and curl are not both here"
)


def load(name: str) -> ModuleType:
    """Import a module that lies beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def script() -> str:
    """Give the page's blocks, in order."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL))


def calls() -> list[tuple[str, str, list[str], str]]:
    """Give each call: method, path, names in its query, and the text up to the next call."""
    text = script()
    found = list(CALL.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)]
    told = []
    for one, end in zip(found, ends, strict=True):
        path, _, query = one["url"].partition("?")
        names = [pair.partition("=")[0] for pair in query.split("&") if pair]
        told.append((one["method"] or "GET", path, names, text[one.start() : end]))
    return told


@pytest.fixture(scope="module")
def document(tmp_path_factory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    found: dict[str, Any] = create_app(load_settings({"POSTHUB_HOME": str(home)})).openapi()
    return found


def operation_of(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """Give the operation that a path with shell variables in it is about."""
    plain = re.sub(r"\$\{[^}]*\}|\$\w+", "\0", path)
    for known, methods in document["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "\0", re.escape(known))
        if re.fullmatch(pattern, plain) and method.lower() in methods:
            operation: dict[str, Any] = methods[method.lower()]
            return operation
    raise AssertionError(f"the page asks {method} {path}, which is not in the document")


def test_the_page_has_ten_calls_and_each_is_in_the_document(document):
    asked = calls()
    assert len({(method, path) for method, path, _, _ in asked}) == len(asked) == CALLS
    for method, path, names, _ in asked:
        known = {one["name"] for one in operation_of(document, method, path).get("parameters", ())}
        assert set(names) <= known, (path, names)


def test_the_bodies_on_the_page_have_the_fields_of_the_document(document):
    seen = 0
    for method, path, _, text in calls():
        body = BODY.search(text)
        if body is None:
            continue
        plain = re.sub(r"'\"?\$\{?[^'\"]*\"?'", "1", body[1])
        given = json.loads(re.sub(r"\"1\"", '"x"', plain))
        content = operation_of(document, method, path)["requestBody"]["content"]
        name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        schema = document["components"]["schemas"][name]
        assert set(given) <= set(schema["properties"]), path
        assert set(schema["required"]) <= set(given), path
        seen += 1
    assert seen == 6


@needs_tools
def test_the_page_is_a_script_that_bash_understands():
    done = subprocess.run(
        ["bash", "-n"], input=script(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@needs_tools
@pytest.mark.accept
def test_the_page_makes_and_approves_a_month(tmp_path):
    with load("running").running() as factory:
        url = factory.where.api_url
        shutil.copytree(ROOT / "samples", tmp_path / "samples")
        assert SERVER in script()
        told = '\necho "$token $company $month"\n'
        page = "set -eo pipefail\n" + script().replace(SERVER, f"api={url}") + told
        done = subprocess.run(
            ["bash"],
            input=page,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=1200,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        token, company, month = done.stdout.splitlines()[-1].split()
        with httpx.Client(
            base_url=url, headers={"authorization": f"Bearer {token}"}, trust_env=False
        ) as client:
            query = {"company": company, "month": month, "limit": "200"}
            items = client.get("/v1/contents", params=query).json()["items"]
    standing = Counter((one["kind"], one["status"] in YES) for one in items)
    assert standing == {
        ("topic", True): TOPICS,
        ("blog_post", True): TOPICS,
        ("social_post", True): 2 * TOPICS,
    }
    lines = (tmp_path / "calendar.csv").read_text().splitlines()
    assert len(lines) > TOPICS
