"""Chapter 12: a case study in education: achievement across schools."""
