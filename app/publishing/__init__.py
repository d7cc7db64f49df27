"""Publishing: what a review says on a pull request, and how it gets there once."""
