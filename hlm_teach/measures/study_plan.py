"""What a plan of a study takes for true, what it found, and the paragraph that says both."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

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
