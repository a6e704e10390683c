"""Hard data sets with two or three random terms: is any fit below what independent searches find?

    python benchmarks/hard_fits_several.py [number of data sets, 1000] [first seed, 0]

Crossed, partially crossed and nested groupings, labels used again, levels seen once, variances of
zero, correlations of ±1, units from 1e-6 to 1e6, x with its mean up to a million standard
deviations from zero. BFGS (eight random starts), Nelder-Mead and Powell minimise the same
deviance. Prints every fit that is more than 1e-6 log-likelihood units below the best of them, and
the seed that makes it again.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from scipy import optimize

from hlm_teach.lmm.blocked_cholesky import evaluate
from hlm_teach.lmm.blocked_optimum import fit_blocks, lambdas, objective
from hlm_teach.lmm.blocks import Blocks, Outcome, Term, make_blocks, make_outcome

Study = tuple[np.ndarray, np.ndarray, list[Term]]


def groupings(rng: np.random.Generator) -> list[np.ndarray]:
    """Codes of two or three groupings of the same rows."""
    kind = rng.choice(["crossed", "partial", "nested", "reused", "once"])
    outer, inner = int(rng.integers(3, 25)), int(rng.integers(3, 12))
    if kind == "crossed":
        codes = [part.ravel() for part in np.indices((outer, inner))]
        codes = (
            [np.repeat(part, rng.integers(1, 4)) for part in codes]
            if (rng.random() < 0.5)
            else [np.tile(part, 2) for part in codes]
        )
        if len(codes[0]) != len(codes[1]):
            codes = [np.tile(part, 2) for part in (p.ravel() for p in np.indices((outer, inner)))]
    else:
        n = int(rng.integers(60, 500))
        first = rng.integers(0, outer, n)
        if kind == "partial":
            codes = [first, (first + rng.integers(0, 3, n)) % inner]
        elif kind == "nested":
            codes = [first, first * inner + rng.integers(0, inner, n)]
        elif kind == "reused":
            again = rng.integers(0, inner, n)
            codes = [first, again, first * inner + again]
        else:
            codes = [first, np.where(rng.random(n) < 0.5, rng.integers(0, 8, n), np.arange(n) + 10)]
    if len(codes) == 2 and rng.random() < 0.3:
        codes.append(rng.integers(0, 6, len(codes[0])))
    return [np.unique(part, return_inverse=True)[1] for part in codes]


def study(rng: np.random.Generator) -> Study:
    """X, y and the terms of one data set."""
    codes = groupings(rng)
    n = len(codes[0])
    x = rng.normal(size=n) + rng.choice([0, 1]) * rng.normal(size=codes[0].max() + 1)[codes[0]]
    if rng.random() < 0.3:
        x = rng.integers(0, 4, n).astype(float)
    z = (x - x.mean()) / x.std()
    far = 10.0 ** rng.uniform(0, 6) if rng.random() < 0.5 else 0.0
    x = (x + far) * 10.0 ** rng.uniform(-6, 6)
    design, y, terms = np.column_stack([np.ones(n), x]), rng.normal(size=n) + 0.3 * z, []
    for k, part in enumerate(codes):
        levels, q = int(part.max()) + 1, int(rng.choice([1, 2]))
        q = 1 if levels * q >= 0.7 * n else q
        sd = np.sqrt([rng.choice([0, 0.01, 0.1, 1, 10]), rng.choice([0, 0, 0.01, 0.1, 1])])
        rho = rng.choice([-1, -0.5, 0, 0.5, 1])
        u = rng.normal(size=(2, levels))
        u = sd[:, None] * np.stack([u[0], rho * u[0] + np.sqrt(1 - rho**2) * u[1]])
        y = y + u[0][part] + (q == 2) * u[1][part] * z
        terms.append(
            Term(f"g{k}", ("1", "x")[:q], design[:, :q], part, levels, bool(rng.random() < 0.7))
        )
    return design, y * 10.0 ** rng.uniform(-6, 6), terms


def best_of_others(
    blocks: Blocks, outcome: Outcome, reml: bool, rng: np.random.Generator, direct: bool
) -> float:
    """The lowest deviance that independent searches find."""

    def with_gradient(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return objective(blocks, outcome, theta, reml)[:2]

    def deviance(theta: np.ndarray) -> float:
        return evaluate(blocks, outcome, lambdas(blocks, theta), reml=reml).deviance

    diagonal = np.concatenate([term.free[0] == term.free[1] for term in blocks.terms])
    starts = [
        np.where(diagonal, 1, rng.choice([-1, 1], len(diagonal)))
        * np.exp(rng.normal(-0.7, 1.2, len(diagonal)))
        for _ in range(10)
    ]
    found = [
        optimize.minimize(with_gradient, start, jac=True, method="BFGS", options={"gtol": 1e-7}).fun
        for start in starts[:8]
    ]
    if direct:
        found.append(
            optimize.minimize(
                deviance,
                starts[8],
                method="Nelder-Mead",
                options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 3000, "adaptive": True},
            ).fun
        )
        found.append(
            optimize.minimize(
                deviance, starts[9], method="Powell", options={"xtol": 1e-10, "ftol": 1e-13}
            ).fun
        )
    return float(min(found))


def shortfall(seed: int, *, direct: bool = True) -> dict[str, Any]:
    """`gap`: (ours − best of the others) / 2 in deviance; what the fit says of itself."""
    rng = np.random.default_rng(seed)
    x, y, terms = study(rng)
    reml = bool(rng.random() < 0.5)
    blocks = make_blocks(x, terms)
    outcome = make_outcome(blocks, y)
    fit = fit_blocks(blocks, outcome, reml=reml)
    best = best_of_others(blocks, outcome, reml, rng, direct)
    return {
        "gap": (fit.at.deviance - best) / 2,
        "singular": any(fit.singular),
        "converged": fit.converged,
    }


def main(count: int, first: int) -> None:
    found = {seed: shortfall(seed) for seed in range(first, first + count)}
    below = {seed: one for seed, one in found.items() if not one["gap"] <= 1e-6}
    for seed, one in below.items():
        print(
            f"seed {seed}: {one['gap']:.3g} log-likelihood units below "
            f"({'singular' if one['singular'] else 'interior'}, "
            f"{'converged' if one['converged'] else 'stuck'})"
        )
    print(
        f"{count} data sets, {sum(one['singular'] for one in found.values())} singular fits, "
        f"{sum(not one['converged'] for one in found.values())} not converged, {len(below)} "
        f"below the others; largest shortfall {max(one['gap'] for one in found.values()):.2g}"
    )


if __name__ == "__main__":
    main(*(int(value) for value in (sys.argv[1:] + ["1000", "0"][len(sys.argv) - 1 :])))
