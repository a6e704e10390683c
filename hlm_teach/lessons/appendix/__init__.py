"""The appendix: one fit in four programs, and each model in the words of ten."""

from .linked import linked_outputs
from .notations import notations

__all__ = ["linked_outputs", "notations"]
