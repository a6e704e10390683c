"""Data sets with their provenance, and stored reference fits from lme4."""
