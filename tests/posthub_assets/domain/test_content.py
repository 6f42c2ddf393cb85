"""Statuses and the hash that is signed."""

from __future__ import annotations

import hashlib

import pytest

from posthub_assets.domain.content import (
    APPROVED_STATUSES,
    OUT_OF_QUOTA,
    TRANSITIONS,
    Status,
    Step,
    canonical_bytes,
    content_hash,
    next_status,
)
from posthub_assets.domain.errors import IllegalTransition

S = Status

# The whole table of the design, written out once more by hand: (step, from) -> to.
ALLOWED: dict[tuple[Step, Status], Status] = {
    (Step.PASS_CHECKS, S.DRAFT): S.IN_REVIEW,
    (Step.FAIL_CHECKS, S.DRAFT): S.DRAFT,
    (Step.APPROVE, S.IN_REVIEW): S.APPROVED,
    (Step.REJECT, S.IN_REVIEW): S.REJECTED,
    (Step.REQUEST_CHANGES, S.IN_REVIEW): S.CHANGES_REQUESTED,
    (Step.EDIT, S.DRAFT): S.DRAFT,
    (Step.EDIT, S.IN_REVIEW): S.DRAFT,
    (Step.EDIT, S.CHANGES_REQUESTED): S.DRAFT,
    (Step.EDIT, S.APPROVED): S.DRAFT,
    (Step.EDIT, S.SCHEDULED): S.DRAFT,
    (Step.REMAKE, S.DRAFT): S.DRAFT,
    (Step.REMAKE, S.IN_REVIEW): S.DRAFT,
    (Step.REMAKE, S.CHANGES_REQUESTED): S.DRAFT,
    (Step.SCHEDULE, S.APPROVED): S.SCHEDULED,
    (Step.SCHEDULE, S.SCHEDULED): S.SCHEDULED,
    (Step.DELIVER, S.APPROVED): S.DELIVERED,
    (Step.DELIVER, S.SCHEDULED): S.DELIVERED,
    (Step.ARCHIVE, S.DRAFT): S.ARCHIVED,
    (Step.ARCHIVE, S.IN_REVIEW): S.ARCHIVED,
    (Step.ARCHIVE, S.CHANGES_REQUESTED): S.ARCHIVED,
    (Step.ARCHIVE, S.APPROVED): S.ARCHIVED,
    (Step.ARCHIVE, S.SCHEDULED): S.ARCHIVED,
    (Step.ARCHIVE, S.REJECTED): S.ARCHIVED,
    (Step.RESTORE, S.ARCHIVED): S.IN_REVIEW,
}


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("status", Status)
def test_every_step_from_every_status_is_as_designed(step, status):
    expected = ALLOWED.get((step, status))
    if expected is None:
        with pytest.raises(IllegalTransition, match=f"{status.value}.*{step.value}"):
            next_status(status, step)
    else:
        assert next_status(status, step) is expected


def test_no_edge_leaves_what_is_delivered():
    assert not any(S.DELIVERED in edges for edges in TRANSITIONS.values())


def test_only_a_person_brings_an_item_to_approved():
    into = {step for step, edges in TRANSITIONS.items() if S.APPROVED in edges.values()}
    assert into == {Step.APPROVE}


def test_a_new_generation_never_touches_what_a_person_approved():
    assert not APPROVED_STATUSES & set(TRANSITIONS[Step.REMAKE])


def test_rejected_and_archived_items_free_their_place():
    assert {S.REJECTED, S.ARCHIVED} == OUT_OF_QUOTA


# The hash


def test_the_order_of_keys_does_not_change_the_hash():
    one = {"b": [1, {"y": None, "x": True}], "a": "text"}
    other = {"a": "text", "b": [1, {"x": True, "y": None}]}
    assert content_hash(one) == content_hash(other)


def test_the_order_of_a_list_does():
    assert content_hash({"a": [1, 2]}) != content_hash({"a": [2, 1]})


def test_the_bytes_are_compact_json_with_letters_as_they_are():
    body = {"title": "Žluťoučký سلام “x”", "n": 3, "empty": [], "nothing": None}
    expected = '{"empty":[],"n":3,"nothing":null,"title":"Žluťoučký سلام “x”"}'
    assert canonical_bytes(body) == expected.encode()
    assert content_hash(body) == hashlib.sha256(expected.encode()).hexdigest()


def test_one_character_changes_the_hash():
    assert content_hash({"text": "yes."}) != content_hash({"text": "yes"})
    # Two letters that look alike are two texts: what is signed is bytes.
    assert content_hash({"text": "ي"}) != content_hash({"text": "ی"})


@pytest.mark.parametrize("body", [{"a": 1.0}, {"a": [{"b": float("nan")}]}, {"a": {"b": (0.5,)}}])
def test_floats_are_refused_by_name_because_they_do_not_print_alike_everywhere(body):
    with pytest.raises(TypeError, match=r"body\.a.* is a float"):
        content_hash(body)


def test_a_boolean_is_not_a_number_in_the_hash():
    assert content_hash({"a": True}) != content_hash({"a": 1})
