"""The smallest graph that a factory can serve."""

import time

import dagster as dg


@dg.asset
def quick() -> None:
    """Do nothing."""


@dg.asset
def slow() -> None:
    """Work for longer than any test waits."""
    time.sleep(600)


defs = dg.Definitions(assets=[quick, slow], executor=dg.in_process_executor)
