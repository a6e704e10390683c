"""The sampler and the exact rate, against brute force, closed forms and the package's fits."""

import numpy as np
import pytest
import statsmodels.api as sm
from designed_predictor import study_predictor
from scipy import integrate, stats

from hlm_teach import fit_many
from hlm_teach.balanced.false_positives import ols_rejection_rate, prob_exceeds
from hlm_teach.balanced.studies import lowest_icc, simulate_studies

SETTING = {"n_groups": 8, "group_size": 12, "tau00": 0.3, "sigma2": 0.7}


def brute_force(n_studies, x_icc, rng, *, n_groups, group_size, tau00, sigma2, tau11=0.0):
    """Every individual drawn; ordinary regression written out."""
    x = study_predictor(n_groups=n_groups, group_size=group_size, x_icc=x_icc)
    u = rng.normal(size=(n_studies, n_groups, 1)) * np.sqrt(tau00)
    slope = rng.normal(size=(n_studies, n_groups, 1)) * np.sqrt(tau11)
    y = u + slope * x + rng.normal(size=(n_studies, *x.shape)) * np.sqrt(sigma2)
    return x.ravel(), y.reshape(n_studies, -1)


def ols_p(x, y):
    """Two-sided p of the slope in every row of y."""
    n = len(x)
    xc, yc = x - x.mean(), y - y.mean(axis=1, keepdims=True)
    slope = yc @ xc / (xc @ xc)
    s2 = np.sum((yc - slope[:, None] * xc) ** 2, axis=1) / (n - 2)
    return (
        slope,
        np.sqrt(s2 / (xc @ xc)),
        2 * stats.t.sf(np.abs(slope) / np.sqrt(s2 / (xc @ xc)), n - 2),
    )


@pytest.mark.parametrize("x_icc", [-1 / 11, 0.0, 0.4, 1.0])
def test_predictor_has_the_icc_it_is_asked_for(x_icc):
    x = study_predictor(n_groups=8, group_size=12, x_icc=x_icc)
    pairs = x.sum(axis=1) ** 2 - (x**2).sum(axis=1)  # products of two of one group
    assert x.mean() == pytest.approx(0, abs=1e-12)
    assert np.mean(x**2) == pytest.approx(1)
    assert pairs.sum() / (8 * 12 * 11) == pytest.approx(x_icc)


@pytest.mark.parametrize("tau11", [0.0, 0.2])
@pytest.mark.parametrize("x_icc", [lowest_icc(12), 0.3, 1.0])
def test_exact_rate_sampler_and_brute_force_agree(x_icc, tau11):
    """Three roads, 20,000 studies each: within four Monte Carlo standard errors."""
    n = 20_000
    exact = ols_rejection_rate(**SETTING, tau11=tau11, x_icc=x_icc)
    studies = simulate_studies(
        **SETTING, tau11=tau11, x_icc=x_icc, n_studies=n, rng=np.random.default_rng(1)
    )
    slope, se, p = ols_p(*brute_force(n, x_icc, np.random.default_rng(2), **SETTING, tau11=tau11))
    slack = 4 * np.sqrt(exact * (1 - exact) / n)
    assert studies.ols.false_positives == pytest.approx(exact, abs=slack)
    assert np.mean(p < 0.05) == pytest.approx(exact, abs=slack)
    assert studies.right.false_positives == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / n))
    assert studies.right.coverage == 1 - studies.right.false_positives
    for analysis in (studies.ols, studies.right):
        assert np.std(analysis.estimate) == pytest.approx(analysis.true_se, rel=0.03)
    if tau11 == 0:
        assert studies.variance_factor == pytest.approx(1 + 11 * x_icc * 0.3)
    assert np.std(slope) == pytest.approx(studies.ols.true_se, rel=0.03)
    assert stats.ks_2samp(se, studies.ols.se).pvalue > 1e-4
    assert stats.ks_2samp(slope, studies.ols.estimate).pvalue > 1e-4


def test_written_out_regression_is_statsmodels():
    x, y = brute_force(3, 0.4, np.random.default_rng(3), **SETTING)
    _, se, p = ols_p(x, y)
    for row in range(3):
        theirs = sm.OLS(y[row], sm.add_constant(x)).fit()
        assert se[row] == pytest.approx(theirs.bse[1])
        assert p[row] == pytest.approx(theirs.pvalues[1])


@pytest.mark.parametrize(
    ("tau11", "x_icc"),
    [(0.0, lowest_icc(12)), (0.0, 0.3), (0.3, 0.3), (0.3, lowest_icc(12)), (0.0, 1.0)],
)
def test_right_analysis_is_what_the_multilevel_model_gives(tau11, x_icc):
    """REML with the group mean as its own predictor, on data whose sums the sampler would use."""
    setting = SETTING | {"tau00": 2.0}  # far from the boundary
    x, y = brute_force(200, x_icc, np.random.default_rng(4), **setting, tau11=tau11)
    groups, ones = np.repeat(np.arange(8), 12), np.ones(96)
    mean = np.repeat(x.reshape(8, 12).mean(axis=1), 12)
    within = x - mean
    columns = [
        ones,
        *([within] if x_icc < 1 else []),
        *([mean] if x_icc > lowest_icc(12) + 0.01 else []),
    ]
    fits = fit_many(y, np.column_stack(columns), groups, 1 if tau11 else "1", progress=False)
    inside = ~fits.singular
    assert inside.mean() > 0.7
    estimate, se, df = right_from_individuals(x, y, tau11, x_icc)
    np.testing.assert_allclose(fits.params[inside, 1], estimate[inside], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(fits.bse[inside, 1], se[inside], rtol=1e-4)
    np.testing.assert_allclose(fits.df[inside, 1], df, rtol=2e-2)


def right_from_individuals(x, y, tau11, x_icc):
    """The exact tests of `simulate_studies`, from individuals."""
    y, x = y.reshape(len(y), 8, 12), x.reshape(8, 12)
    if x_icc == 1:
        slope, se, _ = ols_p(x[:, 0], y.mean(axis=2))
        return slope, se, 6
    xw, yw = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=2, keepdims=True)
    slopes = np.einsum("rjn,jn->rj", yw, xw) / (xw**2).sum(axis=1)
    slope = slopes.mean(axis=1)
    if tau11:
        return slope, slopes.std(axis=1, ddof=1) / np.sqrt(8), 7
    left = ((yw - slope[:, None, None] * xw) ** 2).sum(axis=(1, 2))
    return slope, np.sqrt(left / 87 / (xw**2).sum()), 87


def f_form(own, other, n_other, sigma2, n_within, k):
    """P(own·χ²_1 > k(other·χ²_n + σ²χ²_m)) by integration over the two χ² variables' mix.

    (other·χ²_n + σ²χ²_m)/(χ²_n + χ²_m) = mixing with a Beta share, independent of the sum.
    """

    def given(share):
        scale = other * share + sigma2 * (1 - share)
        return stats.f.sf(k * scale * (n_other + n_within) / own, 1, n_other + n_within)

    share = stats.beta(n_other / 2, n_within / 2)
    return integrate.quad(lambda s: given(s) * share.pdf(s), 0, 1, epsabs=1e-11, limit=200)[0]


@pytest.mark.parametrize(
    ("j", "n", "tau00"), [(6, 20, 0.2), (30, 20, 0.2), (4, 5, 3.0), (60, 30, 0.02)]
)
def test_closed_forms_at_both_ends(j, n, tau00):
    sigma2, total = 0.8, j * n
    a, k = n * tau00 + sigma2, stats.t.ppf(0.975, total - 2) ** 2 / (total - 2)
    setting = {"n_groups": j, "group_size": n, "tau00": tau00, "sigma2": sigma2}
    between = f_form(a, a, j - 2, sigma2, j * (n - 1), k)
    within = f_form(sigma2, a, j - 1, sigma2, j * (n - 1) - 1, k)
    assert ols_rejection_rate(**setting, x_icc=1) == pytest.approx(between, abs=1e-6)
    assert ols_rejection_rate(**setting, x_icc=lowest_icc(n)) == pytest.approx(within, abs=1e-6)


def test_rate_is_nominal_without_clustering():
    rates = ols_rejection_rate(
        n_groups=10, group_size=6, tau00=0, sigma2=2, x_icc=np.linspace(-0.2, 1, 7)
    )
    np.testing.assert_allclose(rates, 0.05, atol=1e-9)


def test_large_samples_follow_the_variance_law():
    """2Φ(−1.96/√(1 + (n − 1)ρ_xρ)) for many groups."""
    x_icc = np.linspace(lowest_icc(20), 1, 9)
    rates = ols_rejection_rate(n_groups=2000, group_size=20, tau00=0.2, sigma2=0.8, x_icc=x_icc)
    law = 2 * stats.norm.sf(stats.norm.isf(0.025) / np.sqrt(1 + 19 * x_icc * 0.2))
    np.testing.assert_allclose(rates, law, atol=5e-4)


def test_units_do_not_matter():
    base = ols_rejection_rate(**SETTING, tau11=0.1, x_icc=0.5)
    scaled = ols_rejection_rate(
        n_groups=8, group_size=12, tau00=3e6, sigma2=7e6, tau11=1e6, x_icc=0.5
    )
    assert scaled == pytest.approx(base, rel=1e-9)


def test_prob_exceeds_is_the_f_distribution():
    ours = prob_exceeds(np.ones(3), np.array([[0.1], [1.0], [4.0]]), np.array([9]))
    np.testing.assert_allclose(ours, stats.f.sf(np.array([0.9, 9.0, 36.0]), 1, 9), rtol=1e-9)


def test_same_seed_same_studies_and_groups_keep_their_numbers():
    one, two = (
        simulate_studies(**SETTING, n_studies=5, rng=np.random.default_rng(7)) for _ in range(2)
    )
    np.testing.assert_array_equal(one.ols.estimate, two.ols.estimate)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_groups": 7}, "even"),
        ({"n_groups": 2}, "n_groups must be 4"),
        ({"group_size": 2}, "group_size must be 3"),
        ({"sigma2": 0}, "sigma2"),
        ({"tau00": -1}, "tau00"),
        ({"x_icc": -0.5}, "impossible"),
        ({"x_icc": 1.1}, "x_icc"),
        ({"tau11": np.nan}, "tau11"),
    ],
)
def test_wrong_input_is_named(change, words):
    with pytest.raises(ValueError, match=words):
        ols_rejection_rate(**(SETTING | change))
    with pytest.raises(ValueError, match=words):
        simulate_studies(**(SETTING | change), n_studies=3, rng=np.random.default_rng(1))


def test_rng_is_wanted():
    with pytest.raises(TypeError, match="default_rng"):
        simulate_studies(**SETTING, n_studies=3, rng=1)
