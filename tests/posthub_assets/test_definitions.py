"""The graph as it is declared: complete, light to import, and loadable with nothing set."""

from __future__ import annotations

import ast
import os
import statistics
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from posthub_assets.definitions import ASSETS, build_definitions, defs
from posthub_assets.domain.calendar import MONTHS_AHEAD, add_months
from posthub_assets.domain.flow import ASSETS as NAMES
from posthub_assets.domain.flow import MONTH_ASSETS
from posthub_assets.partitions import (
    companies,
    company_months,
    describe,
    month_window,
    partition_key,
    read_partition,
)

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "sklearn",
    "scipy",
    "pandas",
    "numpy",
    "PIL",
    "sqlalchemy",
    "psycopg",
    "httpx",
    "fastapi",
    "google.genai",
    "openai",
    "stripe",
    "icalendar",
    "markdown_it",
    "pypdf",
    "holidays",
    "dagster_postgres",
}
MAX_BODY_LINES, MEDIAN_BODY_LINES = 40, 15


def fresh_process(code: str, **environment: str) -> str:
    """Run Python with nothing of ours in the environment; give what it prints."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_graph_loads_with_no_secret_no_database_and_no_heavy_package(tmp_path):
    found = fresh_process(
        "import sys, posthub_assets.definitions as d;"
        "d.defs.get_repository_def() if hasattr(d.defs, 'get_repository_def') else None;"
        f"print(*sorted({HEAVY!r} & set(sys.modules)))",
        HOME=str(tmp_path),
        POSTHUB_HOME=str(tmp_path / "home"),
    )
    # Dagster itself loads SQLAlchemy with its repository; our own modules must not.
    assert set(found.split()) <= {"sqlalchemy"}
    assert list(tmp_path.iterdir()) == [], "loading the graph writes nothing"


def test_importing_our_modules_brings_nothing_that_dagster_does_not_bring():
    code = (
        "import sys, dagster; before = set(sys.modules); import posthub_assets.definitions;"
        f"print(*sorted({HEAVY!r} & (set(sys.modules) - before)))"
    )
    assert fresh_process(code) == ""


def test_there_is_an_asset_for_every_stage():
    assert {asset.key.to_user_string() for asset in ASSETS} == set(NAMES)


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: asset.key.to_user_string())
def test_every_asset_says_what_it_is_whose_it_is_and_how_it_is_judged(asset):
    spec = next(iter(asset.specs))
    assert spec.description and spec.description.endswith(".")
    assert spec.group_name in {"research", "editorial", "visuals", "media", "calendars", "spending"}
    assert spec.owners == ["team:content-ops"]
    assert spec.kinds
    checks = [check.name for check in asset.check_specs]
    assert "no_failed_work" in checks
    assert all(check.description for check in asset.check_specs)
    assert not any(check.blocking for check in asset.check_specs), "an item's verdict gates it"
    assert len(checks) > 1 or spec.key.to_user_string() in {
        "company_sources",
        "content_calendar",
        "monthly_usage",
    }


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: asset.key.to_user_string())
def test_company_assets_and_month_assets_have_their_partitions(asset):
    monthly = asset.key.to_user_string() in MONTH_ASSETS
    assert asset.partitions_def == (company_months if monthly else companies)
    assert asset.backfill_policy.max_partitions_per_run == 50


def test_the_graph_flows_from_the_sources_to_the_calendar():
    edges = {
        spec.key.to_user_string(): {dep.asset_key.to_user_string() for dep in spec.deps}
        for asset in ASSETS
        for spec in asset.specs
    }
    assert edges == {
        "company_sources": set(),
        "company_dna": {"company_sources"},
        "personas": {"company_dna"},
        "topics": {"personas"},
        "blog_posts": {"topics"},
        "social_posts": {"blog_posts"},
        "image_variants": {"social_posts"},
        "generated_images": {"company_sources"},
        "formatted_images": {"image_variants", "generated_images"},
        "brand_palettes": set(),
        "content_calendar": {"blog_posts", "social_posts", "image_variants"},
        "monthly_usage": set(),
        "articles": {"company_sources"},
    }


def test_assets_that_call_providers_stand_in_their_pools():
    pools = {asset.key.to_user_string(): asset.op.pool for asset in ASSETS}
    assert {name for name, pool in pools.items() if pool == "text_provider"} == {
        "company_dna",
        "personas",
        "topics",
        "blog_posts",
        "social_posts",
        "articles",
    }
    assert pools["image_variants"] == pools["generated_images"] == "image_provider"


def test_every_stage_has_a_draining_job_and_nothing_is_retried_by_dagster():
    names = {job.name for job in defs.jobs or ()}
    others = {"erase", "open_months", "reconcile", "tidy_up", "turn_batches"}
    assert {f"drain_{asset}" for asset in NAMES} | others == names
    for job in defs.jobs or ():
        assert isinstance(job, dg.JobDefinition)
        assert job.executor_def is dg.in_process_executor
        assert not any(node.retry_policy for node in job.nodes)


def test_months_are_opened_and_the_house_is_tidied_by_schedules_that_run_by_themselves():
    schedules = defs.schedules or ()
    assert {one.job_name for one in schedules} == {"open_months", "tidy_up"}
    assert {one.default_status for one in schedules} == {dg.DefaultScheduleStatus.RUNNING}


def test_an_unknown_override_is_refused_by_name():
    with pytest.raises(TypeError, match="no such resource: workshp"):
        build_definitions(workshp=None)


def test_asset_bodies_are_short():
    lengths = [length for path in asset_files() for length in body_lengths(path)]
    assert len(lengths) > 20
    assert max(lengths) <= MAX_BODY_LINES
    assert statistics.median(lengths) <= MEDIAN_BODY_LINES


def asset_files() -> list[Path]:
    made = ("visuals", "generated_images", "formatted_images", "brand_palettes", "calendars")
    names = ("research", "editorial", *made, "stages")
    return [ROOT / "posthub_assets" / "assets" / f"{name}.py" for name in names]


def body_lengths(path: Path) -> list[int]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        node.body[-1].end_lineno - node.body[0].lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, functions)
    ]


def test_assets_never_import_each_other():
    stages = {path.stem for path in asset_files()[:-1]}
    for path in asset_files()[:-1]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            node.module.rpartition(".")[2]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
        }
        assert not imported & stages, path.name


# Partitions


def test_the_window_reaches_a_year_back_and_as_far_ahead_as_a_month_may_be_opened():
    today = datetime.now(UTC).date()
    keys = month_window(today).get_partition_keys()
    assert keys[0] == str(add_months(today.replace(day=1), -12))
    assert keys[-1] == str(add_months(today.replace(day=1), MONTHS_AHEAD))


def test_a_partitions_key_is_read_back_as_it_was():
    for partition in (("18f", None), ("a-b-c", date(2026, 12, 1))):
        assert read_partition(partition_key(partition)) == partition


def test_people_read_a_company_month_as_such():
    assert describe(("18f", date(2026, 12, 1))) == "18f 2026-12"
    assert describe(("18f", None)) == "18f"
