"""Auto-format: the whole picture, fitted, before a blurred copy of itself, with a soft shadow.

`compose.py` does it, by `layout.py` (where), `weights.py` (filters as matrices), `scaling.py` (the
picture), `backdrop.py` (what is behind it) and `transparency.py`. `task.py` is its door.
What does not belong here: reading and writing files, which are the task's neighbours.
"""
