"""The same model by a sampler: Bambi where it is installed, else the stored record of a real run.

Bambi (Capretto et al. 2022) writes the model for PyMC, which draws from its posterior by
Hamiltonian Monte Carlo. It is an extra of the course, for Python 3.12 and newer. The record in
``data/bambi.json`` was made by ``python -m hlm_teach.bayes.bambi_run`` and holds what such a run gave.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec

import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded
from hlm_teach.data.datasets import load_data

from .grid_posterior import grid_posterior
from .posterior import GridPosterior
from .priors import sd_prior

SWITCH = "HLM_TEACH_BAMBI"  # "stored": the record even where Bambi is installed, as in tests


@dataclass(frozen=True)
class Run:
    """A model, its priors and how it is sampled."""

    data: str
    formula: str
    groups: str
    tau_scale: float  # half-normal prior of τ
    sigma_scale: float  # half-t prior of σ with 4 degrees of freedom
    noncentred: bool
    chains: int = 4
    tune: int = 1000
    draws: int = 1000
    target_accept: float = 0.8  # the sampler's own; nearer to 1 means smaller steps
    seed: int = 9

    @property
    def fixed(self) -> list[str]:
        """The fixed effects."""
        right = [part.strip() for part in self.formula.split("~")[1].split("+")]
        return ["Intercept", *(name for name in right if name != "1")]

    @property
    def call(self) -> str:
        """The model in Bambi's notation."""
        return f"{self.formula} + (1 | {self.groups})"


RUNS = {
    "medpar": Run("medpar", "log_los ~ hmo", "hospital", 0.5, 1.0, True),
    "dyestuff2, centred": Run("dyestuff2", "Yield ~ 1", "Batch", 5.0, 5.0, False),
    "dyestuff2, non-centred": Run("dyestuff2", "Yield ~ 1", "Batch", 5.0, 5.0, True),
    "dyestuff2, smaller steps": Run(
        "dyestuff2", "Yield ~ 1", "Batch", 5.0, 5.0, True, target_accept=0.99
    ),
}


@dataclass(frozen=True)
class SampledPosterior:
    """What a sampler found.

    Attributes
    ----------
    run : Run
        Model, priors, chains and draws.
    table : DataFrame
        One row a quantity: mean, sd, lower, median, upper (2.5, 50 and 97.5 %), their Monte-Carlo
        standard errors (``mcse``, ``mcse_lower``, …), ``ess_bulk``, ``ess_tail``, ``r_hat``.
    divergences : int
        Draws at which the sampler lost its way.
    draws : DataFrame
        Some of the draws, in order: chain, tau, effect (of the first group), divergent.
    live : bool
        Whether it was sampled just now.
    made_with : str
        Versions.
    """

    run: Run
    table: pd.DataFrame
    divergences: int
    draws: pd.DataFrame
    live: bool
    made_with: str

    def origin(self) -> str:
        """Where these numbers come from, in a sentence."""
        how = f"{self.run.chains} chains of {self.run.draws:,} draws after {self.run.tune:,} to warm up"
        if self.live:
            return f"Sampled here, just now: {how}; {self.made_with}."
        return (
            f"Read from the stored record of a real run, since Bambi isn't used here: {how}; "
            f"{self.made_with}."
        )


def bambi_is_here() -> bool:
    """Whether Bambi is installed, and not switched off by the setting HLM_TEACH_BAMBI=stored."""
    return os.environ.get(SWITCH) != "stored" and find_spec("bambi") is not None


@guarded(name=guard.one_of(*RUNS), stored=guard.flag)
def sampled_posterior(name: str, *, stored: bool = False) -> SampledPosterior:
    """The posterior of a model by Bambi: sampled now where it is installed, else as recorded.

    Parameters
    ----------
    name : str
        "medpar": log length of stay on HMO membership, intercepts of 54 hospitals. "dyestuff2,
        centred", "dyestuff2, non-centred", "dyestuff2, smaller steps": the mean of six batches.
    stored : bool
        True: the record in any case.

    Raises
    ------
    ValueError
        For another name.

    References
    ----------
    Capretto, Piho, Kumar, Westfall, Yarkoni & Martin (2022), J. Stat. Softw. 103(15),
    doi:10.18637/jss.v103.i15.

    Examples
    --------
    >>> record = sampled_posterior("medpar", stored=True)
    >>> record.live, record.run.call
    (False, 'log_los ~ hmo + (1 | hospital)')
    """
    if not stored and bambi_is_here():
        from .bambi_run import sample  # late: it needs Bambi

        return sample(RUNS[name])
    text = (files("hlm_teach.data") / "bambi.json").read_text(encoding="utf-8")
    found = json.loads(text)
    one = found["runs"][name]
    table = pd.DataFrame([row for row in found["rows"] if row["run"] == name])
    return SampledPosterior(
        Run(**one["settings"]),
        table.drop(columns="run").set_index("quantity"),
        one["divergences"],
        pd.DataFrame(one["draws"]),
        False,
        found["made_with"],
    )


def grid_of(run: Run) -> GridPosterior:
    """The grid posterior of the same model with the same priors."""
    return grid_posterior(
        run.formula,
        load_data(run.data),
        run.groups,
        prior_tau=sd_prior("half-normal", run.tau_scale),
        prior_sigma=sd_prior("half-t", run.sigma_scale, df=4),
    )


@guarded(sampled=guard.made_by("SampledPosterior", "sampled_posterior"))
def compare_with_grid(sampled: SampledPosterior) -> pd.DataFrame:
    """Mean and limits by sampler and by grid, and their distance in Monte-Carlo standard errors.

    Returns
    -------
    DataFrame
        One row a quantity and statistic (mean, lower, upper): sampled, grid, mcse, distance.

    Examples
    --------
    >>> table = compare_with_grid(sampled_posterior("medpar", stored=True))
    >>> bool(table["distance"].abs().max() < 4)
    True
    """
    grid, rows = grid_of(sampled.run).table(), {}
    for quantity, row in sampled.table.iterrows():
        for statistic, error in (
            ("mean", "mcse"),
            ("lower", "mcse_lower"),
            ("upper", "mcse_upper"),
        ):
            ours = grid.loc[quantity, statistic]
            rows[quantity, statistic] = {
                "sampled": row[statistic],
                "grid": ours,
                "mcse": row[error],
                "distance": (row[statistic] - ours) / row[error],
            }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index = pd.MultiIndex.from_tuples(table.index, names=["quantity", "statistic"])
    return table
