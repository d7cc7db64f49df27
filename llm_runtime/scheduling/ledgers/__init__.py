"""Where the account of requests and tokens is kept: in memory, in SQL, in Redis."""
