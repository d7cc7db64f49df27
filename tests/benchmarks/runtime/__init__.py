"""How well clients keep a vendor's limits: ``python -m tests.benchmarks.runtime --help``."""
