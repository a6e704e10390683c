"""Chapter 10: growth over time: curves, memory, and those who leave."""
