"""The quality gate as asset checks: one per rule, and one that says whether work failed.

The verdicts are in Postgres, per item; here they are shown, by rule, for what a run touched.
What does not belong here: the rules (`domain/quality/`).
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from posthub_assets.domain.content import Kind
from posthub_assets.domain.flow import ASSET_OF
from posthub_assets.domain.media.format_rules import FORMAT_RULES
from posthub_assets.domain.media.image_rules import IMAGE_RULES
from posthub_assets.domain.quality.catalogue import RULES, RuleSpec
from posthub_assets.domain.work import OpenFindings
from posthub_assets.partitions import describe

WORK_CHECK = "no_failed_work"
KINDS = {asset: kind for kind, asset in ASSET_OF.items()}
MEDIA_RULES = {"formatted_images": FORMAT_RULES, "generated_images": IMAGE_RULES}
"""By asset that makes pictures for the library and no items."""


def rules_of(asset: str) -> Sequence[RuleSpec]:
    """Give the rules of the kind that an asset makes; none for derived assets."""
    if asset in MEDIA_RULES:
        return MEDIA_RULES[asset]
    kind: Kind | None = KINDS.get(asset)
    return RULES.get(kind, ()) if kind else ()


def check_specs(asset: str) -> list[dg.AssetCheckSpec]:
    """Declare the checks of an asset. None blocks a run: an item's verdict gates the item."""
    work = dg.AssetCheckSpec(
        WORK_CHECK,
        asset=asset,
        description="No job of this asset has failed for good. The reasons are in the metadata.",
    )
    return [
        *(
            dg.AssetCheckSpec(
                rule.code, asset=asset, description=f"{rule.title}. {rule.description}"
            )
            for rule in rules_of(asset)
        ),
        work,
    ]


def check_results(asset: str, found: OpenFindings) -> list[dg.AssetCheckResult]:
    """Give the verdicts of a run."""
    results = [_verdict(asset, rule, found) for rule in rules_of(asset)]
    return [*results, _work_verdict(asset, found)]


def _verdict(asset: str, rule: RuleSpec, found: OpenFindings) -> dg.AssetCheckResult:
    failed = found.by_rule.get(rule.code, 0)
    warned = found.warnings.get(rule.code, 0)
    named = [one for one in found.examples if one[2] == rule.code]
    metadata: dict[str, dg.MetadataValue] = {
        "passed": dg.MetadataValue.int(found.passed.get(rule.code, 0)),
        "warned": dg.MetadataValue.int(warned),
        "failed": dg.MetadataValue.int(failed),
    }
    if named:
        rows = [(where, item, reason) for where, item, _, reason in named]
        metadata["items"] = table(("Where", "Item", "What to do"), rows)
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=rule.code,
        passed=not failed and not warned,
        severity=dg.AssetCheckSeverity.ERROR if failed else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def _work_verdict(asset: str, found: OpenFindings) -> dg.AssetCheckResult:
    metadata: dict[str, dg.MetadataValue] = {"failed jobs": dg.MetadataValue.int(found.failed_jobs)}
    if found.failures:
        rows = [(describe(where), *rest) for where, *rest in found.failures]
        metadata["reasons"] = table(("Where", "Item", "Code", "Reason"), rows)
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=WORK_CHECK,
        passed=not found.failed_jobs,
        metadata=metadata,
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dg.MarkdownMetadataValue:
    """Give a Markdown table; cells are kept on one line."""
    lines = [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return dg.MetadataValue.md("\n".join(lines))


def _cell(value: str) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")[:300]
