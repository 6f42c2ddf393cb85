"""Pages for people without an account: no scripts, nothing from another host, four languages.

`writing.py` renders templates with their headers, `words.py` holds the words of each language,
`showing.py` prepares an item for reading, `approving.py` has the pages of a link.
What does not belong here: routes (`api/routers/`), rules.
"""
