"""Rows, targets, percentiles, CPU seconds and the files that a bench writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from benchmarks.__main__ import BENCHES, main
from benchmarks.harness import (
    at_least,
    at_most,
    info,
    own_cpu_s,
    percentile,
    report,
    table,
    tree_cpu_s,
    with_bytecode,
)

BUSY = "import time\nwhile time.process_time() < 0.3: pass"


def test_a_row_says_whether_its_target_is_met():
    assert at_most("a", 1.3, "x", 1.3).met is True
    assert at_most("a", 1.31, "x", 1.3).met is False
    assert at_least("a", 0.5, "x", 0.5).met is True
    assert at_least("a", 0.49, "x", 0.5).met is False
    assert info("a", 1, "x").met is None


def test_a_target_is_judged_before_the_value_is_rounded():
    row = at_most("a", 1.30004, "x", 1.3)
    assert (row.value, row.met) == (1.3, False)


def test_a_percentile_lies_between_its_neighbours():
    assert percentile([4, 1, 3, 2], 50) == 2.5
    assert percentile([1, 2, 3], 100) == 3
    assert percentile([7], 95) == 7
    with pytest.raises(ValueError, match="at least one"):
        percentile([], 50)


def test_the_table_shows_a_missed_target():
    shown = table([at_most("slow", 2, "s", 1), info("told", 3, "s")])
    assert shown.splitlines()[1].split() == ["slow", "2", "s", "<=", "1", "NO"]
    assert shown.splitlines()[2].split() == ["told", "3", "s"]


def test_a_report_is_a_list_of_rows(tmp_path, capsys):
    path = report("some", [at_most("slow", 2, "s", 1)], tmp_path / "bench")
    assert path.name == "some.json"
    assert json.loads(path.read_text()) == [
        {"name": "slow", "value": 2.0, "unit": "s", "target": "<= 1", "met": False}
    ]
    assert "slow" in capsys.readouterr().out


def test_an_ended_child_is_in_the_cost():
    before = own_cpu_s()
    subprocess.run([sys.executable, "-c", BUSY], check=True)
    assert own_cpu_s() - before >= 0.29


def test_the_cost_of_a_tree_counts_children_that_ended():
    before = tree_cpu_s([os.getpid()])
    subprocess.run([sys.executable, "-c", BUSY], check=True)
    assert tree_cpu_s([os.getpid()]) - before >= 0.29


def test_a_process_that_is_gone_costs_nothing_and_raises_nothing():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert tree_cpu_s([gone.pid]) == 0


def test_processes_keep_their_bytecode_where_python_is_told_not_to():
    told = with_bytecode({"A": "b", "PYTHONDONTWRITEBYTECODE": "1"})
    assert told.pop("PYTHONPYCACHEPREFIX").endswith("bytecode")
    assert told == {"A": "b"}
    assert with_bytecode({"A": "b"}) == {"A": "b"}


def test_an_unknown_bench_is_named_and_nothing_runs(capsys):
    assert main(["speed"]) == 2
    said = capsys.readouterr().out
    assert "speed" in said
    assert all(name in said for name in BENCHES)
