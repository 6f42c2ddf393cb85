"""Grounds drawn in a brand's colours, without words: what `local` offers where no model is asked.

What does not belong here: grounds that know where their text stands (`domain/visuals/grounds/`),
facts (`domain/media/overlay/`).
"""
