"""Exact laws and samplers of balanced studies, which move the labs and the simulations."""
