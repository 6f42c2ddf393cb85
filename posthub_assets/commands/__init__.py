"""What the `posthub` command does, one module per group of commands.

Part of the composition root: only `posthub_assets/cli.py` imports from here, and these modules may
import everything below them (`resources/`, `api/`, `domain/`).
What does not belong here: names and options of commands (`cli.py`), rules (`domain/`).
"""
