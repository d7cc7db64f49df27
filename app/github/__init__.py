"""GitHub: reading a pull request and writing a review, over PyGithub."""
