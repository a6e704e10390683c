"""Exercises to chapter 05, a file each: estimation by ML and REML, and what the optimiser does."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
