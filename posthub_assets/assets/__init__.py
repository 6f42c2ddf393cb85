"""What exists: the assets, one file per stage. Thin: how things are decided is in `domain/`."""
