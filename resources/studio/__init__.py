"""The studio: where the media assistant's pictures are made, with the darkroom and the media store.

    opening.py      opens all of it for the length of a step, or of an API process
    formatting.py   the formats of a picture
    palettes.py     the colours of pictures
    finishing.py    paintings cut to size, facts laid over, and all of it signed
    composing.py    a picture of the library with facts over it
    history.py      who made a picture, as what is made of it says again

Implements the ports of `posthub_assets/domain/media/ports.py`. Pictures are decoded and encoded in
the darkroom's child processes; what comes out is stored, and handed back as rows-to-be.
What does not belong here: pixels (`posthub_assets/domain/media/`), rows (`database/repositories/`).
"""
