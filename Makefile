# Each target does its own set-up. The second time the set-up takes no time.
# Programs are run as `python -m`: scripts in .venv/bin do not start from a path with a space.

PYTHON ?=
PY := .venv/bin/python
ARGS ?=
BENCH ?=

.PHONY: help setup demo test up check accept bench client-generator
.DEFAULT_GOAL := help
unexport PYTHONHOME PYTHONPATH

help:
	@echo "make demo     run one company's month end to end and say what was made and where"
	@echo "make up       API, Dagster UI and daemon on 127.0.0.1, until Ctrl-C"
	@echo "make test     all tests"
	@echo "make check    lint, types, layers, migrations"
	@echo "make accept   the long proofs: full kill counts, all languages"
	@echo "make bench    benchmarks; make bench BENCH=name for one"
	@echo "make setup    only the environment, .venv"

setup:
	@PYTHON="$(PYTHON)" sh .ci/setup

demo: setup
	@$(PY) -m posthub_assets.cli demo $(ARGS)

up: setup
	@$(PY) -m posthub_assets.cli up $(ARGS)

test: setup
	@$(PY) -m pytest -m "not accept" $(ARGS)

client-generator: setup
	@sh .ci/client-generator

# Without the generator its test is skipped, and says so.
accept: setup
	-@sh .ci/client-generator
	@$(PY) -m pytest -m accept $(ARGS)

bench: setup
	@$(PY) -m benchmarks $(BENCH)

check: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(PY) -m pytest -q tests/resources/database/test_migrations.py
