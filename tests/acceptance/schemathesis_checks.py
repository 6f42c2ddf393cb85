"""What schemathesis is told about this API, loaded by it as hooks.

What does not belong here: how it is run (`test_schemathesis.py`).
"""

from __future__ import annotations

import json
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import positive_data_acceptance

UNSTORABLE = "The input holds a value that the database cannot keep"
NOT_TEXT = ("NUL character", "half a character")
"""No schema can refuse these in the keys and texts of a free object."""


@schemathesis.check
def accepted_or_refused_by_a_rule(ctx: Any, response: Any, case: Any) -> None:
    """What fits the document is accepted, unless a rule that no schema can say speaks against it.

    Such rules are those of the domain: a cursor is one that was given, a persona exists, a limit
    is not taken away and set at once, one of two ways is chosen. Their refusals name one field, or
    the whole body, with one sentence, where refusals by shape list `field: message`.
    """
    try:
        positive_data_acceptance(ctx, response, case)
    except Failure:
        if not is_refused_by_a_rule(response):
            raise


def is_refused_by_a_rule(response: Any) -> bool:
    """Tell a rule's refusal from one by shape, and from values that nobody thought of."""
    if response.status_code != 422:
        return False
    said = json.loads(response.content)
    if any(words in said["detail"] for words in NOT_TEXT):
        return True
    if said["detail"].startswith(UNSTORABLE):
        return False
    errors = said.get("errors", ())
    if len(errors) != 1:
        return not errors
    # A model's own rule is told as `field: sentence.`; refusals by shape are no sentences.
    sentence = errors[0]["message"]
    whole = (sentence, f"{errors[0]['field']}: {sentence}")
    return said["detail"] in whole and (said["detail"] == sentence or sentence.endswith("."))
