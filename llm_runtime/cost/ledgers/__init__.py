"""Where the accounts of dollars are kept: in memory, in SQL, in Redis."""
