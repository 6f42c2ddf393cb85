"""Photos and what is made of them: read, fitted to formats, their colours, words laid over them.

Most of it runs in a child process of its own (`resources/darkroom/`), so it imports nothing but the
standard library, numpy and Pillow.
What does not belong here: pictures drawn from a brand's type and shapes (`domain/visuals/`).
"""
