"""How fast crossed models are fitted, side by side with lme4 and mixedlm in one run: ratios.

    python benchmarks/several_terms.py [python of an environment with mixedlm]

Students × lecturers, simulated like the InstEval data of lme4: random intercepts of both. lme4 is
run through Rscript where that is installed, mixedlm in an environment of its own. Then models with
slopes, and how the cost grows up to a million rows and 20,000 × 2,000 levels. One BLAS thread.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SIZES = [(5_000, 1_500, 400), (30_000, 2_500, 900), (73_421, 2_972, 1_128)]
GROWTH = [(200_000, 8_000, 1_500), (1_000_000, 20_000, 2_000)]
OURS = """
import json, resource, sys, time, warnings
import pandas as pd
from hlm_teach import fit_lmm
frame = pd.read_csv(sys.argv[1]); random = json.loads(sys.argv[2])
fit_lmm("y ~ x", frame.head(300), random={"d": "1"})
start = time.perf_counter()
fit = fit_lmm("y ~ x", frame, random=random)
took = time.perf_counter() - start
print(json.dumps([took, fit.llf, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
MIXEDLM = """
import json, sys, time
import pandas as pd, mixedlm
frame = pd.read_csv(sys.argv[1])
for name in ("s", "d"): frame[name] = frame[name].astype(str)
start = time.perf_counter()
fit = mixedlm.lmer("y ~ x" + "".join(f" + ({e} | {g})" for g, e in json.loads(sys.argv[2]).items()), frame)
took = time.perf_counter() - start
print(json.dumps([took, float(fit.logLik().value), 0.0]))
"""
LME4 = """
suppressMessages(library(lme4)); a <- commandArgs(TRUE); d <- read.csv(a[1])
d$s <- factor(d$s); d$d <- factor(d$d)
t <- system.time(m <- lmer(as.formula(a[2]), d))[3]
cat(sprintf("[%.4f, %.8f, 0]\\n", t, c(logLik(m))))
"""


def study(n: int, students: int, lecturers: int, seed: int = 1) -> pd.DataFrame:
    """Every row a rating; lecturers are rated unequally often."""
    rng = np.random.default_rng(seed)
    s = rng.integers(0, students, n)
    d = np.minimum((lecturers * rng.random(n) ** 1.3).astype(int), lecturers - 1)
    x = rng.normal(size=n)
    slope = 0.2 * rng.normal(size=lecturers)
    y = 3.2 + (0.1 + slope[d]) * x + 1.18 * rng.normal(size=n)
    y += 0.33 * rng.normal(size=students)[s] + 0.52 * rng.normal(size=lecturers)[d]
    return pd.DataFrame({"y": y, "x": x, "s": s, "d": d})


def run(command: list[str]) -> tuple[float, float, float]:
    """Seconds, log-likelihood and peak memory in MB, as the program prints them."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return float("nan"), float("nan"), float("nan")
    seconds, llf, memory = json.loads(done.stdout.strip().splitlines()[-1])
    return seconds, llf, memory


def side_by_side(frame: pd.DataFrame, random: dict[str, str], others: bool, repeats: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "ratings.csv")
        frame.to_csv(path, index=False)
        bars = "y ~ x" + "".join(f" + ({effects} | {g})" for g, effects in random.items())
        programs = {"ours": [sys.executable, "-c", OURS, path, json.dumps(random)]}
        if others and shutil.which("Rscript"):
            programs["lme4"] = ["Rscript", "-e", LME4, path, bars]
        if others and len(sys.argv) > 1:
            programs["mixedlm"] = [sys.argv[1], "-c", MIXEDLM, path, json.dumps(random)]
        found = {name: [run(command) for _ in range(repeats)] for name, command in programs.items()}
    best = {name: min(runs) for name, runs in found.items()}
    row = {f"{name} s": round(best[name][0], 2) for name in best}
    for name in best:
        if name != "ours":
            row[f"ours / {name}"] = round(best["ours"][0] / best[name][0], 3)
            row[f"llf − {name}'s"] = f"{best['ours'][1] - best[name][1]:+.1e}"
    return row | {"MB": round(best["ours"][2])}


def main() -> None:
    both, start = {"s": "1", "d": "1"}, time.perf_counter()
    models = [(size, both, True) for size in SIZES]
    models += [(SIZES[0], {"s": "1", "d": "1 + x"}, True)]
    models += [(size, both, False) for size in GROWTH]
    for (n, students, lecturers), random, others in models:
        row = side_by_side(study(n, students, lecturers), random, others, 2 if n < 80_000 else 1)
        print(f"{n} rows, {students} × {lecturers}, {random}: {row}", flush=True)
    print(f"{time.perf_counter() - start:.0f} s in all")


if __name__ == "__main__":
    main()
