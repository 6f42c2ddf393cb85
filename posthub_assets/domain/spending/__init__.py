"""What may be spent, and what a month will cost. Pure: figures in, figures out.

`limits.py`: limits, whose they are and when they begin anew. `forecast.py`: a month before it
starts, compared with what it cost after.
What does not belong here: counting what was spent (`resources/`), prices (`resources/pricing/`).
"""
