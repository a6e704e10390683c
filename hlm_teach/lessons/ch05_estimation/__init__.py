"""Estimation: ML, REML, and what the optimiser does."""
