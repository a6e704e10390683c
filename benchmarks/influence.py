"""Leaving out each group: all side by side, against fitting the other rows again; a ratio.

    python benchmarks/influence.py          about half a minute

Both are timed in processor time on the 160 schools of HSB, the refits on every eighth school; the
largest difference between their estimates stands beside.
"""

from __future__ import annotations

import os
import time

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np

from hlm_teach import fit_lmm, influence, load_data

MODELS = {
    "random intercepts": ("math ~ ses_within + ses_mean", "1"),
    "random slopes": ("math ~ ses_within * catholic + ses_mean", "1 + ses_within"),
}
EACH = 8


def main() -> None:
    """Print a line a model."""
    data = load_data("hsb")
    for name, (formula, random) in MODELS.items():
        fit = fit_lmm(formula, data, "school", random)
        together = []
        for _ in range(3):
            start = time.process_time()
            found = influence(fit)
            together.append(time.process_time() - start)
        some = found.without.index[::EACH]
        start = time.process_time()
        again = [fit_lmm(formula, data[data["school"] != one], "school", random) for one in some]
        refits = (time.process_time() - start) / len(some) * len(found.without)
        off = max(
            np.abs(found.without.loc[one, refit.params.index] - refit.params).max()
            for one, refit in zip(some, again, strict=True)
        )
        print(
            f"{name}: {len(found.without)} schools in {min(together):.2f} s, refits {refits:.1f} s, "
            f"ratio {refits / min(together):.0f}; largest difference of a coefficient {off:.0e}"
        )


if __name__ == "__main__":
    main()
