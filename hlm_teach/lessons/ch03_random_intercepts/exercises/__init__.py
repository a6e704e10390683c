"""Exercises to chapter 03, a file each: random intercepts."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
