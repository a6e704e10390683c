"""Crossed random effects, and three levels."""
