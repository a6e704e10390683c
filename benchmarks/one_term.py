"""`fit_lmm` beside lme4, one grouping: formula and table in, estimates out; ratios, not milliseconds.

    python benchmarks/one_term.py            about a minute; needs Rscript with lme4

Both fit the same model to the same rows in turn, seven times each; the shortest of each counts, in
processor time, so that what else the machine does matters less. One BLAS thread.
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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from reference_models import MODELS, TWO_LEVEL, data

from hlm_teach import fit_lmm

R_CODE = """
suppressMessages(library(lme4))
options(warn = -1)
d <- read.csv("DATA")
d[["GROUP"]] <- factor(d[["GROUP"]])
times <- replicate(7, {
  gc(FALSE)
  start <- sum(proc.time()[1:2])
  for (i in 1:5) suppressMessages(lmer(FORMULA, d))
  (sum(proc.time()[1:2]) - start) / 5
})
cat(min(times))
"""


def ours(model) -> float:
    """Shortest of seven calls, in seconds."""
    frame, times = data(model.data), []
    for _ in range(7):
        start = time.process_time()
        fit_lmm(model.formula, frame, model.groups, model.random, correlated=model.correlated)
        times.append(time.process_time() - start)
    return min(times)


def theirs(model, folder: Path) -> float:
    """The same for lmer."""
    table = folder / f"{model.data}.csv"
    data(model.data).to_csv(table, index=False)
    bar = "|" if model.correlated else "||"
    formula = f"{model.formula} + ({model.random} {bar} {model.groups})"
    code = R_CODE.replace("DATA", table.as_posix()).replace("GROUP", model.groups)
    script = folder / "time.R"
    script.write_text(code.replace("FORMULA", formula), encoding="utf-8")
    run = subprocess.run(
        ["Rscript", "--vanilla", str(script)], check=True, capture_output=True, text=True
    )
    return float(run.stdout)


def main() -> None:
    if shutil.which("Rscript") is None:
        raise SystemExit("Rscript is not on the path: there is nothing to compare with")
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in TWO_LEVEL:
            model = MODELS[name]
            rows[name] = {"fit_lmm": ours(model), "lme4": theirs(model, Path(folder))}
    table = pd.DataFrame(rows).T * 1000
    table["ratio"] = table.fit_lmm / table.lme4
    mean = float(np.exp(np.log(table.ratio).mean()))
    print(table.round({"fit_lmm": 1, "lme4": 1, "ratio": 2}).to_string())
    print(json.dumps({"geometric mean of the ratios": round(mean, 3)}))


if __name__ == "__main__":
    main()
