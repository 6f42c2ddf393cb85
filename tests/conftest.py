"""Fixtures that every test may use. What belongs to one package lives in that folder's conftest."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real inputs beside the checkout, read in place."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real inputs are not beside the checkout ({SHARED_DATA.name})")
    return SHARED_DATA
