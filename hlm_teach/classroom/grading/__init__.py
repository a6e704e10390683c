"""Grading what learners hand in: what `python course.py grade` does.

How it fits together, each file one job::

    handed_in      every file in a folder, in archives too, or why it can't be read
    beside         the learner's own data files, which cells may read
    notebooks      cells from any encoding, format and editor
    tasks          which exercise each cell belongs to
    submission     one submission: run, last answers, points
    sandbox        the interpreter in WebAssembly, where foreign code runs
    memory_files   the folder in memory that it may write into
    in_sandbox     running and judging there
    in_process     the same in processes, where there is no sandbox
    process_room   what such a process does
    worker         several at once, each in a process that may die
    table          the CSV file, after each submission
    feedback_page  the page that a learner gets back
    command        the command line

``guest`` is what runs beside a learner's code, in the sandbox or in such a process.
"""
