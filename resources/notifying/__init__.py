"""Telling people and webhooks what the outbox holds: at least once, in its own process.

`deliver.py` claims, sends and records; `webhooks.py` and `smtp.py` send; `mails.py` writes e-mails
from `templates/`; `loop.py` is the process. What does not belong here: SQL, rules (domain).
"""
