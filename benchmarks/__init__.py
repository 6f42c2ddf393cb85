"""Benchmarks: one module each, run by `python -m benchmarks [NAME]` or `make bench [BENCH=name]`.

They measure and report; they are no tests, and a missed target fails nothing. What each means and
how to read it: docs/benchmarks.md.
"""
