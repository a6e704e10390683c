"""Exercises to chapter 04, a file each: random slopes."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
