"""Calendars of content: what is approved for a month, as a table."""
