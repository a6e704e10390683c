"""Chapter 13: a case study in healthcare, three data sets from question to report."""
