"""Chapter 09: the Bayesian road."""
