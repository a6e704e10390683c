"""Likelihood-ratio tests and model comparison."""
