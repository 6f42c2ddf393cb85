"""What a C2PA reader found in a picture, as a person wants to know it.

The reader's answer is the JSON of the C2PA libraries ("manifest store"): made from bytes that
anybody may have written, so nothing in it is taken for granted.
What does not belong here: reading files (`resources/content_credentials/`), words on a screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from posthub_assets.domain.media.provenance.manifests import GENERATION

HOUSE_SIGNER = "PostHub content credentials"
"""How the common name of a certificate begins that PostHub made for itself."""
LONGEST_HISTORY = 100
_WORD_CHARS = 200
_EXPIRED = frozenset({"signingCredential.expired", "claimSignature.outsideValidity"})
_ABOUT_SIGNERS = (".untrusted", ".expired", ".outsideValidity")
"""Ends of codes about who signed, stamped or vouched, which say nothing about the bytes (C2PA 2.4,
15.2.2). The rest mean that something was altered, or breaks C2PA's rules."""


class State(StrEnum):
    """How it stands with a file's credentials."""

    WHOLE = "whole"
    ALTERED = "altered"
    """Something was changed after it was signed, or the credentials are not as C2PA wants them."""
    NONE = "none"
    UNREADABLE = "unreadable"
    """No picture, or a broken one."""


class Trust(StrEnum):
    """How it stands with who signed."""

    KNOWN = "known"
    """By a certificate that the reader was told to trust."""
    UNKNOWN = "unknown"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: C2PA's action without `c2pa.`, by what, when (RFC 3339 or empty)."""

    action: str
    agent: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a file. Words have at most 200 characters; empty means: not said."""

    state: State
    trust: Trust = Trust.UNKNOWN
    signer: str = ""
    is_self_made: bool = False
    """The signer's name is that of a certificate which a PostHub made for itself."""
    source_type: str = ""
    """The last part of IPTC's address."""
    software: str = ""
    model: str = ""
    provider: str = ""
    prompt_code: str = ""
    prompt_version: str = ""
    made_at: str = ""
    history: tuple[Step, ...] = ()
    """Oldest first."""
    unsigned_sources: int = 0
    """Pictures in the history that carried no credentials of their own."""
    problems: tuple[str, ...] = ()
    """C2PA's codes, or why nothing could be read."""


def report_of(store: Mapping[str, Any]) -> Report:
    """Tell what a manifest store says. Altered is also a picture whose source had been altered."""
    chain = list(_chain(store))
    if not chain:
        codes = [_word(one.get("code")) for one in _maps(store.get("validation_status"))]
        broken = tuple(code for code in codes if code and not code.endswith(_ABOUT_SIGNERS))
        return Report(State.ALTERED, problems=broken or ("there is no active manifest",))
    active = chain[-1]
    failures = list(_failures(_map(store.get("validation_results"))))
    for manifest in chain:
        for ingredient in _maps(manifest.get("ingredients")):
            failures += _failures(_map(ingredient.get("validation_results")))
    problems = tuple(dict.fromkeys(code for code in failures if not code.endswith(_ABOUT_SIGNERS)))
    signature = _map(active.get("signature_info"))
    name = _word(signature.get("common_name"))
    generator = next(iter(_maps(active.get("claim_generator_info"))), {})
    ingredients = [one for each in chain for one in _maps(each.get("ingredients"))]
    return Report(
        state=State.ALTERED if problems else State.WHOLE,
        trust=_trust(store),
        signer=name or _word(signature.get("issuer")),
        is_self_made=name.startswith(HOUSE_SIGNER),
        software=_named(generator),
        history=tuple(step for manifest in chain for step in _steps(manifest)),
        unsigned_sources=sum(1 for one in ingredients if not one.get("active_manifest")),
        problems=problems,
        **_generation(chain),
    )


def _chain(store: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the manifests from the oldest to the active one; those placed before what holds them."""
    manifests = _map(store.get("manifests"))
    order: list[Mapping[str, Any]] = []
    seen: set[str] = set()
    waiting = [str(store.get("active_manifest"))]
    while waiting and len(order) < LONGEST_HISTORY:
        label = waiting.pop()
        manifest = _map(manifests.get(label))
        if not manifest or label in seen:
            continue
        seen.add(label)
        order.append(manifest)
        waiting += [
            str(one.get("active_manifest")) for one in reversed(_maps(manifest.get("ingredients")))
        ]
    yield from reversed(order)


def _trust(store: Mapping[str, Any]) -> Trust:
    active = _map(_map(store.get("validation_results")).get("activeManifest"))
    codes = [one.get("code") for one in _maps(active.get("failure"))]
    if not _EXPIRED.isdisjoint(map(str, codes)):
        return Trust.EXPIRED
    trusted = [one.get("code") for one in _maps(active.get("success"))]
    return Trust.KNOWN if "signingCredential.trusted" in trusted else Trust.UNKNOWN


def _failures(results: Mapping[str, Any]) -> Iterator[str]:
    yield from (
        _word(one.get("code")) for one in _maps(_map(results.get("activeManifest")).get("failure"))
    )
    for delta in _maps(results.get("ingredientDeltas")):
        yield from (
            _word(one.get("code"))
            for one in _maps(_map(delta.get("validationDeltas")).get("failure"))
        )


def _steps(manifest: Mapping[str, Any]) -> Iterator[Step]:
    for data in _assertions(manifest, "c2pa.actions"):
        for action in _maps(data.get("actions")):
            agent = action.get("softwareAgent")
            by = _named(_map(agent)) if isinstance(agent, Mapping) else _word(agent)
            label = _word(action.get("action")).removeprefix("c2pa.")
            yield Step(label, by, _word(action.get("when")))


def _generation(chain: list[Mapping[str, Any]]) -> dict[str, str]:
    """Give what the newest manifest that says it says of the making; else what created it."""
    told: Mapping[str, Any] = {}
    for manifest in chain:
        told = next(_assertions(manifest, GENERATION), told)
    source = _word(told.get("digitalSourceType")) or _created_as(chain)
    return {
        "source_type": source.rpartition("/")[2],
        "model": _word(told.get("model")),
        "provider": _word(told.get("provider")),
        "prompt_code": _word(told.get("promptCode")),
        "prompt_version": _word(told.get("promptVersion")),
        "made_at": _word(told.get("madeAt")),
    }


def _created_as(chain: list[Mapping[str, Any]]) -> str:
    for manifest in reversed(chain):
        for data in _assertions(manifest, "c2pa.actions"):
            for action in _maps(data.get("actions")):
                if action.get("digitalSourceType"):
                    return _word(action.get("digitalSourceType"))
    return ""


def _assertions(manifest: Mapping[str, Any], label: str) -> Iterator[Mapping[str, Any]]:
    for assertion in _maps(manifest.get("assertions")):
        if _word(assertion.get("label")).split("__")[0] in (label, f"{label}.v2"):
            yield _map(assertion.get("data"))


def _named(info: Mapping[str, Any]) -> str:
    return " ".join(word for word in (_word(info.get("name")), _word(info.get("version"))) if word)


def _word(value: object) -> str:
    """Give a word that may be shown: short, and without what moves the cursor of a terminal."""
    if value is None or isinstance(value, (Mapping, list)):
        return ""
    return "".join(one for one in str(value)[:_WORD_CHARS] if one.isprintable())


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
