"""The files that pictures come in, walked part by part without decoding a pixel.

Each module reads one kind of container strictly, says what is in it, and writes it anew with
nothing but what is needed to decode the first picture. So Pillow never sees a comment, a foreign
EXIF, a second frame, or what hides behind the end.
What does not belong here: limits on size (`looking.py`), pixels (`pixels.py`).
"""
