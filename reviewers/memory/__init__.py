"""What people said of findings before: it silences them, and tells how far a reviewer can be trusted."""
