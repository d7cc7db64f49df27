"""Questions to the tables of analytics: a connection and a period come in, an answer comes out."""
