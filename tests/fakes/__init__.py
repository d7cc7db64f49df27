"""Outside systems, faked on the wire: each keeps the real system's rules and imports nothing of what it tests."""
