"""Hard data sets by the thousand: is any fit below what three other optimisers find?

    python benchmarks/hard_fits.py [number of data sets, 2000]    about a second each ten

Boundary-heavy and unbalanced: groups of 1 to 60, 4 to 200 of them, variances from 0, units from
1e-6 to 1e6, x with its mean up to a million standard deviations from zero. Nelder-Mead, Powell
and BFGS (six random starts) minimise the same deviance. Prints every fit that is more than 1e-6
log-likelihood units below the best of them, and the seed that makes it again.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy import optimize

from hlm_teach.lmm.design import make_design
from hlm_teach.lmm.likelihood import evaluate
from hlm_teach.lmm.optimum import fit_profiled
from hlm_teach.lmm.response import make_response
from hlm_teach.lmm.theta import lambda_, profiled_derivatives


def study(rng):
    n_groups = int(np.exp(rng.uniform(np.log(4), np.log(200))))
    sizes = (
        rng.integers(1, 61, n_groups)
        if rng.random() < 0.5
        else np.full(n_groups, rng.integers(2, 12))
    )
    if sizes.sum() > 4000:
        sizes = np.minimum(sizes, 10)
    if sizes.sum() <= 2 * n_groups + 2:
        sizes = sizes + 2
    group = np.repeat(np.arange(n_groups), sizes)
    n = len(group)
    x = rng.normal(size=n) * np.sqrt(rng.uniform()) + rng.normal(size=n_groups)[group]
    if rng.random() < 0.3:
        x = rng.integers(0, 4, n).astype(float)
    z = (x - x.mean()) / x.std()
    far = 10.0 ** rng.uniform(0, 6) if rng.random() < 0.5 else 0.0
    x = (x + far) * 10.0 ** rng.uniform(-6, 6)
    sd = np.sqrt([rng.choice([0, 0.01, 0.1, 1, 10]), rng.choice([0, 0, 0.01, 0.1, 1])])
    rho = rng.choice([-1, -0.5, 0, 0.5, 1])
    u = rng.normal(size=(2, n_groups))
    u = sd[:, None] * np.stack([u[0], rho * u[0] + np.sqrt(1 - rho**2) * u[1]])
    y = u[0][group] + u[1][group] * z + rng.normal(size=n) + 0.3 * z
    return np.column_stack([np.ones(n), x]), y * 10.0 ** rng.uniform(-6, 6), group


def shortfall(seed: int) -> tuple[float, bool, bool]:
    """(best of the others − ours) in log-likelihood, singular, converged."""
    rng = np.random.default_rng(seed)
    x, y, group = study(rng)
    correlated, q, reml = rng.random() < 0.7, int(rng.choice([1, 2])), bool(rng.random() < 0.5)
    design = make_design(x, x[:, :q], group, correlated=bool(correlated))
    response = make_response(design, y)
    fit = fit_profiled(design, response, reml=reml)

    def deviance(theta):
        return evaluate(
            design, response, lambda_(design, np.asarray(theta)[:, None]), reml=reml, derivatives=0
        ).deviance[0]

    def with_gradient(theta):
        column = np.asarray(theta)[:, None]
        at = evaluate(design, response, lambda_(design, column), reml=reml)
        return at.deviance[0], profiled_derivatives(design, at, column, reml=reml)[0][:, 0]

    def start():
        signs = np.where(design.free[0] == design.free[1], 1, rng.choice([-1, 1]))
        return signs * np.exp(rng.normal(-0.7, 1.2, size=design.n_theta))

    best = min(
        *(
            optimize.minimize(
                with_gradient, start(), jac=True, method="BFGS", options={"gtol": 1e-9}
            ).fun
            for _ in range(6)
        ),
        optimize.minimize(
            deviance,
            start(),
            method="Nelder-Mead",
            options={"xatol": 1e-10, "fatol": 1e-10, "maxiter": 4000},
        ).fun,
        optimize.minimize(
            deviance, start(), method="Powell", options={"xtol": 1e-12, "ftol": 1e-14}
        ).fun,
    )
    return (deviance(fit.theta[:, 0]) - best) / 2, bool(fit.singular[0]), bool(fit.converged[0])


def main(count: int) -> None:
    worst, singular, stuck, below = 0.0, 0, 0, 0
    for seed in range(count):
        gap, is_singular, converged = shortfall(seed)
        worst, singular, stuck = max(worst, gap), singular + is_singular, stuck + (not converged)
        if gap > 1e-6:
            below += 1
            print(f"seed {seed}: {gap:.3g} log-likelihood units below")
    print(
        f"{count} data sets, {singular} singular fits, {stuck} not converged, {below} below the "
        f"others; largest shortfall {worst:.2g}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
