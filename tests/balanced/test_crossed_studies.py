"""Persons × stimuli: exact rates, the sampler, and models fitted to simulated trials, agree."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hlm_teach import crossed_rejection_rate, fit_lmm, simulate_crossed_studies
from hlm_teach.balanced.crossed_studies import ANALYSES, BELONGS_TO, p_values

DESIGN = {"n_persons": 8, "n_stimuli": 12, "tau_person": 0.4, "tau_stimulus": 0.3, "sigma2": 0.8}
MODELS = {
    "both": {"person": "1", "stimulus": "1"},
    "persons only": {"person": "1"},
    "stimuli only": {"stimulus": "1"},
}


def trials(rng, *, tau_person, tau_stimulus, belongs_to, n_persons=8, n_stimuli=12):
    """One row a trial, with the predictor x = ±1/2."""
    person, stimulus = (i.ravel() for i in np.indices((n_persons, n_stimuli)))
    u, w = rng.normal(size=n_persons), rng.normal(size=n_stimuli)
    y = np.sqrt(tau_person) * u[person] + np.sqrt(tau_stimulus) * w[stimulus]
    own = stimulus if belongs_to == "stimuli" else person
    return pd.DataFrame(
        {
            "person": [f"p{p}" for p in person],
            "stimulus": [f"s{s}" for s in stimulus],
            "x": own % 2 - 0.5,
            "y": y + rng.normal(size=len(y)),
        }
    )


def squares(data, belongs_to):
    """The five sums of squares and their degrees of freedom, by subtraction of means."""
    own, other = ("stimulus", "person") if belongs_to == "stimuli" else ("person", "stimulus")
    y = data["y"] - data["y"].mean()
    of = {
        key: y.groupby([data[k] for k in key]).transform("mean")
        for key in (("x",), (own,), (other,), ("x", other))
    }
    sums = [
        ((of[own,] - of["x",]) ** 2).sum(),
        (of[other,] ** 2).sum(),
        ((of["x", other] - of["x",] - of[other,]) ** 2).sum(),
        ((y - of[own,] - of["x", other] + of["x",]) ** 2).sum(),
    ]
    a, b = data[own].nunique(), data[other].nunique()
    return (of["x",] ** 2).sum(), sums, [a - 2, b - 1, b - 1, (a - 2) * (b - 1)]


@pytest.mark.parametrize("belongs_to", BELONGS_TO)
@pytest.mark.parametrize("taus", [(1.0, 1.0), (0.05, 0.0), (0.0, 0.05), (0.0, 0.0)])
def test_p_values_from_squares_are_those_of_models_fitted_to_the_trials(belongs_to, taus):
    """Zero variances are in here: at (0, 0) most of the fits lie on the boundary."""
    rng = np.random.default_rng(3)
    for _ in range(6):
        data = trials(rng, tau_person=taus[0], tau_stimulus=taus[1], belongs_to=belongs_to)
        effect, sums, counts = squares(data, belongs_to)
        found = p_values(
            np.array([effect]), np.array([sums]), np.array(counts), belongs_to=belongs_to
        )
        for name, random in MODELS.items():
            many = len(random) > 1
            fit = fit_lmm(
                "y ~ x", data, None if many else next(iter(random)), random=random if many else "1"
            )
            assert found[name][0] == pytest.approx(fit.pvalues["x"], rel=2e-3, abs=1e-6), name
        means = data.groupby(["person", "x"])["y"].mean()
        if belongs_to == "stimuli":
            by_hand = stats.ttest_rel(means.xs(0.5, level=1), means.xs(-0.5, level=1))
        else:
            by_hand = stats.ttest_ind(means.xs(0.5, level=1), means.xs(-0.5, level=1))
        assert found["means of persons"][0] == pytest.approx(by_hand.pvalue, rel=1e-9)
        ols = stats.linregress(data["x"], data["y"])
        assert found["neither"][0] == pytest.approx(ols.pvalue, rel=1e-9)


@pytest.mark.parametrize("belongs_to", BELONGS_TO)
@pytest.mark.parametrize("analysis", ANALYSES)
def test_exact_rate_is_what_the_sampler_gives(analysis, belongs_to):
    """With variances far from zero no estimate is zero, and the exact rate is the whole truth."""
    design = DESIGN | {"tau_person": 4.0, "tau_stimulus": 4.0, "belongs_to": belongs_to}
    found = simulate_crossed_studies(n_studies=100_000, rng=np.random.default_rng(5), **design)
    exact = crossed_rejection_rate(analysis=analysis, **design)
    assert (found[analysis] < 0.05).mean() == pytest.approx(exact, abs=0.005)


def test_the_right_analyses_hold_the_level_exactly():
    right = [("stimuli", "both"), ("persons", "both"), ("persons", "means of persons")]
    for belongs_to, analysis in right:
        rate = crossed_rejection_rate(belongs_to=belongs_to, analysis=analysis, **DESIGN)
        assert rate == pytest.approx(0.05, abs=1e-5)


def test_means_of_persons_follow_a_scaled_f():
    """More persons make it worse; more stimuli don't help."""
    rates = []
    for n_persons, n_stimuli in [(10, 40), (40, 40), (40, 400)]:
        scale = 1 + n_persons * 0.1
        critical = stats.f.isf(0.05, 1, n_persons - 1)
        rates.append(
            crossed_rejection_rate(
                n_persons=n_persons,
                n_stimuli=n_stimuli,
                tau_person=0.5,
                tau_stimulus=0.1,
                analysis="means of persons",
            )
        )
        assert rates[-1] == pytest.approx(stats.f.sf(critical / scale, 1, n_persons - 1), abs=1e-5)
    assert rates[0] < rates[1] == pytest.approx(rates[2], abs=1e-6)


def test_without_differences_between_stimuli_every_analysis_with_persons_is_right():
    design = DESIGN | {"tau_stimulus": 0.0}
    for analysis in ("persons only", "means of persons"):
        rate = crossed_rejection_rate(analysis=analysis, **design)
        assert rate == pytest.approx(0.05, abs=1e-5)


def test_persons_and_stimuli_are_each_others_mirror():
    swapped = {"n_persons": 12, "n_stimuli": 8, "tau_person": 0.3, "tau_stimulus": 0.4}
    for here, there in [("persons only", "stimuli only"), ("neither", "neither")]:
        assert crossed_rejection_rate(analysis=here, **DESIGN) == pytest.approx(
            crossed_rejection_rate(analysis=there, belongs_to="persons", sigma2=0.8, **swapped)
        )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n_persons": 1}, "n_persons"),
        ({"n_stimuli": 7}, "even"),
        ({"tau_person": -1.0}, "tau_person"),
        ({"tau_stimulus": np.inf}, "tau_stimulus"),
        ({"sigma2": 0.0}, "sigma2"),
        ({"belongs_to": "words"}, "belongs_to"),
        ({"analysis": "all"}, "analysis"),
        ({"level": 1.5}, "level"),
    ],
)
def test_bad_input_is_named(wrong, words):
    with pytest.raises(ValueError, match=words):
        crossed_rejection_rate(**(DESIGN | wrong))
    if not {"analysis", "level"} & set(wrong):
        with pytest.raises(ValueError, match=words):
            simulate_crossed_studies(n_studies=3, rng=np.random.default_rng(1), **(DESIGN | wrong))
