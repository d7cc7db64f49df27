"""Measuring reviews: cases with known faults and findings go in; hits, misses, false alarms and figures come out."""
