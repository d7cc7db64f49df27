"""What to do when a model does not answer: ask another one."""
