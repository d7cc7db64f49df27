"""A second look: findings go to a model of another family, and come back confirmed, refuted or unsure."""
