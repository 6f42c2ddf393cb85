"""Backups: one file that holds all that a home cannot make again, and the way back from it.

    manifest.py    what a backup says of itself
    archive.py     the file: a plain tar, written in one pass, read with every hash checked
    postgres.py    pg_dump and pg_restore, which come with the embedded PostgreSQL
    keys.py        the keys that read what is stored encrypted, apart from the rest
    making.py      a backup of a running factory
    restoring.py   an empty home, or database, becomes the one that was backed up

What does not belong here: printing (`posthub_assets/commands/backups.py`).
"""
