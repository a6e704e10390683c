"""Random slopes."""
