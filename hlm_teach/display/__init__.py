"""How things are shown: figures with words beside them, sentences, one style."""
