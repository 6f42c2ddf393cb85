"""Queries that would cost more with every company: found in the source, before they are slow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORIES = Path(__file__).parents[3] / "resources" / "database" / "repositories"
_NUMBER = re.compile(r"(\w+)\.number = (\w+)\.current_version(?! AS)")


@pytest.mark.parametrize("path", sorted(REPOSITORIES.glob("*.py")), ids=lambda path: path.stem)
def test_a_join_by_version_number_names_the_organisation(path):
    """The index on versions begins with the organisation; without it a join reads all of it."""
    source = path.read_text(encoding="utf-8")
    for found in _NUMBER.finditer(source):
        near = source[max(0, found.start() - 200) : found.end() + 100]
        named = re.search(rf"\b{found[1]}\.organization_id = ", near)
        assert named, f"{path.name}: “{found[0]}” without {found[1]}.organization_id"
