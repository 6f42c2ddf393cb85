"""Prompts as files, a small Jinja2 of our own to render them, and briefs of every kind.

Independent of the prompt library on purpose: these tests are about the words.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment, StrictUndefined, Template

PROMPTS = Path(__file__).parents[2] / "prompts"
_SAMPLES = Path(__file__).parents[1] / "posthub_assets/domain/writing/samples.py"


@dataclass(frozen=True)
class PromptFile:
    """One template file, read."""

    path: Path
    settings: dict[str, Any]
    system: str
    user: str

    @property
    def code(self) -> str:
        return self.settings["code"]

    @property
    def language(self) -> str:
        return self.settings["language"]

    def render(self, variables: dict[str, Any]) -> str:
        given = {name: variables[name] for name in self.settings["variables"] if name in variables}
        parts = (compiled(one).render(given) for one in (self.system, self.user))
        return "\n=====\n".join(parts)


def enclosed(text: str, label: str, limit: int = 1_000_000) -> str:
    """Stand in for the library's filter: text of others between marks."""
    str(text)  # raises where it is undefined
    assert isinstance(text, str), label
    return f'<source name="{label}" id="k">\n{text[:limit]}\n</source k>'


@cache
def compiled(source: str) -> Template:
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters["data"] = enclosed
    return environment.from_string(source)


def read(path: Path) -> PromptFile:
    _, front, rest = path.read_text(encoding="utf-8").split("---\n", 2)
    system, user = rest.removeprefix("=== system ===\n").split("=== user ===\n")
    return PromptFile(path, yaml.safe_load(front), system, user)


ALL = {
    (one.code, one.language): one for one in (read(path) for path in sorted(PROMPTS.glob("*/*.md")))
}


@pytest.fixture(scope="session")
def prompts() -> dict[tuple[str, str], PromptFile]:
    """All template files by code and language."""
    return ALL


@pytest.fixture(scope="session")
def samples():
    """Makes briefs of one language; see the tests of `domain/writing`."""
    spec = importlib.util.spec_from_file_location("writing_samples", _SAMPLES)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test with the argument `prompt_key` every file."""
    if "prompt_key" in metafunc.fixturenames:
        metafunc.parametrize("prompt_key", list(ALL), ids=lambda key: f"{key[0]}.{key[1]}")
