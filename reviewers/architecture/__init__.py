"""Both sides of changed code go in; what the change does to the order of the house comes out, as facts."""
