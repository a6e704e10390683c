"""Chapter 07: crossed random effects, and three levels."""
