"""Settings for nbgrader: copy this file into the folder of your nbgrader course.

docs/grading.md says how the folder is laid out.
"""

c = get_config()  # noqa: F821 (nbgrader defines it)

# What stands where a solution stood: the stub of exercises/, which runs when blank.
c.ClearSolutions.code_stub = {"python": "# Your code here: put what the task asks for into answer."}
# A cell that doesn't end within this many seconds is interrupted.
c.ExecutePreprocessor.timeout = 120
c.Execute.timeout = 120
