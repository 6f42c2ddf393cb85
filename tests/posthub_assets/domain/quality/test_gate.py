"""The gate as a whole: what it promises about findings, edits by people, and time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from posthub_assets.domain.bodies import BlogPostBody
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.findings import Finding, Verdict
from posthub_assets.domain.quality.fingerprints import fingerprint
from posthub_assets.domain.quality.gate import (
    ALL_RULES,
    RULES,
    GateContext,
    PastItem,
    check_item,
    passes,
)

CONTEXT = GateContext(language="en", company_name="Harbour Wheels", tier="PRO")
CHECKED = [kind for kind in Kind if RULES[kind]]


@pytest.mark.parametrize("kind", CHECKED)
def test_a_good_item_passes_every_rule_of_its_kind(kind, good):
    findings = check_item(kind, good[kind], CONTEXT)
    assert [f for f in findings if f.verdict is not Verdict.PASS] == []
    assert [f.rule for f in findings] == [spec.code for spec in RULES[kind]]
    assert all(f.message.endswith(".") for f in findings)


def test_kinds_without_rules_give_no_findings(good):
    assert check_item(Kind.VIDEO, good[Kind.TOPIC], CONTEXT) == ()


def test_every_rule_belongs_to_a_kind_and_codes_are_unique():
    codes = [spec.code for spec in ALL_RULES]
    assert len(set(codes)) == len(codes)
    assert {code for specs in RULES.values() for code in (s.code for s in specs)} == set(codes)


def test_every_rule_is_in_the_docs():
    page = (Path(__file__).parents[4] / "docs" / "quality.md").read_text(encoding="utf-8")
    assert [spec.code for spec in ALL_RULES if f"`{spec.code}`" not in page] == []


def test_a_rule_names_at_most_five_problems(post, check):
    text = post.markdown + "".join(f"\n\nThe name is {{{{ name{i} }}}} here." for i in range(9))
    found = check(post.model_copy(update={"markdown": text}), "template_leftovers")
    assert len(found) == 5


def test_only_a_blocking_failure_keeps_an_item_out():
    assert passes([])
    assert passes([Finding("x", Verdict.WARN, "m")])
    assert passes([Finding("x", Verdict.FAIL, "m", blocking=False)])
    assert not passes([Finding("y", Verdict.PASS, "m"), Finding("x", Verdict.FAIL, "m")])


def test_what_binds_machines_only_warns_on_a_persons_edit(post):
    short = post.model_copy(
        update={"markdown": "# Bicycle care\n\nShort and good, as I like it.\n", "faq": ()}
    )
    by_person = GateContext(
        language="en", company_name="Harbour Wheels", tier="PRO", machine_written=False
    )
    findings = check_item(Kind.BLOG_POST, short, by_person)
    assert passes(findings)
    assert {f.rule for f in findings if f.verdict is Verdict.WARN} >= {"structure", "length"}
    assert not passes(check_item(Kind.BLOG_POST, short, CONTEXT))


def test_leftovers_and_platform_limits_bind_people_too(post, good, check):
    left = post.model_copy(update={"markdown": post.markdown + "\n{{ name }}\n"})
    assert not passes(check(left, machine_written=False))
    long = good[Kind.SOCIAL_POST].model_copy(update={"text": "Look at your pads. " * 200})
    assert not passes(check(long, machine_written=False))


def test_spans_point_at_the_quoted_words(post, check):
    text = post.markdown.replace("## Wheels that turn", "#### Wheels that turn {{ year }}")
    for finding in check(post.model_copy(update={"markdown": text})):
        if finding.rule in ("heading_order", "template_leftovers"):
            assert finding.quote in text[finding.span_start : finding.span_end]


def test_the_same_item_gives_the_same_findings(post):
    assert check_item(Kind.BLOG_POST, post, CONTEXT) == check_item(Kind.BLOG_POST, post, CONTEXT)


def test_a_post_is_checked_fast_against_a_thousand_others(post, sentences):
    prints = [fingerprint(" ".join(sentences[i : i + 90]) + f" number {i}", "de") for i in range(8)]
    past = tuple(PastItem(str(i), Kind.BLOG_POST, f"Post {i}", prints[i % 8]) for i in range(1000))
    body: BlogPostBody = post.model_copy(update={"markdown": "\n".join(reversed(sentences))})
    context = GateContext(language="en", company_name="", tier="PRO", past=past)
    check_item(Kind.BLOG_POST, body, context)
    started = time.process_time()
    for _ in range(3):
        check_item(Kind.BLOG_POST, body, context)
    # 50 ms is the aim on a quiet core (docs/quality.md has what was measured); a busy one gets four
    # times as long, so that the test fails for a rule that became slow, not for a slow machine.
    assert (time.process_time() - started) / 3 < 0.2
