"""The live dashboard: a signed-in visitor in, figures of the repositories that GitHub lets that visitor read out."""
