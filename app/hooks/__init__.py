"""Git hooks: installing them beside those that are there, and what they do when git calls them."""
