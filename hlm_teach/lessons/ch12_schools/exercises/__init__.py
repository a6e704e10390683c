"""Exercises to chapter 12, a file each: three long ones, each from the data to a report."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
