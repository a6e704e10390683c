"""Feedback to the exercises: `check` says what went wrong, `progress` what is done.

How it fits together, each file one job::

    kinds       how an answer is read and compared: numbers, choices, objects, sentences
    reading     numbers and claims found in a text
    spelling    the text as it is read: slips of the pen mended, numbers in one way of writing
    labels      numbers and the words around them
    naming      which of two numbers is which
    comparing   which of two groups is said to lie lower
    vocabulary  the many words for one thing
    claims      false claims that several chapters know
    reports     mistakes that reports share: with intervals, units, directions and causes
    phrases     what is said in more than one exercise
    exercise    what an exercise is: its numbers, its table of mistakes, its ladder of hints
    own_data    a data set for each learner
    judging     from an answer to a verdict
    unjudged    what a right report is right without, so that nobody has judged it
    checking    check and hint: displays the verdict, counts the hints
    progress    what is done, in a small file

The exercises themselves lie with their chapters, in lessons: a folder `exercises`, a file each.
"""
