"""Code by which a reviewer is known: what it must flag, and the near misses that it must leave alone."""
