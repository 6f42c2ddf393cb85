"""One file per resource. A handler reads, calls a repository, commits, and only then answers."""
