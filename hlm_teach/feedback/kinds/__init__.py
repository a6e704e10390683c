"""How an answer is read and compared: numbers, choices, several at once, objects, sentences."""
