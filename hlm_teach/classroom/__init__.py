"""What a teacher or maintainer runs: grading, releasing and refreshing notebooks, the installation check."""
