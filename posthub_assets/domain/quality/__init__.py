"""The quality gate: is an item good enough to be put before a person?

What belongs here: rules over bodies, each naming the item's words (span) and the rule; the
fingerprints by which near-duplicates are found among everything a company ever had.
What does not belong here: storing verdicts, Dagster's asset checks (they call `gate.check_item`),
splitting text into words and sentences (`domain/text/`), the platforms' numbers
(`domain/social/`).
"""
