"""The factory: its graph (`assets/`, `definitions.py`), its rules (`domain/`) and its command."""
