"""The page on which people look at what reviews cost and bring."""
