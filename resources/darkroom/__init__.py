"""The darkroom: where pictures that strangers sent are decoded, in a process with limits.

What does not belong here: what is done to a picture (`posthub_assets/domain/media/`).
"""
