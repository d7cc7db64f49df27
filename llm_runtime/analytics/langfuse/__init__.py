"""Langfuse: what happens is written there, and what was written there by others is read."""
