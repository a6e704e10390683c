"""Grade eighty and more submissions, many of them hostile, beside busy processes.

    python benchmarks/grading.py [BUSY] [WORK] [NICE]

Compares the points of each with what it must come to, and hashes of all files in the folder before
and after; says how long a notebook takes. BUSY processes (4) compute beside it; WORK is the limit
for a cell, in billions of instructions (as in the command: six notebooks come to it). NICE is how
much the busy ones give way (0: not at all).
"""

import csv
import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import submissions


def hashes(folder):
    """Every path below a folder, with the hash of what it holds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        plain = path.is_file() and not path.is_symlink()
        held = hashlib.sha256(path.read_bytes()).hexdigest() if plain else str(path.lstat().st_mode)
        found[path.relative_to(folder).as_posix()] = held
    return found


BUSY = "import os, sys; getattr(os, 'nice', int)(int(sys.argv[1]))\nwhile True: pass"


def main(busy, work, nice):
    """Run it; the exit code says whether all came out as it must."""
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place, "handed in"), Path(place, "grades.csv")
        folder.mkdir()
        made = submissions.make(folder)
        before = hashes(folder)
        beside = [sys.executable, "-c", BUSY, nice]
        others = [subprocess.Popen(beside) for _ in range(busy)]
        started = time.monotonic()
        try:
            command = [sys.executable, "-m", "hlm_teach.classroom.grading", str(folder)]
            more = [f"--work={work}"] if work else []
            more += ["--out", str(out), "--feedback", str(Path(place, "feedback"))]
            done = subprocess.run([*command, *more], cwd=ROOT, check=False)
        finally:
            for other in others:
                other.kill()
        taken = time.monotonic() - started
        with out.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        pages = len(list(Path(place, "feedback").glob("*.html")))
        problems = [words for case in made if (words := submissions.wrong(case, rows))]
        if hashes(folder) != before:
            problems.append("the folder has changed")
    print(f"{len(made)} submissions, {len(rows)} rows, {pages} pages, beside {busy} busy processes")
    print(f"{taken:.0f} s, {taken / len(made):.1f} s a submission")
    print(
        "\n".join(problems) or "each graded right or refused with the reason; the folder unchanged"
    )
    return 1 if problems or done.returncode else 0


if __name__ == "__main__":
    busy, work, nice = sys.argv[1:] + ["4", "", "0"][len(sys.argv) - 1 :]
    sys.exit(main(int(busy), work, nice))
