"""Exercises to chapter 08, a file each: how many groups?"""

from hlm_teach.feedback.exercise import in_files

EXERCISES = in_files(__name__, __path__)
