"""Exercises to chapter 06, a file each: likelihood-ratio tests and model comparison."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
