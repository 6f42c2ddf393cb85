"""A show's facts as a layer of ours on any picture: chosen, set in type, legible by measure.

It may run in the picture child process: standard library, numpy and Pillow only.
What does not belong here: the pictures themselves, font files (`resources/fonts.py`), layout
templates (`domain/media/templates/`).
"""
