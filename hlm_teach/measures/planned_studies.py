"""Studies of a plan, simulated in batches and really fitted, with Satterthwaite's degrees of freedom.

Groups may differ in size, and members may drop out at random: every batch of studies draws its own
sizes. A batch is a task that knows nothing of the others, so that any executor (threads, processes, a
cluster) may run it; the result doesn't depend on who did.
"""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np

from hlm_teach.lmm.sampling import sampling_distribution

from .power import power
from .study_plan import Assumptions


def run_all(tasks: list[tuple], executor: Executor | None) -> list[tuple]:
    """Run the tasks here or by the executor; results in the order of the tasks."""
    if executor is None:
        return [run_batch(*task) for task in tasks]
    futures = [executor.submit(run_batch, *task) for task in tasks]
    return [future.result() for future in futures]


def run_batch(given: Assumptions, n_groups: int, n_studies: int, seed: int) -> tuple:
    """Members, power by formula, and counts (found, false alarms, singular) of one batch.

    All that a task needs are plain numbers, so that it can travel to another process.

    >>> given = Assumptions("within", 0.2, 10, 0.2, 0.8, 0.05, 0.05, 0.0, 0.0)
    >>> run_batch(given, 10, 20, 1)[0]
    100
    """
    rng = np.random.default_rng(seed)
    sizes = draw_sizes(given, n_groups, rng)
    variances = {"tau00": given.tau00, "sigma2": given.sigma2, "tau11": given.tau11}
    formula = power(
        given.tested,
        effect=given.effect,
        n_groups=n_groups,
        group_size=sizes,
        level=given.level,
        **variances,
    )
    x, groups, column, random = design(given, sizes)
    params = np.zeros(x.shape[1])
    params[column] = given.effect
    slopes = random != "1"
    fits = sampling_distribution(
        x,
        groups,
        random,
        params=params,
        cov_re=np.diag([given.tau00, given.tau11]) if slopes else given.tau00,
        sigma2=given.sigma2,
        n_replicates=n_studies,
        rng=rng,
        correlated=False,
        progress=False,
    )
    found = fits.pvalues()[:, column] < given.level
    alarms = fits.pvalues(null=given.effect)[:, column] < given.level
    return int(sizes.sum()), formula, int(found.sum()), int(alarms.sum()), int(fits.singular.sum())


def draw_sizes(given: Assumptions, n_groups: int, rng: np.random.Generator) -> np.ndarray:
    """Members who stay, group by group."""
    sizes = np.full(n_groups, given.group_size)
    if given.size_cv > 1e-6:  # smaller ones round away
        shape = 1 / given.size_cv**2
        sizes = np.rint(rng.gamma(shape, given.group_size / shape, n_groups)).astype(int)
    if given.dropout > 0:
        sizes = rng.binomial(sizes, 1 - given.dropout)
    return np.maximum(sizes, 2).astype(np.intp)  # draws have 64 bits, counts what the machine has


def design(given: Assumptions, sizes: np.ndarray) -> tuple:
    """X, groups, the column that is tested, and the random part for `sampling_distribution`."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    ones, arm = np.ones(len(groups)), groups % 2
    if given.tested == "between":
        return np.column_stack([ones, arm]), groups, 1, "1"
    x = np.concatenate([_spread(n) for n in sizes])
    columns = [ones, x] if given.tested == "within" else [ones, x, arm, arm * x]
    column = 1 if given.tested == "within" else 3
    return np.column_stack(columns), groups, column, 1 if given.tau11 > 0 else "1"


def _spread(n: int) -> np.ndarray:
    """n equally spaced values, mean 0 and mean square 1."""
    values = np.linspace(-1, 1, n)
    return values / np.sqrt(np.mean(values**2))


def row_of(results: list[tuple], shares: list[int]) -> dict[str, float]:
    """One row of the plan's table from its batches."""
    members, formula, found, alarms, singular = np.array(results, float).T
    total = sum(shares)
    rate = found.sum() / total
    return {
        "members": float(np.average(members, weights=shares)),
        "formula": float(np.average(formula, weights=shares)),
        "simulated": rate,
        "mc_se": float(np.sqrt(rate * (1 - rate) / total)),
        "false_alarms": alarms.sum() / total,
        "singular": singular.sum() / total,
    }
