"""Feedback to the exercises: `check` says what went wrong, `progress` what is done.

How it fits together, each file one job::

    kinds       how an answer is read and compared: numbers, choices, several at once
    objects     the same for fitted models and functions
    sentences   the same for reports in words
    exercise    what an exercise is: its truth, its typical mistakes, its ladder of hints
    chapter_NN  the exercises of a chapter
    own_data    a data set for each learner
    judging     from an answer to a verdict
    checking    check and hint: displays the verdict, counts the hints
    record      what is done (progress), in a small file
    release     solutions/ -> exercises/, without the solutions
    grading     a folder of submissions -> a table of points; submission runs one of them
"""

from .checking import check, hint, is_right
from .own_data import my_data
from .record import progress

__all__ = ["check", "hint", "is_right", "my_data", "progress"]
