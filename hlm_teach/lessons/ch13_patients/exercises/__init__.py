"""Exercises to chapter 13: three long ones, each from data to a report."""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
