"""Random intercepts."""
