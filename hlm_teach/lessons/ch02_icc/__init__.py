"""Intraclass correlation and variance partition."""
