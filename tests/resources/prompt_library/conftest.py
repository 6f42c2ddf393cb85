"""A prompt to begin with, and its file with a part replaced."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from resources.prompt_library.files import parse
from resources.prompt_library.template import Template

FILE = """---
code: BLOGPOST_GEN
kind: text
language: en
temperature: 0.7
max_tokens: 12000
output: markdown
variables:
  company: what it is, in a few words
  sources: texts of the company, each with name and text
  output_language: the language to write in
---
=== system ===
You write for {{ company }} in {{ output_language }}.
=== user ===
{% for source in sources %}
{{ source.text | data(source.name) }}
{% else %}
There are no sources.
{% endfor %}
"""

Changed = Callable[..., str]


@pytest.fixture
def file_text() -> Changed:
    """Gives the file's text with `old` replaced by `new`, which must be there."""

    def changed(old: str = "", new: str = "") -> str:
        assert old in FILE
        return FILE.replace(old, new, 1) if old else FILE

    return changed


@pytest.fixture
def template() -> Template:
    """The prompt of the file."""
    return parse(FILE)
