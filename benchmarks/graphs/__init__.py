"""The graphs that benches run: ours with another provider, and bare Dagster beside it.

A module here is loaded by a code server and by every run, so it imports as little as it can.
"""
