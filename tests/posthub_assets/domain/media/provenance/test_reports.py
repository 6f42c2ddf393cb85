"""Reports are made from JSON that anybody may have written; what was altered is never whole."""

from __future__ import annotations

from copy import deepcopy

import pytest

from posthub_assets.domain.media.provenance import State, Trust, report_of

TERM = "http://cv.iptc.org/newscodes/digitalsourcetype/"
FIRST = {
    "claim_generator_info": [{"name": "PostHub", "version": "0.1.0"}],
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "when": "2026-11-28T02:30:00Z",
                        "softwareAgent": {"name": "a-model-2"},
                        "digitalSourceType": TERM + "trainedAlgorithmicMedia",
                    }
                ]
            },
        }
    ],
    "signature_info": {"issuer": "A Publisher", "common_name": "A Publisher's key"},
}
SECOND = {
    "claim_generator_info": [{"name": "An Editor", "version": "2"}],
    "assertions": [
        {
            "label": "c2pa.actions",
            "data": {"actions": [{"action": "c2pa.edited", "softwareAgent": "An Editor 2"}]},
        }
    ],
    "ingredients": [{"active_manifest": "first", "relationship": "parentOf"}],
    "signature_info": {"issuer": "An Editor"},
}
STORE = {
    "active_manifest": "second",
    "manifests": {"first": FIRST, "second": SECOND},
    "validation_results": {
        "activeManifest": {
            "success": [{"code": "signingCredential.trusted"}],
            "failure": [],
        }
    },
}


def failing(code: str) -> dict:
    store = deepcopy(STORE)
    store["validation_results"]["activeManifest"] = {"success": [], "failure": [{"code": code}]}
    return store


def test_a_foreign_picture_tells_its_source_and_its_history_oldest_first():
    report = report_of(STORE)
    assert (report.state, report.trust, report.signer) == (
        State.WHOLE,
        Trust.KNOWN,
        "An Editor",
    )
    assert report.source_type == "trainedAlgorithmicMedia"
    assert report.software == "An Editor 2"
    assert [(one.action, one.agent) for one in report.history] == [
        ("created", "a-model-2"),
        ("edited", "An Editor 2"),
    ]
    assert not report.is_self_made


@pytest.mark.parametrize(
    "code", ["signingCredential.untrusted", "timeStamp.untrusted", "cawg.x509.credential.untrusted"]
)
def test_an_unknown_signer_is_no_alteration(code):
    report = report_of(failing(code))
    assert (report.state, report.trust) == (State.WHOLE, Trust.UNKNOWN)


@pytest.mark.parametrize("code", ["signingCredential.expired", "claimSignature.outsideValidity"])
def test_an_ended_certificate_is_told_apart(code):
    report = report_of(failing(code))
    assert (report.state, report.trust) == (State.WHOLE, Trust.EXPIRED)


@pytest.mark.parametrize(
    "code",
    ["assertion.dataHash.mismatch", "claimSignature.mismatch", "signingCredential.invalid"],
)
def test_every_other_failure_means_altered(code):
    report = report_of(failing(code))
    assert (report.state, report.problems) == (State.ALTERED, (code,))


def test_a_source_that_was_altered_before_it_was_used_counts():
    store = deepcopy(STORE)
    store["manifests"]["second"]["ingredients"][0]["validation_results"] = {
        "activeManifest": {"failure": [{"code": "assertion.dataHash.mismatch"}]}
    }
    assert report_of(store).state is State.ALTERED


def test_a_failure_found_in_the_history_counts():
    store = deepcopy(STORE)
    store["validation_results"]["ingredientDeltas"] = [
        {"validationDeltas": {"failure": [{"code": "ingredient.manifest.mismatch"}]}}
    ]
    assert report_of(store).state is State.ALTERED


def test_a_parent_without_credentials_is_counted():
    store = deepcopy(STORE)
    store["manifests"]["second"]["ingredients"] = [{"relationship": "parentOf"}]
    assert report_of(store).unsigned_sources == 1


def test_a_history_that_goes_in_circles_ends():
    store = deepcopy(STORE)
    store["manifests"]["first"]["ingredients"] = [{"active_manifest": "second"}]
    assert len(report_of(store).history) == 2


@pytest.mark.parametrize(
    "store",
    [
        {},
        {"active_manifest": "x"},
        {"active_manifest": ["x"], "manifests": 3},
        {"active_manifest": "x", "manifests": {"x": "y"}},
    ],
)
def test_a_store_without_its_active_manifest_is_altered(store):
    report = report_of(store)
    assert (report.state, report.problems) == (State.ALTERED, ("there is no active manifest",))


def test_a_manifest_that_could_not_be_read_tells_why():
    codes = [{"code": "assertion.cbor.invalid"}, {"code": "signingCredential.untrusted"}]
    report = report_of({"active_manifest": "x", "manifests": {}, "validation_status": codes})
    assert (report.state, report.problems) == (State.ALTERED, ("assertion.cbor.invalid",))


@pytest.mark.parametrize("junk", [None, 3, "x", [], [3], {"a": 1}, [[{}]], "\x1b[2J\n" * 200])
@pytest.mark.parametrize(
    "name",
    ["assertions", "ingredients", "claim_generator_info", "signature_info", "validation_results"],
)
def test_junk_in_any_place_is_no_error_and_moves_no_cursor(name, junk):
    store = deepcopy(STORE)
    store["manifests"]["second"][name] = junk
    store["validation_results"] = junk if name == "validation_results" else {}
    report = report_of(store)
    words = [report.signer, report.software, *report.problems]
    words += [word for step in report.history for word in (step.action, step.agent, step.when)]
    assert all(word.isprintable() and len(word) <= 401 for word in words)
