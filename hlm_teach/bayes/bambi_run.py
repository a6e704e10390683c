"""Models sampled by Bambi, and the record of such runs: ``python -m hlm_teach.bayes.bambi_run``.

Loaded only where Bambi is installed. The program runs all models of `sampler.RUNS` (a few minutes) and
writes what they gave to ``data/bambi.json``.
"""

from __future__ import annotations

import json
import logging
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach.data.datasets import load_data

from .sampler import RUNS, Run, SampledPosterior

PACKAGES = ("bambi", "pymc", "pytensor", "arviz", "numpy")
KEPT_DRAWS = 600  # of each run in the record, for pictures


def sample(run: Run) -> SampledPosterior:
    """Run Bambi on a model; ImportError where it isn't installed."""
    with _quiet("pymc"):
        found = bambi_model(run).fit(
            draws=run.draws,
            tune=run.tune,
            chains=run.chains,
            target_accept=run.target_accept,
            random_seed=run.seed,
            progressbar=False,
        )
    draws = found.posterior
    values = {name: _array(draws[name]) for name in run.fixed}
    values |= {"tau": _array(draws[f"1|{run.groups}_sigma"]), "sigma": _array(draws["sigma"])}
    table = pd.DataFrame({name: _summary(draws) for name, draws in values.items()}).T
    diverging = _array(found.sample_stats["diverging"])
    effect = _array(draws[f"1|{run.groups}"])[..., 0]
    return SampledPosterior(
        run,
        table.rename_axis("quantity"),
        int(diverging.sum()),
        _some(values["tau"], effect, diverging),
        True,
        made_with(),
    )


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a logger's messages off the page: what it warns of stands in the result."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def bambi_model(run: Run) -> Any:
    """The model with the grid's priors: flat for fixed effects, half-normal for τ, half-t for σ."""
    import bambi

    tau = bambi.Prior("HalfNormal", sigma=run.tau_scale)
    priors = {name: bambi.Prior("Flat") for name in run.fixed}
    priors[f"1|{run.groups}"] = bambi.Prior("Normal", mu=0, sigma=tau)
    priors["sigma"] = bambi.Prior("HalfStudentT", nu=4, sigma=run.sigma_scale)
    data = load_data(run.data)
    return bambi.Model(run.call, data, priors=priors, noncentered=run.noncentred)


def _array(variable: Any) -> np.ndarray:
    """Draws as an array (chains, draws, ...)."""
    return np.asarray(variable.values)


def _summary(draws: np.ndarray) -> dict[str, float]:
    """Mean, limits, their Monte-Carlo errors and the diagnostics of one quantity."""
    import arviz

    ends = {"lower": 0.025, "median": 0.5, "upper": 0.975}
    found = {"mean": draws.mean(), "sd": draws.std(ddof=1)}
    found |= {name: np.quantile(draws, q) for name, q in ends.items()}
    found["mcse"] = arviz.mcse(draws, method="mean")
    for name, q in ends.items():
        found[f"mcse_{name}"] = arviz.mcse(draws, method="quantile", prob=q)
    found["ess_bulk"] = arviz.ess(draws, method="bulk")
    found["ess_tail"] = arviz.ess(draws, method="tail", prob=(0.05, 0.95))
    found["r_hat"] = arviz.rhat(draws)
    return {name: float(value) for name, value in found.items()}


def _some(tau: np.ndarray, effect: np.ndarray, diverging: np.ndarray) -> pd.DataFrame:
    """Every so-maniest draw, and all that diverged."""
    step = max(tau.size // KEPT_DRAWS, 1)
    kept = np.zeros(tau.shape, bool)
    kept[:, ::step] = True
    chain, _ = np.nonzero(kept | diverging)
    kept |= diverging
    columns = {
        "chain": chain,
        "tau": tau[kept],
        "effect": effect[kept],
        "divergent": diverging[kept],
    }
    return pd.DataFrame(columns)


def made_with() -> str:
    """Versions of what samples here."""
    names = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{names}, Python {platform.python_version()}"


def make_record(path: Path) -> None:
    """Run all models and store what they gave."""
    rows, runs = [], {}
    for name, run in RUNS.items():
        found = sample(run)
        for quantity, row in found.table.iterrows():
            kept = {key: float(f"{value:.6g}") for key, value in row.items()}
            rows.append({"run": name, "quantity": quantity} | kept)
        draws = found.draws.round({"tau": 4, "effect": 4}).to_dict("list")
        settings = {"settings": asdict(run), "divergences": found.divergences}
        runs[name] = settings | {"draws": draws}
    record = {"made_with": made_with(), "how": "python -m hlm_teach.bayes.bambi_run"}
    text = json.dumps(record | {"rows": rows, "runs": runs}, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    make_record(Path(str(files("hlm_teach.data") / "bambi.json")))
