"""Exercises to chapter 02, a file each: intraclass correlation and variance partition."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
