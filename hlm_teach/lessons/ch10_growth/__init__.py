"""Growth over time: curves, memory, and those who leave."""
