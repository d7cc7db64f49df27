"""What calls cost and what they bring: recorded as they happen, fetched from Langfuse, and asked about in SQL."""
