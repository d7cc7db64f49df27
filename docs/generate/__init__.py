"""The pages, and the parts of pages, that are written from the code: ``python -m docs.generate``."""
