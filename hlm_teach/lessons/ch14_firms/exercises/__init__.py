"""Exercises to chapter 14, a file each: panels from question to report."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
