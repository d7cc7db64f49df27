"""The files as they are written, each valid as it lies here; names in them are put in their places by ``files``."""
