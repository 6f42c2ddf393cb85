"""The darkroom: where pictures that strangers sent are decoded, in a process with limits.

`room.py` is the side of the service; `zygote.py` is the process that forks one child for each job,
`child.py` is that child, `tasks.py` names what it can do. What runs in the child imports nothing
but the standard library, numpy and Pillow.
What does not belong here: what is done to a picture (`posthub_assets/domain/media/`).
"""
