"""Topics and blog posts, composed from a company's own documents.

What does not belong here: reading text (`domain/text`), judging what was written
(`domain/quality`), and who asks for it (`assets/editorial.py`).
"""
