"""Kenward and Roger against pbkrtest 0.5.2 (tests/oracle/small_samples.json), against the paper's
formulas with N × N matrices, and where an exact test is known."""

import numpy as np
import pytest
from scipy import stats
from small_sample_models import HERE, ROOM, STORED, data, fitted, our_term

from hlm_teach import fit_lmm
from hlm_teach.lmm.blocked_pieces import pieces_at, several_pieces
from hlm_teach.lmm.design import make_design
from hlm_teach.lmm.kenward_roger import adjustment, coefficient_df, f_approximation
from hlm_teach.lmm.term_at_optimum import TermAtOptimum, correlated_directions
from hlm_teach.lmm.theta import lambda_
from hlm_teach.lmm.variance_pieces import two_level_directions, two_level_pieces


@pytest.mark.parametrize("name", [n for n in HERE if "vcov_kr" in STORED["inference"][n]])
def test_adjusted_covariance_and_degrees_of_freedom(name):
    fit, stored = fitted(name, "kenward-roger"), STORED["inference"][name]
    rows = stored["coef"]["Kenward-Roger"]
    terms = [our_term(row["term"]) for row in rows]
    wanted = np.array(stored["vcov_kr"])
    size = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    assert fit.cov_params.loc[terms, terms].to_numpy() / size == pytest.approx(
        wanted / size, abs=ROOM[name]
    )
    for term, row in zip(terms, rows, strict=True):
        assert fit.df[term] == pytest.approx(row["df"], rel=1e-6), term
        assert fit.bse[term] == pytest.approx(row["Std. Error"], rel=ROOM[name]), term


# ---------------------------------------------------------------- a second computation


def _dense(x, terms):
    """Φ, P_i, Q_ij and the traces as the paper writes them, Σ an N × N matrix."""
    sigma, g = np.eye(len(x)), []
    for term in terms:
        z = np.zeros((len(x), term.n_levels * term.n_effects))
        for a in range(term.n_effects):
            z[np.arange(len(x)), term.codes * term.n_effects + a] = term.z[:, a]
        for e, gamma in zip(term.directions, term.gammas, strict=True):
            g.append(z @ np.kron(np.eye(term.n_levels), e) @ z.T)
            sigma += gamma * g[-1]
    g.append(np.eye(len(x)))
    inverse = np.linalg.inv(sigma)
    left = x.T @ inverse
    return (
        np.linalg.inv(left @ x),
        np.array([-left @ one @ left.T for one in g]),
        np.array([[left @ one @ inverse @ two @ left.T for two in g] for one in g]),
        np.array([[np.trace(inverse @ one @ inverse @ two) for two in g] for one in g]),
    )


def _some_terms():
    rng = np.random.default_rng(5)
    n = 60
    codes = [np.r_[np.arange(k), rng.integers(0, k, n - k)] for k in (5, 12, 7)]
    z = np.column_stack([np.ones(n), rng.normal(size=n)])
    x = np.column_stack([np.ones(n), z[:, 1], rng.normal(size=n)])
    slopes = correlated_directions(2)
    return x, [
        TermAtOptimum(z, codes[0], slopes, np.array([0.5, 0.2, 0.3])),
        TermAtOptimum(z, codes[1], slopes[[0, 2]], np.array([1.5, 0.7])),
        TermAtOptimum(z[:, :1], codes[2], np.ones((1, 1, 1)), np.array([0.8])),
    ]


@pytest.mark.parametrize("chosen", [[0], [2], [0, 1], [1, 0], [2, 1, 0], [0, 1, 2]])
def test_blocks_give_what_n_by_n_matrices_give(chosen):
    x, terms = _some_terms()
    terms = [terms[i] for i in chosen]
    found = several_pieces(x, terms)
    for ours, wanted in zip(
        (found.phi, found.p, found.q, found.traces), _dense(x, terms), strict=True
    ):
        assert ours == pytest.approx(wanted, rel=1e-9, abs=1e-11 * np.abs(wanted).max())


@pytest.mark.parametrize("correlated", [True, False])
def test_one_grouping_and_several_replicates_give_the_same(correlated):
    few = data("few")
    x = np.column_stack([np.ones(len(few)), few.treated, few.x])
    design = make_design(x, x[:, [0, 2]], few.group, correlated=correlated)
    theta = np.array(
        [[0.7, 0.1], [0.2, 0.0], [0.3, 0.9]][:3] if correlated else [[0.7, 0.1], [0.3, 0]]
    )
    relative = lambda_(design, theta)
    found = two_level_pieces(design, relative)
    for r in range(2):
        g = relative[:, :, r] @ relative[:, :, r].T
        directions = two_level_directions(design)
        flat = directions.reshape(len(directions), -1).T
        gammas = np.linalg.lstsq(flat, g.ravel(), rcond=None)[0]
        codes = np.unique(few.group, return_inverse=True)[1]
        one = several_pieces(design.q_basis, [TermAtOptimum(design.z, codes, directions, gammas)])
        for ours, wanted in (
            (found.phi[r], one.phi),
            (found.p[r], one.p),
            (found.q[r], one.q),
            (found.traces[r], one.traces),
        ):
            assert ours == pytest.approx(wanted, abs=1e-10 * np.abs(wanted).max())


def test_tests_of_replicates_are_those_of_single_fits():
    fit = fitted("few_rs", "kenward-roger")
    frame = fit.frame
    design = make_design(frame.fixed, frame.random_design, frame.group_labels)
    values, vectors = np.linalg.eigh(fit.cov_re.to_numpy() / fit.sigma2)
    root = vectors * np.sqrt(np.maximum(values, 0))  # G is singular here
    relative = (np.linalg.inv(design.z_basis) @ root)[:, :, None]
    adjusted = adjustment(two_level_pieces(design, relative))
    contrasts = np.eye(3) @ np.linalg.inv(design.r_factor)
    df = [f_approximation(adjusted, row[None])[0][0] for row in contrasts]
    assert df == pytest.approx(fit.df.to_numpy(), rel=1e-8)


# ---------------------------------------------------------------- where the answer is known


def test_hotelling():
    """Slopes and intercepts of a balanced growth curve: T² on the subjects' own lines is exact."""
    sleep = data("sleepstudy")
    lines = np.array([np.polyfit(s.Days, s.Reaction, 1) for _, s in sleep.groupby("Subject")])
    n, p = lines.shape
    mean, cov = lines.mean(axis=0), np.cov(lines.T) / n
    t2 = mean @ np.linalg.solve(cov, mean)
    test = fitted("sleep_rs", "kenward-roger").joint_test(["Intercept", "Days"])
    assert test.df_den == pytest.approx(n - p, rel=1e-9)
    assert test.statistic == pytest.approx(t2 * (n - p) / (p * (n - 1)), rel=1e-6)


def test_balanced_analysis_of_variance():
    """A treatment that varies between the groups, balanced: F on J − 2 degrees of freedom, also
    where the variance between groups is estimated as zero."""
    rng = np.random.default_rng(11)
    x, z = np.repeat([0.0, 1.0], 20), np.ones((40, 1))
    design = make_design(np.column_stack([z, x]), z, np.repeat(np.arange(8), 5))
    adjusted = adjustment(two_level_pieces(design, rng.uniform(0, 2, (1, 1, 3)) * [[[0, 1, 1]]]))
    contrast = np.array([[0.0, 1.0]]) @ np.linalg.inv(design.r_factor)
    assert f_approximation(adjusted, contrast)[0] == pytest.approx([6, 6, 6], rel=1e-9)


def test_singular_fit_keeps_the_degrees_of_freedom_of_its_groups():
    """Satterthwaite takes a variance of zero as known; Kenward and Roger do not."""
    dyestuff2 = fit_lmm("Yield ~ 1", data("dyestuff2"), "Batch")
    assert dyestuff2.df.item() == pytest.approx(29, abs=1e-6)
    assert dyestuff2.with_df("kenward-roger").df.item() == pytest.approx(5, rel=1e-9)


# ---------------------------------------------------------------- invariances


@pytest.mark.parametrize("correlated", [True, False])
def test_units_and_order_do_not_matter(correlated):
    few = data("few")
    other = few.assign(x=few.x * 1e4, y=few.y * 1e-3).sample(frac=1, random_state=3)
    options = dict(groups="group", random="1 + x", correlated=correlated)
    first, second = (
        fit_lmm("y ~ treated + x", d, **options).with_df("kenward-roger") for d in (few, other)
    )
    assert second.df.to_numpy() == pytest.approx(first.df.to_numpy(), rel=1e-6)
    assert second.tvalues.to_numpy() == pytest.approx(first.tvalues.to_numpy(), rel=1e-6)
    a, b = first.joint_test(["treated", "x"]), second.joint_test(["treated", "x"])
    assert (b.statistic, b.df_den) == pytest.approx((a.statistic, a.df_den), rel=1e-6)


def test_origin_of_the_predictor_does_not_matter():
    few = data("few")
    near, far = (
        fit_lmm("y ~ treated + x", few.assign(x=few.x + shift), "group", "1 + x").with_df(
            "kenward-roger"
        )
        for shift in (0.0, 1e5)
    )
    for term in ("treated", "x"):
        assert far.df[term] == pytest.approx(near.df[term], rel=1e-4)
        assert far.bse[term] == pytest.approx(near.bse[term], rel=1e-5)


def test_an_effect_without_variance_parameters_to_estimate_is_ordinary_regression():
    """One grouping of variance zero apart, the residual alone: m = N − p."""
    x, terms = _some_terms()
    nothing = TermAtOptimum(terms[2].z, terms[2].codes, np.zeros((0, 1, 1)), np.zeros(0))
    adjusted = adjustment(several_pieces(x, [nothing]))
    assert coefficient_df(adjusted) == pytest.approx([57.0] * 3)
    assert adjusted.phi_adjusted == pytest.approx(np.linalg.inv(x.T @ x))
    m, scaling = f_approximation(adjusted, np.eye(3)[1:])
    assert (m, scaling) == pytest.approx((57.0, 1.0))


# ---------------------------------------------------------------- refusals


def test_maximum_likelihood_is_refused():
    few = fit_lmm("y ~ x", data("few"), "group", reml=False)
    with pytest.raises(ValueError, match="reml=True"):
        few.with_df("kenward-roger")


def test_the_cost_is_said_before_it_is_spent():
    fit = fitted("penicillin")
    cov_re = {name: g.to_numpy() for name, g in fit.cov_by_group.items()}
    with pytest.raises(ValueError, match="minutes.*cube"):
        pieces_at(fit.frame, cov_re, 1.0, max_minutes=1e-12)


def test_the_distribution_is_what_the_moments_say():
    """m and λ reproduce mean and variance of F to the order of the expansion: for one contrast the
    variance of an F(1, m) variable is that of t² with A₂ = 2/m."""
    fit = fitted("few_ri", "kenward-roger")
    m, scaling = f_approximation(fit.df_method.adjusted, np.eye(3)[[1]])
    assert scaling == 1
    assert stats.f.sf(fit.tvalues["treated"] ** 2, 1, m) == pytest.approx(fit.pvalues["treated"])
