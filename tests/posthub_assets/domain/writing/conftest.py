"""Briefs and answers for the tests of writing; see `samples.py`."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from posthub_assets.domain.bodies import Body
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.findings import Verdict
from posthub_assets.domain.quality.gate import GateContext, check_item

_SPEC = importlib.util.spec_from_file_location(
    "writing_samples", Path(__file__).parent / "samples.py"
)
assert _SPEC and _SPEC.loader
_SAMPLES = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_SAMPLES)


@pytest.fixture(scope="session")
def samples():
    """Makes `Samples` of a language."""
    return _SAMPLES.Samples


@pytest.fixture(scope="session")
def revision():
    """A reviewer's request that marks the words “refused words”."""
    return _SAMPLES.REVISION


@pytest.fixture(scope="session")
def faults_of():
    """Judges a body; gives the messages of what fails."""

    def judge(kind: Kind, body: Body, language: str, **context: object) -> list[str]:
        surroundings = GateContext(language, "Spoke Yard", "PRO", **context)
        found = check_item(kind, body, surroundings)
        return [f"{one.rule}: {one.message}" for one in found if one.verdict is Verdict.FAIL]

    return judge
