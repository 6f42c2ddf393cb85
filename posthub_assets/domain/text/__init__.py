"""Reading text: blocks, sentences, words and likeness of documents, in four languages.

What does not belong here: what is written from them (`domain/editorial`, `domain/research`,
`domain/social`) and the rules that judge it (`domain/quality`).
"""
