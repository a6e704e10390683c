"""What a teacher or maintainer runs: setting up, grading, the book, releasing and refreshing notebooks.

How it fits together, each file one job::

    environment    .venv is made, and kept in order
    places         where it is, and which Python it needs
    packages       what is installed, and what is missing or damaged
    installer      packages into .venv, by uv or pip
    lock           one set-up at a time
    surroundings   settings that would misdirect a program are left out
    guard          a program that ends when whoever started it ends
    installation   the check that chapter 00 begins with
    refresh        notebooks run again, and stored clean
    names          the lists of plots and labs, in step with the chapters
    release        exercises/ made from solutions/
    grading        what learners hand in: points, table, pages
    book           the course as a web site, slides and a PDF
    engine         Python for the book's pages and for the sandbox of grading
    tools          what book and engine are made with: npm's packages, a browser, a server
    without_threads  what a Python without threads is told, in the page and in the sandbox
    question_bank  quizzes and exercises for learning platforms
    numeric_items  exercises that ask for numbers, as questions of that bank
    references     all works that the chapters cite, on one page
    front_page     the picture of the README
    with_bambi     chapter 09 with a real sampler
"""
