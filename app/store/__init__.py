"""What the App remembers in SQL: deliveries, reviews, answers, findings, what people said of them, and what it cost."""
