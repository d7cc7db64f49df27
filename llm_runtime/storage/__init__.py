"""Databases that several rooms keep their shared accounts in."""
