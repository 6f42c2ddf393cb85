"""What people choose from instead of describing: layouts, styles, kinds of picture, scenes. Data.

What does not belong here: what is made of a choice (`overlay/`, `grounds/`, the gateway's prompts).
"""
