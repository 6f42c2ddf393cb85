"""Print how the quality gate does on real published posts: the table of docs/quality.md.

    python -m benchmarks.calibrate_quality FOLDER [--language en] [--show]

What does not belong here: the rules (`posthub_assets/domain/quality`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from posthub_assets.domain.quality.calibration import ANY_TEXT_RULES, Published, judge, rates
from posthub_assets.domain.quality.findings import Verdict


def main() -> None:
    """Read the folder, judge its posts, print the table; with --show each problem too."""
    options = _options()
    files = sorted(options.folder.glob("*.md"))
    posts = [Published(file.name, file.read_text(encoding="utf-8")) for file in files]
    judged = judge(posts, options.language)
    print(f"| rule | means something for any text | passed | warned | failed of {len(posts)} |")
    print("| --- | --- | ---: | ---: | ---: |")
    for rate in rates(judged):
        any_text = "yes" if rate.rule in ANY_TEXT_RULES else "no"
        print(f"| `{rate.rule}` | {any_text} | {rate.passed} | {rate.warned} | {rate.failed} |")
    if options.show:
        for name, findings in judged.items():
            for f in findings:
                if f.rule in ANY_TEXT_RULES and f.verdict is not Verdict.PASS:
                    print(f"{f.verdict.value} {name} {f.rule}: {f.message} [{f.quote}]")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--show", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
