"""Exercises to chapter 10, a file each: growth over time."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
