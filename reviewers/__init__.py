"""The review itself: a snapshot of a change goes in, placed and ranked findings come out."""
