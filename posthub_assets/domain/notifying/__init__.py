"""Who is told what, when, and how a message proves that it is ours.

What does not belong here: sending (`resources/notifying/`), wording (its templates).
"""
