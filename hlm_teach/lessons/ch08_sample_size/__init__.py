"""Chapter 08: how many groups, sample size and power."""
