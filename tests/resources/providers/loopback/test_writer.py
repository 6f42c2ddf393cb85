"""The default answer fits any schema that we ask with, and is always the same."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from posthub_assets.domain import bodies
from resources.providers.gemini.schemas import gemini_schema
from resources.providers.loopback import write_anything
from resources.providers.loopback.patterns import matching
from resources.providers.openai.schemas import text_format

ALL = [
    one
    for one in vars(bodies).values()
    if isinstance(one, type) and issubclass(one, bodies.Body) and one is not bodies.Body
]


class Branch(BaseModel):
    name: str = Field(min_length=3, max_length=12)
    leaves: list[Branch] = Field(default=[], max_length=4)


class Limits(BaseModel):
    count: int = Field(ge=5, lt=8)
    share: float = Field(gt=0, le=0.5)
    step: int = Field(multiple_of=5, ge=10, le=30)
    code: str = Field(pattern=r"^#[0-9A-F]{6}$")
    fixed: Literal["a"]
    either: int | None
    pair: tuple[int, str]
    some: list[str] = Field(min_length=4, max_length=5)
    is_it: bool
    branch: Branch


@given(st.text(max_size=20))
def test_limits_are_kept(user):
    answer = write_anything("gemini", "", user, Limits.model_json_schema())
    assert Limits.model_validate_json(answer)


@pytest.mark.parametrize("body", ALL, ids=lambda body: body.__name__)
def test_every_body_is_answered_with_its_whole_schema(body):
    schema = body.model_json_schema()
    _assert_shaped(body, write_anything("openai", "", "", schema))


@pytest.mark.parametrize("body", ALL, ids=lambda body: body.__name__)
def test_every_body_is_answered_as_the_vendors_are_asked(body):
    schema = body.model_json_schema()
    for adapted in (gemini_schema(schema), text_format(schema, "x")["schema"]):
        _assert_shaped(body, write_anything("openai", "", "", adapted))


def _assert_shaped(body: type[BaseModel], answer: str) -> None:
    """Rules in the body's own code (dates in order, sums) are beyond a schema."""
    from pydantic import ValidationError

    try:
        body.model_validate_json(answer)
    except ValidationError as error:
        own = {"value_error", "assertion_error"}
        assert {one["type"] for one in error.errors()} <= own, error


def test_the_same_prompt_gets_the_same_answer_and_another_prompt_another():
    schema = Limits.model_json_schema()
    first = write_anything("gemini", "s", "u", schema)
    assert first == write_anything("gemini", "s", "u", schema)
    assert first != write_anything("gemini", "s", "v", schema)
    assert write_anything("gemini", "s", "u", None).startswith("# ")


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[EI][NS][TF][JP]$",
        r"^#[0-9A-Fa-f]{6}$",
        r"^\d{4}-\d{2}(-\d{2})?$",
        r"^(yes|no|maybe)+$",
        r"^[a-z0-9-]+$",
        r"^[^\s,]{3,}\.?$",
        r"^\w+@\w+\.com$",
        r"^a*?b+$",
        r"^[^a]x.$",
    ],
)
def test_a_pattern_is_matched(pattern):
    for seed in range(20):
        assert re.search(pattern, matching(pattern, Random(seed)))


def test_answers_are_json_of_the_schema_alone():
    assert json.loads(write_anything("x", "", "", {"type": ["string", "null"], "maxLength": 5}))
    assert json.loads(write_anything("x", "", "", {"enum": ["only"]})) == "only"
