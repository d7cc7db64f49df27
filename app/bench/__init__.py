"""The plugs of the bench: suites are read from folders, run through the review that users get, and written down."""
