"""A generator of malformed calls of everything public, and the judge of what they do.

Each function has a valid call; a malformed one replaces one argument by something a user may give by
mistake (text for a number, a table for a column, nothing at all), spoils its table, or leaves an
argument out. Whatever a call then does must be one of these: a finite result without a warning, or a
ValueError, TypeError or KeyError that names the argument in one short sentence.
"""

from __future__ import annotations

import contextlib
import datetime
import inspect
import io
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

import hlm_teach
from hlm_teach import fit_lmm

SECONDS = 5  # of computing; a call that takes longer hangs, on a busy machine too
MOST_LETTERS = 600


HALF = hlm_teach.sd_prior("half-normal", 2.0)


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


# ---------------------------------------------------------------- valid calls


def _data() -> pd.DataFrame:
    random = np.random.default_rng(5)
    g, n = np.repeat(np.arange(12), 6), 72
    data = pd.DataFrame({"g": g, "x": random.normal(2, 1, n), "t": np.tile(np.arange(6.0), 12)})
    data["kind"] = random.choice(list("abc"), n)
    data["y"] = 1 + 0.6 * data.x + random.normal(size=12)[g] + random.normal(size=n)
    return data


def _gappy() -> pd.DataFrame:
    data = _data()[["g", "x", "y"]].rename(columns={"g": "group"})
    return data.assign(x=data["x"].mask(data.index % 4 == 0))


TRIAL: dict[str, Any] = {"n_per_arm": 12, "visits": [0, 1, 2, 3], "tau11": 0.03, "dropout": 0.1}


def valid_calls() -> dict[str, tuple[Callable, dict[str, Any]]]:
    """Name, function and arguments of a call that works, for every public function and the
    methods of a fit."""
    data = _data()
    one = fit_lmm("y ~ x + kind", data, "g", reml=False)
    fit = fit_lmm("y ~ x + kind", data, "g", "1 + t", reml=False)
    reml = fit_lmm("y ~ x + kind", data, "g")
    x = np.column_stack([np.ones(72), data.x])
    outcomes = np.stack([data.y, data.y * 2])
    balanced = {"n_groups": 8, "group_size": 5}
    spread = {"tau00": 1.0, "sigma2": 2.0}
    g = np.array([[1.0, 0.1], [0.1, 0.5]])
    sums = hlm_teach.draw_sums(8, 5, tau00=1.0, sigma2=2.0, n_studies=4, rng=rng())
    one_sum = hlm_teach.balanced_sums(rng().normal(size=(8, 5)) + 2 * rng().normal(size=(8, 1)))
    slope_sums = hlm_teach.draw_slope_sums(8, 5, tau00=1.0, tau11=0.5, n_studies=3, rng=rng())
    lines = hlm_teach.group_lines(data, "y", "t", "g")
    trial = hlm_teach.simulate_trial(**TRIAL, rng=rng())
    growth = hlm_teach.simulate_growth(
        n_patients=20, visits=range(4), tau11=0.1, dropout=0.1, dropout_slope=0.5, rng=rng()
    )
    rank = pd.Series([1.0, 2, 4, 3], list("abcd")), pd.Series([1.0, 0.5, 0.7, 1], list("abcd"))
    crossed_design = {
        "n_persons": 8,
        "n_stimuli": 10,
        "tau_person": 0.5,
        "tau_stimulus": 0.2,
        "sigma2": 1.0,
    }
    crossed_study = {
        "effect": 0.5,
        "n_persons": 8,
        "n_stimuli": 10,
        "tau_stimulus": 0.2,
        "tau_difference": 0.1,
        "sigma2": 1.0,
    }
    power_variances = {"tau00": 0.2, "sigma2": 0.8, "tau11": 0.1}
    costs = {"cost_group": 10.0, "cost_member": 1.0}
    calls: dict[str, dict[str, Any]] = {
        "anova_icc": {"data": data, "outcome": "y", "groups": "g", "level": 0.9},
        "balanced_llf": {"sums": one_sum, "tau00": 1.0, "sigma2": 1.0, "reml": True},
        "balanced_sums": {"y": rng().normal(size=(8, 5))},
        "best_group_size": {**costs, "tau": 0.2, "sigma2": 0.8},
        "between_variance": {"cov_re": g, "x": [0.0, 1]},
        "bootstrap_statistics": {"reduced": one, "full": fit, "n_boot": 3, "rng": rng()},
        "break_even_u": {**spread, "n": 5},
        "budget_power": {
            "group_sizes": [4.0, 8],
            "budget": 5000.0,
            **costs,
            "effect": 0.4,
            **power_variances,
            "tested": "between",
            "level": 0.05,
        },
        "budget_table": {
            "group_sizes": [4, 8],
            "budget": 5000.0,
            **costs,
            "effect": 0.4,
            **power_variances,
            "tested": "within",
            "level": 0.05,
        },
        "calmest_x": {"cov_re": g},
        "check": {"key": "02.3", "answer": 0.2, "who": "a"},
        "chi2_tail": {"statistic": 2.0, "dfs": [0, 1]},
        "cluster_robust": {"Y": outcomes, "X": x, "groups": data.g, "correction": "CR2"},
        "permutation_test": {
            "values": [3.0, 1, 4, 2],
            "arm": [1, 0, 1, 0],
            "most": 99,
            "rng": rng(),
        },
        "wild_bootstrap": {
            "Y": outcomes,
            "X": x,
            "groups": data.g,
            "column": 1,
            "n_boot": 99,
            "rng": rng(),
        },
        "compare": {"*": (one, fit), "names": ["a", "b"]},
        "comparison_factor": {"se": [1.0, 2, 1.5], "level": 0.9},
        "contextual_of_samples": {
            "data": data,
            "outcome": "y",
            "x": "x",
            "groups": "g",
            "group_size": 3,
            "n_samples": 1,
            "rng": rng(),
        },
        "contrasts": {
            "fit": reml,
            "factor": "kind",
            "against": "a",
            "adjust": "none",
            "at": {"x": 1.0},
            "df": "satterthwaite",
            "level": 0.9,
        },
        "correlation_by_lag": {"cov": g},
        "critical_value": {"dfs": [0, 1], "level": 0.1},
        "crossed_df": {
            "n_persons": 8,
            "n_stimuli": 10,
            "belongs_to": "stimuli",
            "analysis": "both",
        },
        "crossed_power": {**crossed_study, "level": 0.05},
        "crossed_rejection_rate": {
            **crossed_design,
            "belongs_to": "persons",
            "analysis": "stimuli only",
            "level": 0.05,
        },
        "deviance_over_theta": {"fit": fit_lmm("y ~ x", data, "g"), "theta": [0.0, 1.0]},
        "design_effect": {"icc": 0.2, "group_sizes": [4, 5]},
        "draw_group_lines": {"cov_re": g, "n_groups": 5, "rng": rng()},
        "draw_slope_sums": {
            **balanced,
            "tau00": 1.0,
            "tau11": 0.5,
            "sigma2": 1.0,
            "n_studies": 3,
            "rng": rng(),
        },
        "draw_sums": {**balanced, **spread, "rng": rng(), "n_studies": 3},
        "effective_sample_size": {"icc": 0.2, "group_sizes": 5, "n_groups": 3},
        "effect_se": {
            "tested": "between",
            "n_groups": 4,
            "group_size": [4, 5, 6, 7],
            **power_variances,
        },
        "errors_given_u": {"u": 1.0, **spread, "n": 5},
        "estimator_law": {**balanced, **spread, "reml": True, "n_between": 1},
        "estimator_table": {"group_counts": [5, 8], "group_size": 4, **spread},
        "few_groups_table": {
            "effect": "between",
            "slopes": True,
            "balanced": False,
            "what": "found",
        },
        "fit_lmm": {
            "formula": "y ~ x",
            "data": data,
            "groups": "g",
            "random": "1 + t",
            "reml": True,
            "correlated": True,
            "residual": "ar1",
            "time": "t",
            "residual_sd": None,
        },
        "fit_many": {
            "Y": outcomes,
            "X": x,
            "groups": data.g,
            "random": "1",
            "reml": True,
            "correlated": True,
            "progress": False,
        },
        "fits_by_origin": {
            "data": data,
            "outcome": "y",
            "x": "t",
            "groups": "g",
            "origins": [0.0, 2],
            "correlated": True,
        },
        "fill_in": {"data": _gappy(), "way": "mean filled in", "rng": rng()},
        "forward_search": {
            "n_groups": 20,
            "n_candidates": 3,
            "level": 0.05,
            "n_studies": 4,
            "rng": rng(),
        },
        "group_lines": {"data": data, "outcome": "y", "x": "t", "groups": "g"},
        "groups_needed": {
            "tested": "between",
            "effect": 0.5,
            "group_size": 5,
            **power_variances,
            "power_wanted": 0.7,
            "level": 0.05,
        },
        "growth_slopes": {"data": growth},
        "held_out_errors": {
            "data": data,
            "outcome": "y",
            "groups": "g",
            "n_train": 3,
            "n_splits": 1,
            "rng": rng(),
        },
        "hint": {"key": "02.3"},
        "icc": {"fit": one},
        "icc_interval": {"fit": one, "level": 0.9},
        "intercept_rejection": {**balanced, "dfs": [0, 1], "reml": True, "level": 0.05},
        "intercept_slope_correlation": {"cov_re": g},
        "intercept_statistic": {"sums": sums, "reml": True},
        "interval_factors": {"n_groups": 5, "level": 0.9},
        "interval_coverage": {**balanced, **spread, "n_studies": 3, "rng": rng(), "n_boot": 20},
        "is_right": {"key": "02.3", "answer": 0.2, "who": "a"},
        "lag_one_correlation": {
            "resid": data.y.to_numpy(),
            "groups": data.g,
            "time": data.t,
            "step": 1.0,
        },
        "level_residuals": {"fit": one},
        "qq_check": {"fit": fit, "level": 2, "effect": "t", "rng": rng(), "n_sim": 39},
        "linearity_check": {"fit": one, "x": "x", "rng": rng(), "n_sim": 39},
        "spread_check": {"fit": one, "x": "fitted", "rng": rng(), "n_sim": 39},
        "simulated_band": {
            "observed": rng().normal(size=4),
            "simulated": rng().normal(size=(39, 4)),
            "level": 0.9,
        },
        "residual_line_up": {
            "fit": one,
            "level": 2,
            "effect": "Intercept",
            "rng": rng(),
            "n_panels": 4,
        },
        "influence": {"fit": one},
        "bootstrap_groups": {"fit": one, "rng": rng(), "n_boot": 20},
        "robust_se": {"fit": one, "correction": "CR2"},
        "broken_rates": {
            "broken": "memory",
            "strength": 0.5,
            "n_groups": 6,
            "n_studies": 5,
            "rng": rng(),
        },
        "likelihood_ratio_test": {"reduced": one, "full": fit, "n_boot": 3, "rng": rng()},
        "hausman": {
            "fixed": smf.ols("y ~ x + C(g)", data).fit(),
            "random": fit_lmm("y ~ x", data, "g"),
            "terms": "x",
        },
        "line_up": {"null": one, "x": "x", "rng": rng(), "n_panels": 4},
        "load_data": {"name": "hsb"},
        "lowest_icc": {"group_size": 5},
        "marginal_means": {
            "fit": reml,
            "factor": "kind",
            "at": {"x": 1.0},
            "df": "satterthwaite",
            "level": 0.9,
        },
        "maximum": {"sums": one_sum, "reml": True},
        "mean_reliability": {**spread, "n": [5, 6]},
        "moulton_factor": {"icc": 0.2, "x_icc": 0.5, "group_sizes": [4, 5]},
        "move_origin": {"cov_re": g, "origin": 2.0},
        "my_data": {"who": "a", "exercise": "02.8"},
        "observed_means": {"data": growth},
        "ols_rejection_rate": {**balanced, **spread, "tau11": 0.1, "x_icc": 0.0, "level": 0.05},
        "omitted_slope_rate": {
            **balanced,
            "tau11": 0.1,
            "sigma2": 1.0,
            "tested": "mean slope",
            "level": 0.05,
        },
        "sd_prior": {"kind": "half-normal", "scale": 2.0},
        "grid_posterior": {
            "formula": "y ~ x",
            "data": data,
            "groups": "g",
            "prior_tau": HALF,
            "n_tau": 60,
            "n_sigma": 20,
        },
        "balanced_posterior": {
            "y": data["y"].to_numpy().reshape(12, 6),
            "prior_tau": HALF,
            "n_tau": 60,
            "n_sigma": 20,
        },
        "known_error_posterior": {
            "effects": [28.0, 8, -3, 7],
            "standard_errors": [15.0, 10, 16, 11],
            "prior_tau": HALF,
            "n_tau": 100,
        },
        "beside_reml": {
            "fit": fit_lmm("y ~ x", data, "g"),
            "posterior": hlm_teach.grid_posterior("y ~ x", data, "g"),
        },
        "penalised_reml": {"formula": "y ~ x", "data": data, "groups": "g", "prior_tau": HALF},
        "posterior_calibration": {
            "n_groups": 4,
            "group_size": 3,
            "prior_tau": HALF,
            "prior_sigma": HALF,
            "n_studies": 2,
            "rng": rng(),
            "assumed": HALF,
        },
        "sampled_posterior": {"name": "medpar", "stored": True},
        "compare_with_grid": {"sampled": hlm_teach.sampled_posterior("medpar", stored=True)},
        "plan_study": {
            "tested": "between",
            "effect": 0.5,
            "group_size": 5,
            **power_variances,
            "n_groups": [4, 6],
            "power_wanted": 0.8,
            "level": 0.05,
            "size_cv": 0.1,
            "dropout": 0.1,
            "n_studies": 10,
            "rng": rng(),
            "executor": None,
        },
        "power": {
            "tested": "cross-level",
            "effect": 0.5,
            "n_groups": 8,
            "group_size": 5,
            **power_variances,
            "level": 0.05,
        },
        "pool": {"means": [1.0, 2, 3], "sizes": [4, 5, 6], **spread, "gamma00": 2.0},
        "panel_law": {"corr_ux": 0.3, **balanced, **spread, "x_icc": 0.5},
        "principal_components": {"cov_re": g},
        "predict_first": {
            "question": "How many?",
            "low": 0.0,
            "high": 10.0,
            "step": 1.0,
            "unit": "",
            "key": "malformed",
        },
        "predictor_icc": {"x": data.x, "groups": data.g},
        "profile_limits": {"sums": one_sum, "reml": True},
        "progress": {"chapter": "02"},
        "rank_table": {"estimates": rank[0], "se": rank[1], "top": 2, "n_draws": 50, "rng": rng()},
        "reference": {"name": "lme4"},
        "sampling_distribution": {
            "X": x,
            "groups": data.g,
            "random": "1",
            "params": [1.0, 0.5],
            "cov_re": 1.0,
            "sigma2": 1.0,
            "n_replicates": 3,
            "rng": rng(),
            "reml": True,
            "correlated": True,
            "progress": False,
        },
        "say": {"markdown": "words"},
        "share_negative": {"gamma10": 0.5, "tau11": 0.2},
        "show_number": {"label": "a", "value": 1.5, "digits": 2},
        "shrunken_context": {"context": 2.0, "tau_x": 1.0, "sigma_x2": 2.0, "n": 5},
        "simple_slopes": {
            "fit": one,
            "x": "x",
            "at": pd.DataFrame({"kind": ["a", "b"]}),
            "level": 0.9,
        },
        "pooled_fit": {"tables": [_gappy().dropna(), _gappy().dropna()]},
        "slope_or_memory": {"y": rng().normal(size=(8, 5))},
        "simulate_memory": {
            "n_persons": 6,
            "n_times": 4,
            **spread,
            "tau11": 0.1,
            "phi": 0.5,
            "rng": rng(),
            "gamma10": 0.2,
        },
        "simulate_crossed": {
            "n_rows": 4,
            "n_cols": 3,
            "tau_row": 1.0,
            "tau_col": 1.0,
            "sigma2": 1.0,
            "rng": rng(),
            "gamma00": 0.0,
            "gamma10": 1.0,
            "n_per_cell": 2,
        },
        "simulate_growth": {
            "n_patients": 6,
            "visits": [0.0, 1, 2],
            "tau11": 0.1,
            "dropout": 0.2,
            "dropout_slope": 0.5,
            "rng": rng(),
            "gamma10": 0.2,
            "unseen": 0.5,
        },
        "simulate_crossed_power": {**crossed_study, "n_studies": 3, "rng": rng()},
        "simulate_power_studies": {
            "tested": "cross-level",
            "effect": 0.5,
            "n_groups": 8,
            "group_size": 5,
            **power_variances,
            "n_studies": 3,
            "rng": rng(),
        },
        "simulate_crossed_studies": {
            "n_studies": 3,
            **crossed_design,
            "belongs_to": "stimuli",
            "rng": rng(),
        },
        "simulate_slope_studies": {
            "n_studies": 3,
            **balanced,
            "tau11": 0.1,
            "sigma2": 1.0,
            "tested": "mean slope",
            "rng": rng(),
        },
        "simulate_studies": {
            "n_studies": 3,
            **balanced,
            **spread,
            "tau11": 0.0,
            "x_icc": 1.0,
            "rng": rng(),
        },
        "simulate_two_level": {
            **balanced,
            "gamma00": 0.0,
            "gamma10": 1.0,
            **spread,
            "tau11": 0.1,
            "rho01": 0.1,
            "rng": rng(),
            "exact": False,
            "x_icc": 0.1,
            "x_values": None,
            "contextual": 0.1,
            "w": "normal",
            "gamma01": 0.1,
            "gamma11": 0.1,
            "corr_ux": 0.1,
            "u_distribution": "normal",
            "e_distribution": "normal",
            "dropout": 0.0,
            "dropout_slope": 0.0,
            "keep_effects": False,
        },
        "simulated_table": {
            "group_counts": [5, 8],
            "group_size": 4,
            **spread,
            "n_studies": 5,
            "rng": rng(),
        },
        "slope_range": {"gamma10": 0.5, "tau11": 0.2, "level": 0.9},
        "slope_reliability": {"tau11": 0.5, "sigma2": 1.0, "sum_of_squares": [4.0, 5]},
        "slope_spread": {"lines": lines, "sigma2": 1.0},
        "slope_statistic": {"sums": slope_sums, "covariance": True, "reml": True},
        "slope_strategies": {
            **balanced,
            "gamma10": 0.2,
            "tau11": [0.0, 0.1],
            "keep_below": 0.2,
            "n_studies": 5,
            "rng": rng(),
        },
        "untruncated": {"sums": sums, "reml": True},
        "try_analysis": {
            "centring": "raw",
            "random": "intercepts",
            "estimator": "ML",
            "df": "z",
            "n_studies": 10,
            "rng": rng(),
        },
        "arm_slopes": {"data": trial},
        "simulate_trial": {**TRIAL, "rng": rng(), "effect": 0.0, "steepness": (1.0, 0.0)},
        "check_table": {
            "rows": pd.DataFrame({"se": ["1.2"], "variance": ["18.3"], "sigma2": ["52.1"]}),
            "n_groups": 50,
            "smallest": 2,
        },
        "groups_behind_se": {"se": "1.2", "variance": "18.3", "sigma2": "52.1", "smallest": 2},
        "size_behind_se": {"se": 1.2, "tau00": 18.3, "sigma2": 52.1, "n_groups": 50},
        "model_table": {"fits": {"1": reml_intercept(data), "2": one}, "digits": 2},
        "variance_intervals": {"fit": reml_intercept(data), "rng": rng(), "n_boot": 20},
        "variance_shares": {"fit": fit, "at": {"t": [1.0], "x": [1.0], "kind": ["a"]}},
        "vpc": {"fit": fit, "x": [0.0, 1]},
        "wald_interval": {"sums": one_sum, "reml": True},
        "zero_share": {**balanced, "reml": True},
        "what_can_vary": {"data": data, "groups": "g"},
        "within_slopes": {"formula": "y ~ x", "data": data, "groups": "g"},
    }
    functions = {name: (getattr(hlm_teach, name), given) for name, given in calls.items()}
    return functions | _methods(reml, data) | _methods_of_many(outcomes, x, data)


def reml_intercept(data: pd.DataFrame) -> Any:
    return fit_lmm("y ~ 1", data, "g")


def _methods(fit: Any, data: pd.DataFrame) -> dict[str, tuple[Callable, dict[str, Any]]]:
    return {
        "fit.predict": (
            fit.predict,
            {"data": data, "known_groups": True, "memory": False, "interval": "mean", "level": 0.9},
        ),
        "fit.conf_int": (fit.conf_int, {"level": 0.9}),
        "fit.df_of": (fit.df_of, {"contrast": [0, 1, 0, 0]}),
        "fit.joint_test": (fit.joint_test, {"terms": "kind"}),
        "fit.with_df": (fit.with_df, {"method": "kenward-roger", "max_minutes": 1.0}),
        "fit.simulate": (fit.simulate, {"n_replicates": 2, "rng": rng()}),
        "fit.llf_of": (fit.llf_of, {"y": data.y}),
        "fit.table": (fit.table, {"digits": 3}),
        "fit.share_intervals": (fit.share_intervals, {"at": None, "level": 0.9}),
        "fit.variance_intervals": (fit.variance_intervals, {"method": "profile", "level": 0.9}),
    }


def _methods_of_many(
    outcomes: Any, x: Any, data: pd.DataFrame
) -> dict[str, tuple[Callable, dict[str, Any]]]:
    """The methods of thousands of fits, of posteriors and of priors."""
    many = hlm_teach.fit_many(outcomes, x, data.g, progress=False)
    robust = hlm_teach.cluster_robust(outcomes, x, data.g)
    posterior = hlm_teach.grid_posterior("y ~ x", data, "g")
    return {
        "many.pvalues": (many.pvalues, {"null": 0.0, "use_t": True}),
        "many.rejection_rate": (many.rejection_rate, {"null": 0.0, "level": 0.05, "use_t": True}),
        "many.coverage": (many.coverage, {"truth": [0.0, 1.0], "level": 0.9, "use_t": True}),
        "robust.rejection_rate": (robust.rejection_rate, {"level": 0.05}),
        "posterior.tau_density": (posterior.tau_density, {"tau": [0.0, 1.0]}),
        "posterior.cdf": (posterior.cdf, {"name": "tau", "value": 1.0}),
        "posterior.quantile": (posterior.quantile, {"name": "icc", "q": 0.9}),
        "posterior.table": (posterior.table, {"level": 0.9}),
        "posterior.mean_reliability": (posterior.mean_reliability, {"group_size": 5}),
        "posterior.group_cdf": (posterior.group_cdf, {"label": data.g.iloc[0], "value": 0.1}),
        "posterior.draws": (posterior.draws, {"n": 5, "rng": rng()}),
        "prior.log_density": (HALF.log_density, {"sd": [0.0, 1.0]}),
        "prior.density": (HALF.density, {"sd": [0.0, 1.0]}),
        "prior.draw": (HALF.draw, {"n": 5, "rng": rng()}),
        "prior.quantile": (HALF.quantile, {"q": 0.9}),
    }


# no arguments to get wrong, a record that nobody makes by hand (what its methods take is above), or
# a callable of one's own
WITHOUT = {
    "GridPosterior",
    "assumptions_lab",
    "JointTest",
    "LmmResult",
    "Prior",
    "StudyPlan",
    "attempt",
    "check_installation",
    "data_catalog",
    "show",
    "crossed_lab",
    "dropout_lab",
    "endogeneity_lab",
    "icc_lab",
    "independence_lab",
    "likelihood_ratio_lab",
    "likelihood_surface_lab",
    "omitted_slope_lab",
    "poolings_lab",
    "slope_or_memory_lab",
    "panel_lab",
    "power_lab",
    "prior_lab",
    "slopes_lab",
    "table_detective_lab",
    "who_leaves_lab",
}


# their docstrings say where they return nan, or an infinite bound
NAN_IS_SAID = {
    "check_table",
    "groups_behind_se",
    "size_behind_se",
    "calmest_x",
    "group_lines",
    "intercept_slope_correlation",
    "principal_components",
    "wald_interval",
    "prior.log_density",
}

# ---------------------------------------------------------------- what users give by mistake


def wrong_values() -> list[Any]:
    """Things that are not what was asked for."""
    ragged: Any = [[1, 2], [3]]
    return [
        None, True, False, "", "x", "95%", "ä", "\ud800", "0.5", "1 | g", b"bytes", ...,
        -1, 0, 1, 2, 0.5, -0.95, 1.5, 95, 10**30, 2**63, 1e300, -1e300, 1e-300,
        float("nan"), float("inf"), -float("inf"), np.float64("nan"), 1 + 2j, np.int8(3),
        [], [1], [1.0, 2.0], [0.5, "a"], [None], [np.nan, 1.0], [1e300, 1.0], ragged, (), (1, 2, 3),
        {}, {"a": 1}, {1: None}, {"x": "y"}, set(), {1, 2}, range(3), object(), len, lambda: 1,
        np.array([]), np.array(3.0), np.zeros((2, 2)), np.ones((3, 3, 3)), np.array([np.nan] * 8),
        np.ma.masked_array([1.0, 2, 3], [True, False, False]), np.array(["a", "b"]),
        pd.Series(dtype=float), pd.Series([1.0, np.nan]), pd.Series(["a", "b"]),
        pd.Series([1, 2], dtype="Int64"), pd.Series([1, None], dtype="Int64"),
        pd.DataFrame(), pd.DataFrame({"a": [1, 2]}), pd.Index([1, 2]), pd.NA, pd.NaT,
        datetime.date(2020, 1, 1), pd.Timestamp("2020-01-01"), np.random, np.random.RandomState(1),
        smf.ols("a ~ 1", pd.DataFrame({"a": [1.0, 2, 4]})).fit(),
        "a" * 5000, "two words", "np.log", {"level": 0.9}, [[1, 2, 3]], np.float32(0.3),
        np.array([1, 2, 3, 4, 5], dtype="int8"), pd.Series([True, False, True]),
    ]  # fmt: skip


def spoiled(data: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """A table as it may arrive."""
    numbers = [c for c in data if pd.api.types.is_numeric_dtype(data[c])]
    yield "no rows", data.iloc[:0]
    yield "one row", data.iloc[:1]
    yield "two rows", data.iloc[:2]
    yield "no columns", data[[]]
    yield "rows repeated index", data.set_axis(np.zeros(len(data), int))
    yield (
        "columns as tuples",
        data.set_axis(pd.MultiIndex.from_product([["a"], data.columns]), axis=1),
    )
    yield "columns as numbers", data.set_axis(range(data.shape[1]), axis=1)
    yield "as a dict", data.to_dict("list")
    yield "as an array", data.to_numpy()
    for column in data.columns[:8]:
        yield f"without {column}", data.drop(columns=column)
        yield f"{column} twice", pd.concat([data, data[[column]]], axis=1)
        yield f"{column} in the index", data.set_index(column)
        yield f"{column} missing", data.assign(**{column: np.nan})
        yield f"{column} None", data.assign(**{column: None})
        yield f"{column} as text", data.assign(**{column: data[column].astype(str) + "!"})
        yield f"{column} constant", data.assign(**{column: data[column].iloc[0]})
        yield f"{column} as dates", data.assign(**{column: pd.Timestamp("2020-01-01")})
        yield f"{column} as lists", data.assign(**{column: [[1]] * len(data)})
        yield (
            f"{column} mixed",
            data.assign(**{column: [v if i % 2 else str(v) for i, v in enumerate(data[column])]}),
        )
    for column in numbers[:5]:
        yield f"{column} infinite", data.assign(**{column: np.inf})
        yield f"{column} huge", data.assign(**{column: data[column] * 1e200})
        yield f"{column} tiny", data.assign(**{column: data[column] * 1e-250})
        yield f"{column} complex", data.assign(**{column: data[column] + 1j})


@dataclass(frozen=True)
class Call:
    """A malformed call."""

    name: str
    argument: str
    what: str
    function: Callable
    positional: tuple
    given: dict[str, Any]


def malformed_calls(names: set[str] | None = None) -> Iterator[Call]:
    """Every malformed call of every function."""
    for name, (function, valid) in valid_calls().items():
        if names is not None and name not in names:
            continue
        positional = valid.pop("*", ())
        for argument, good in valid.items():
            for wrong in wrong_values():
                yield Call(
                    name, argument, _shown(wrong), function, positional, {**valid, argument: wrong}
                )
            if isinstance(good, pd.DataFrame):
                for what, table in spoiled(good):
                    yield Call(
                        name, argument, what, function, positional, {**valid, argument: table}
                    )
            left = {k: v for k, v in valid.items() if k != argument}
            if _required(function, argument):
                yield Call(name, argument, "left out", function, positional, left)
        for i in range(len(positional)):
            for wrong in wrong_values():
                others = tuple(wrong if j == i else p for j, p in enumerate(positional))
                yield Call(name, f"*{i}", _shown(wrong), function, others, dict(valid))
        yield Call(name, "nonsense", "unknown", function, positional, {**valid, "nonsense": 1})


def _required(function: Callable, argument: str) -> bool:
    parameter = inspect.signature(function).parameters.get(argument)
    return parameter is not None and parameter.default is inspect.Parameter.empty


def _shown(value: Any) -> str:
    text = f"{type(value).__name__} {value!r}".encode("ascii", "backslashreplace").decode()
    return text.replace("\n", " ")[:60]


# ---------------------------------------------------------------- the judge


def verdict(call: Call) -> str:
    """ "fine", "refused", or what is wrong with what the call does."""
    given = {k: rng() if isinstance(v, np.random.Generator) else v for k, v in call.given.items()}
    try:
        with warnings.catch_warnings(), _at_most(SECONDS), _silent():
            warnings.simplefilter("error")
            result = call.function(*call.positional, **given)
    except _Hangs:
        return f"computes for more than {SECONDS} s"
    except Warning as warning:
        return f"warning {type(warning).__name__}: {warning}"
    except (ValueError, TypeError, KeyError) as error:
        return _judged_message(call, error)
    except MemoryError:
        return "MemoryError"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:120]}"
    if call.name in NAN_IS_SAID or _is_sound(result):
        return "fine"
    return f"silent nonsense: {_shown(result)}"


def _judged_message(call: Call, error: Exception) -> str:
    text = str(error)
    ours = type(error).__module__.startswith("hlm_teach")
    if not ours and type(error) not in (ValueError, TypeError, KeyError):
        return f"{type(error).__name__}: {text[:120]}"
    if len(text) > MOST_LETTERS:
        return f"a message of {len(text)} letters"
    names = _names(call)
    if not any(name in text for name in names):
        return f"{type(error).__name__} names no argument: {text[:120]}"
    return "refused"


def _names(call: Call) -> set[str]:
    """What a message may name: the arguments, or the columns that they name."""
    names = set(call.given) | {call.argument}
    names |= {v for v in call.given.values() if isinstance(v, str) and len(v) > 1}
    for value in call.given.values():
        if isinstance(value, pd.DataFrame):
            names |= {f"'{c}'" for c in value.columns}
    return names | {
        "column",
        "outcome",
        "compare takes",
        "an exercise is",
        "no exercise",
        "a slider",
    }


def _is_sound(result: Any) -> bool:
    """Holds it no infinite number, and no nan where all is nan?"""
    if isinstance(result, pd.DataFrame):
        if not result.columns.is_unique:
            return True  # of text
        return all(_is_sound(result[c]) for c in result.select_dtypes("number"))
    if isinstance(result, float | int | np.ndarray | pd.Series):
        values = np.asarray(result)
        if values.dtype.kind != "f" or values.size == 0:
            return True
        return not np.isinf(values).any() and not np.isnan(values).all()
    if isinstance(result, tuple | list):
        return all(_is_sound(part) for part in result)
    return True


class _Hangs(BaseException):
    pass


@contextlib.contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Stops what computes for longer (where the system counts that)."""
    if not hasattr(signal, "SIGPROF") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise _Hangs

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()):
        yield
