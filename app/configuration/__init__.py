"""A repository's own configuration, in parts; ``app.repo_config`` is the door through which the rest comes in."""
