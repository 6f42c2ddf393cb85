"""The colours of a picture: the few that stand for it, and the roles they take in a design.

    points -> `clustering` -> `extraction` -> `roles`, and `task` runs them in the picture child

All but `making.py` imports nothing but the standard library, numpy and Pillow.
What does not belong here: schemes for pictures that we draw (`domain/visuals/`).
"""
