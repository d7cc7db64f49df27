"""The Action: the App's own jobs, done in one step of a workflow."""
