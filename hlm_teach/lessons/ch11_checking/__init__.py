"""Chapter 11: checking the model."""
