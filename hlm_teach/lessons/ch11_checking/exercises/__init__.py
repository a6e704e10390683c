"""Exercises to chapter 11, a file each: checking the model."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
