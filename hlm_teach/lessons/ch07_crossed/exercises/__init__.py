"""Exercises to chapter 07, a file each: crossed random effects, and three levels."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
