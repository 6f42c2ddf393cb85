"""Pictures: palettes, layouts, type setting and drawing, on values only.

What does not belong here: finding font files and calling vendors (`resources/`), storing pictures.
"""
