"""Exercises to chapter 01, a file each: when observations are not independent."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
