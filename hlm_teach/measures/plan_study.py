"""A study is planned: how many groups, by formula and by simulated studies that are really fitted.

The formula (power.py) takes every variance estimate for positive and the groups as they are; the
simulation (planned_studies.py) fits the model to every study, zeros included. What comes of it is a
StudyPlan (study_plan.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded

from .planned_studies import row_of, run_all
from .power import TESTED, groups_needed
from .study_plan import Assumptions, StudyPlan

MOST_GROUPS = 5000  # tried unasked
BATCHES = 10  # draws of group sizes for each number of groups


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
    results = run_all(tasks, executor)
    rows = {
        j: row_of(results[BATCHES * k : BATCHES * (k + 1)], shares) for k, j in enumerate(counts)
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
