"""Posterior distributions of two-level models on a grid, priors of their SDs, stored sampler runs."""
