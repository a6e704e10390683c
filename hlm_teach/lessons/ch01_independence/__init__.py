"""When observations are not independent."""
