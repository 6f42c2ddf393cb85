"""With whom we talk: the database, providers, media, settings. Implements the domain's ports."""
