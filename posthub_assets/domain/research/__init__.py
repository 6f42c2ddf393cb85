"""What is known about a company: its DNA, and the personas that speak for it.

What does not belong here: topics and posts (`editorial/`), reading documents (`text/`).
"""
