"""How things are decided. Pure: no I/O, clock, environment or unseeded randomness.

What does not belong here: SQL, HTTP, Dagster, files, vendor SDKs.
"""
