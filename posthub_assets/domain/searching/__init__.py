"""Searching contents in four languages: words and their stems, questions, entries, snippets.

PostgreSQL has no stemmer for Czech, Persian or Ukrainian, so both sides of the index are made here.
What does not belong here: the index itself (`resources/database/repositories/search.py`).
"""
