"""A study is planned: how many groups, by formula and by simulated studies that are really fitted.

The formula (power.py) takes every variance estimate for positive and the groups as they are; the
simulation fits the model to every study, with Satterthwaite's degrees of freedom, zeros included.
Groups may differ in size, and members may drop out at random: every batch of studies draws its own
sizes. The simulation is cut into tasks that don't know each other, so that any executor (threads,
processes, a cluster) may run them; the result doesn't depend on who did.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.sampling import sampling_distribution

from .power import TESTED, groups_needed, power

MOST_GROUPS = 5000  # tried unasked
BATCHES = 10  # draws of group sizes for each number of groups
EFFECT = {
    "between": "a difference between two arms of groups",
    "within": "the mean slope of a predictor within groups",
    "cross-level": "a difference between two arms of groups in the slope of a predictor",
}


@dataclass(frozen=True)
class Assumptions:
    """What a plan takes for true: see `plan_study`."""

    tested: str
    effect: float
    group_size: int
    tau00: float
    sigma2: float
    tau11: float
    level: float
    size_cv: float
    dropout: float


@dataclass(frozen=True)
class StudyPlan:
    """What `plan_study` found.

    Attributes
    ----------
    table : DataFrame
        One row a number of groups: members (on average, those who stay), ``formula`` and
        ``simulated`` power, ``mc_se`` (Monte-Carlo standard error of the simulated one),
        ``false_alarms`` (rejections of the true value), ``singular`` (share of studies with a
        variance or correlation at its limit).
    needed : int or None
        Smallest number of groups in the table whose power by formula reaches what was wanted.
    assumptions : Assumptions
    power_wanted : float
    n_studies : int
    """

    table: pd.DataFrame
    needed: int | None
    assumptions: Assumptions
    power_wanted: float
    n_studies: int

    def paragraph(self) -> str:
        """The plan as a paragraph for a registration or an ethics form.

        It states what was assumed, how power was found, and what it is; where no number of groups
        in the table is enough, it says so.
        """
        a = self.assumptions
        icc = a.tau00 / (a.tau00 + a.sigma2)
        slopes = f", a variance of slopes of {a.tau11:.3g}" * (a.tau11 > 0)
        uneven = f", a coefficient of variation of group sizes of {a.size_cv:.2g}" * (a.size_cv > 0)
        lost = f", {100 * a.dropout:.3g} % of members lost at random" * (a.dropout > 0)
        return (
            f"The primary hypothesis concerns {EFFECT[a.tested]}. We assume an effect of "
            f"{a.effect:.3g} in units of the outcome, a variance between groups of {a.tau00:.3g} and "
            f"within groups of {a.sigma2:.3g} (intraclass correlation {icc:.2f}){slopes}, "
            f"{a.group_size} members recruited a group{uneven}{lost}. The effect will be tested "
            f"two-sided at {100 * a.level:.3g} % in a linear mixed model fitted by REML, with Satterthwaite's "
            f"degrees of freedom. {self._conclusion()}"
        )

    def _conclusion(self) -> str:
        """How many groups, or that none of these are enough."""
        if self.needed is None:
            best = self.table.iloc[-1]
            return (
                f"With {self.table.index[-1]} groups, the most considered, power is "
                f"{100 * best['formula']:.0f} % by formula and {100 * best['simulated']:.0f} % in "
                f"{self.n_studies:,} simulated studies: less than the {100 * self.power_wanted:.3g} % wanted."
            )
        row = self.table.loc[self.needed]
        return (
            f"With {self.needed} groups (about {row['members']:.0f} members analysed) power is "
            f"{100 * row['formula']:.0f} % by formula and {100 * row['simulated']:.0f} % in {self.n_studies:,} "
            f"simulated studies (Monte-Carlo standard error {100 * row['mc_se']:.1f} percentage "
            f"points); in these the true value was rejected in {100 * row['false_alarms']:.1f} %."
        )


def _executor(value: object, name: str, _: object) -> None:
    """Something that takes tasks, or None."""
    if value is not None and not callable(getattr(value, "submit", None)):
        raise TypeError(
            f"{name} must be a concurrent.futures executor, such as ProcessPoolExecutor(), or None, "
            f"not {type(value).__name__}"
        )


@guarded(
    tested=guard.one_of(*TESTED),
    effect=guard.number(),
    n_groups=guard.optional(guard.list_of(guard.whole(low=4, high=10_000))),
    group_size=guard.whole(low=3, high=10_000),
    tau00=guard.variance,
    sigma2=guard.positive,
    tau11=guard.variance,
    power_wanted=guard.level,
    level=guard.level,
    size_cv=guard.number(low=0, high=2),
    dropout=guard.number(low=0, high=0.9),
    n_studies=guard.whole(low=BATCHES, high=1_000_000),
    rng=guard.generator,
    executor=_executor,
)
def plan_study(
    tested: str = "between",
    *,
    effect: float,
    group_size: int,
    tau00: float,
    sigma2: float,
    tau11: float = 0.0,
    n_groups: Sequence[int] | None = None,
    power_wanted: float = 0.8,
    level: float = 0.05,
    size_cv: float = 0.0,
    dropout: float = 0.0,
    n_studies: int = 1000,
    rng: np.random.Generator,
    executor: Executor | None = None,
) -> StudyPlan:
    """Plan a two-level study: power over the number of groups, by formula and by simulation.

    Parameters
    ----------
    tested : {"between", "within", "cross-level"}
        A difference between two arms of groups; the mean slope of a predictor that varies within
        groups (centred there, SD 1); or the arms' difference in that slope.
    effect : float
        What there is to find, in units of the outcome (a slope: for one SD of the predictor).
    group_size : int
        Members recruited a group, on average (three or more).
    tau00, sigma2, tau11 : float
        Variances between groups, within groups, and of slopes; with τ_11 = 0 the model has no
        random slope. Of the residuals, if the analysis has covariates.
    n_groups : sequence of int, optional
        Numbers of groups to try (even where there are arms). Left out: around the number that the
        formula asks for.
    power_wanted, level : float
        Power to reach, and level of the two-sided test.
    size_cv : float
        SD of group sizes over their mean (drawn from a gamma distribution, two at least).
    dropout : float
        Share of members lost, completely at random (two a group stay, at least).
    n_studies : int
        Simulated studies for each number of groups.
    rng : numpy.random.Generator
        Source of randomness.
    executor : concurrent.futures.Executor, optional
        Who runs the simulations: a ProcessPoolExecutor, or a cluster's. The result is the same.

    Returns
    -------
    StudyPlan

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    Snijders, T. A. B., & Bosker, R. J. (1993). Standard errors and sample sizes for two-level
    research. Journal of Educational Statistics, 18(3), 237-259, doi:10.3102/10769986018003237.

    Examples
    --------
    >>> plan = plan_study("between", effect=0.4, group_size=20, tau00=0.2, sigma2=0.8,
    ...                   n_groups=[30, 50], n_studies=200, rng=np.random.default_rng(1))
    >>> plan.needed, plan.table["formula"].round(2).tolist()
    (50, [0.58, 0.81])
    """
    given = Assumptions(
        tested, float(effect), int(group_size), float(tau00), float(sigma2), float(tau11),
        float(level), float(size_cv), float(dropout),
    )  # fmt: skip
    _check_scale(given)
    counts = _counts(given, n_groups, power_wanted)
    shares = [n_studies // BATCHES + (b < n_studies % BATCHES) for b in range(BATCHES)]
    tasks = [(given, j, share, int(rng.integers(2**63))) for j in counts for share in shares]
    results = _run_all(tasks, executor)
    rows = {
        j: _row(j, results[BATCHES * k : BATCHES * (k + 1)], shares) for k, j in enumerate(counts)
    }
    table = pd.DataFrame(rows).T.rename_axis("groups")
    enough = table.index[table["formula"] >= power_wanted]
    needed = int(enough[0]) if len(enough) else None
    return StudyPlan(table, needed, given, power_wanted, n_studies)


def _check_scale(given: Assumptions) -> None:
    """No study is planned for effects and variances that dwarf the members' own spread."""
    for name, size, power_of in (("effect", given.effect, 1), ("tau00", given.tau00, 2)):
        if abs(size) > 1000**power_of * given.sigma2 ** (power_of / 2):
            raise ValueError(
                f"{name}={size:g} is out of proportion to sigma2={given.sigma2:g}: give both in "
                "units of the same outcome"
            )


def _counts(given: Assumptions, n_groups: Sequence[int] | None, power_wanted: float) -> list[int]:
    """Numbers of groups to try, in order."""
    if n_groups is not None:
        counts = sorted({int(j) for j in n_groups})
        odd = [j for j in counts if j % 2]
        if odd and given.tested != "within":
            raise ValueError(
                f"n_groups holds {odd[0]}: even numbers are wanted, half of the groups in each arm"
            )
        return counts
    stay = max(2, round(given.group_size * (1 - given.dropout)))
    weight = given.tau00 if given.tested == "between" else given.tau11
    share = stay * weight / (stay * weight + given.sigma2)
    size = max(2, round(stay * (1 - given.size_cv**2 * (1 - share) * share)))
    middle = groups_needed(
        given.tested,
        effect=given.effect,
        group_size=size,
        tau00=given.tau00,
        sigma2=given.sigma2,
        tau11=given.tau11,
        power_wanted=power_wanted,
        level=given.level,
    )
    if middle > MOST_GROUPS:
        raise ValueError(
            f"effect={given.effect:g} would take {middle:,} groups, too many to simulate here: give "
            "n_groups, or a larger effect"
        )
    return sorted({max(4, 2 * round(middle * part / 2)) for part in (0.5, 0.75, 1, 1.1, 1.25, 1.5)})


def _run_all(tasks: list[tuple], executor: Executor | None) -> list[tuple]:
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


def _row(n_groups: int, results: list[tuple], shares: list[int]) -> dict[str, float]:
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
