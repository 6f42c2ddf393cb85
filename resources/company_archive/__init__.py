"""A company or a person as a ZIP of JSON lines and media: written, checked, and read again.

    manifest.json             what it is, when, by whom, and of every entry its SHA-256 and size
    data/NAME.jsonl           a row a line
    media/SHA256              a file by the hash of its bytes

No secret is in it: no password, token, key, nor a hash of one. What does not belong here: routes
and commands.
"""
