"""Simulated data: two levels, crossed factors, growth; what is drawn and how."""
