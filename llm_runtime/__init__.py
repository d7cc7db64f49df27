"""Asking a model: one request in, one completion or one typed error out, and what it cost."""
