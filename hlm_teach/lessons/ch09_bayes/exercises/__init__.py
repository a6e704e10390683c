"""Exercises to chapter 09, a file each: the Bayesian road."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
