"""Whether a request fits a model, and which other model it would fit."""
