"""python -m hlm_teach.classroom.grading FOLDER"""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
