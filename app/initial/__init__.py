"""What ``quartet init`` puts into a repository: its configuration and its workflows."""
