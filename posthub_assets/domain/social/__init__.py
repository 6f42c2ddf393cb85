"""Social posts: the platforms' rules as data, and how a blog post becomes a post for each platform.

What does not belong here: delivery to a platform, scheduling on a day, drawing images.
"""
