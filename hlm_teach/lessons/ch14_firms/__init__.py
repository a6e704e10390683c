"""Chapter 14: a case study in economics: firms, and the bridge to panel data."""
