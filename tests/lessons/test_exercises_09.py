"""Chapter 09's exercises: what learners really compute, and what they are told."""

import numpy as np
import pytest
from scipy import optimize, stats
from wrong_answers import meets, said_to

from hlm_teach import (
    fit_lmm,
    grid_posterior,
    is_right,
    known_error_posterior,
    load_data,
    my_data,
    sd_prior,
)
from hlm_teach.feedback.exercise import find
from hlm_teach.lessons.ch09_bayes.exercises import e08_own_trials as own_trials

CLINICS = [9.0, 1.0, 14.0, -3.0, 5.0], [4.0, 3.0, 5.0, 4.0, 3.0]
HOSPITALS = [4.1, 7.0, 1.5, 7.5, 5.2, 3.0], [2.5, 4.5, 2.0, 3.5, 2.5, 3.0]


def half(scale):
    return sd_prior("half-normal", scale)


def clinics(prior=None, **wrong):
    """Exercise 09.1 by the package's own grid, which lies elsewhere than the candidates."""
    found = known_error_posterior(*CLINICS, prior_tau=prior or half(4.0))
    right = {
        "reml": found.tau[found.log_likelihood.argmax()],
        "median": found.summary()["median"],
        "above": found.weights[found.tau > 4].sum(),
    }
    return right | wrong


def likelihood(tau, y, se):
    """Minus the log-likelihood of ML, the mean at its best."""
    total = np.square(se) + tau**2
    return -stats.norm.logpdf(y, np.average(y, weights=1 / total), np.sqrt(total)).sum()


def by_ml():
    found = optimize.minimize_scalar(likelihood, args=CLINICS, bounds=(0, 50), method="bounded")
    return clinics(reml=found.x)


def units(**wrong):
    """Exercise 09.2 by scipy's distributions."""
    scale = 10 / stats.halfnorm.ppf(0.95)
    tail = stats.halfcauchy(scale=scale).sf(25)
    return {"scale": scale, "kpa": scale * 0.1333, "tail": tail, "flat": "c"} | wrong


def averaged(**wrong):
    """Exercise 09.3, from numbers written down with three decimals."""
    given = [2.0, 5.2, 12.24]
    mean = 0.4 * given[0] + 0.4 * given[1] + 0.2 * given[2]
    spread = 0.4 * (0 + 2.0**2) + 0.4 * (7.2 + 5.2**2) + 0.2 * (23.04 + 12.24**2) - mean**2
    return {
        "expected": lambda tau: (18 / 36 + 2 / tau**2) / (1 / 36 + 1 / tau**2),
        "averaged": mean,
        "sd": spread**0.5,
        "reml": "b",
    } | wrong


def output(**wrong):
    return {"mcse": 0.0198, "worth": 6.25, "draws": 3637, "rows": "b"} | wrong


def drivers(prior=None, **wrong):
    """Exercise 09.5 with the package's own number of cells."""
    model = "Reaction ~ Days", load_data("sleepstudy"), "Subject"
    found = grid_posterior(*model, prior_tau=prior or half(50.0))
    medians = {"median": found.quantile("tau", 0.5), "icc": found.quantile("icc", 0.5)}
    return {"what": "b"} | medians | wrong


def hospitals(**wrong):
    """Exercise 09.6, its top found by a search."""
    y, se = (np.array(side) for side in HOSPITALS)

    def height(tau):
        precision = (1 / (se**2 + tau**2)).sum()
        return likelihood(tau, y, se) + 0.5 * np.log(precision) - np.log(tau)

    kept = optimize.minimize_scalar(height, bounds=(0.01, 50), method="bounded").x
    errors = {name: (1 / (se**2 + t**2)).sum() ** -0.5 for name, t in (("se0", 0), ("se", kept))}
    return {"kept": kept, "when": "c"} | errors | wrong


def pastes(q=0.975, **wrong):
    data, factors = load_data("pastes"), {}
    for name, batches in (("three", "ABC"), ("ten", "ABCDEFGHIJ")):
        some = data[data["batch"].isin(list(batches))]
        flat, other = (
            grid_posterior("strength ~ 1", some, "batch", prior_tau=prior).quantile("tau", q)
            for prior in (sd_prior("flat"), half(3.0))
        )
        factors[name] = flat / other
    return factors | {"report": "d", "road": "b"} | wrong


def trials(prior=None, who="Ada", **wrong):
    data = my_data(who, "09.8")
    found = known_error_posterior(data["effect"], data["se"], prior_tau=prior or half(5.0))
    right = {
        "reml": found.tau[found.log_likelihood.argmax()],
        "median": found.summary()["median"],
        "best": found.groups["mean"][data["effect"].idxmax()],
    }
    return right | {name: value(right, data) for name, value in wrong.items()}


def at_remls_tau(right, data):
    precision = 1 / (data["se"] ** 2 + right["reml"] ** 2)
    mu, first = np.average(data["effect"], weights=precision), data["effect"].idxmax()
    trust = right["reml"] ** 2 * precision[first]
    return trust * data["effect"][first] + (1 - trust) * mu


REPORT = (
    "Eleven girls, 44 observations. We used half-normal priors with scales of 2 and 1 mm for the "
    "SD between girls and flat ones for intercept and age; intercepts varied between girls. By "
    "numerical integration, distance increased by 0.48 mm per year (95% CrI 0.37–0.59). {tau}"
)
TAU = "SD between girls: {tau} mm, 1.41–3.36 (scale 1 mm: 1.85)."


def report(more="", **tau):
    return REPORT.format(tau=TAU.format(**{"tau": "2.10"} | tau)) + more


def batches(**wrong):
    return {
        "data": "pastes",
        "median": 1.90,
        "above": 0.71,
        "other": 1.46,
        "sentence": "Half-normal prior, scale 3, 10 batches: the SD has a median of 1.90 and lies "
        "above 1.5 with probability {above}; with scale 1 its median is 1.46.",
    } | wrong


def opened(more="", **wrong):
    """Exercise 09.10 of pastes, from the package's own number of cells."""
    model = "strength ~ 1", load_data("pastes"), "batch"
    above = 1 - grid_posterior(*model, prior_tau=half(3.0)).cdf("tau", 1.5)
    answer = batches(above=above)
    answer["sentence"] = answer["sentence"].format(above=f"{above:.2f}") + more
    return answer | wrong


def worded(*changes):
    """The same with other words in its sentence."""
    answer = opened()
    for old, new in zip(changes[::2], changes[1::2]):
        answer["sentence"] = answer["sentence"].replace(old, new)
    return answer


def in_words(sentence):
    """The same with another sentence."""
    return opened() | {"sentence": sentence.format(above=f"{opened()['above']:.2f}")}


def reml_of_pastes():
    return float(fit_lmm("strength ~ 1", load_data("pastes"), "batch").cov_re.iloc[0, 0]) ** 0.5


@meets(
    [
        ("09.1", "ML", by_ml, "that is ML"),
        ("09.1", "no prior", lambda: clinics(sd_prior("flat")), "under a flat prior"),
        ("09.1", "below", lambda: clinics(above=1 - clinics()["above"]), "lying below 4"),
        (
            "09.1",
            "the prior's own share",
            lambda: clinics(above=2 * stats.norm.sf(1)),
            "in the prior",
        ),
        ("09.2", "its end for the scale", lambda: units(scale=10), "for the scale"),
        ("09.2", "a whole normal", lambda: units(scale=10 / stats.norm.ppf(0.95)), "one side of 0"),
        (
            "09.1",
            "a prior without its 2",
            lambda: clinics(half(4 / np.sqrt(2))) | {"above": clinics()["above"]},
            "lacks the 2",
        ),
        (
            "09.1",
            "a scale not squared",
            lambda: clinics(half(2)) | {"above": clinics()["above"]},
            "4 below the line",
        ),
        ("09.2", "a rule of thumb", lambda: units(scale=5, kpa=0.6665), "rule of thumb"),
        ("09.2", "divided", lambda: units(kpa=units()["scale"] / 0.1333), "You divided"),
        (
            "09.2",
            "one tail of the Cauchy",
            lambda: units(tail=stats.cauchy.sf(25 / 5.102)),
            "above 0",
        ),
        ("09.2", "flat is flat", lambda: units(flat="a"), "of τ², or of τ"),
        (
            "09.3",
            "upside down",
            lambda: averaged(expected=lambda t: (36 * 18 + t**2 * 2) / (36 + t**2)),
            "trusts the site the less",
        ),
        (
            "09.3",
            "average put in",
            lambda: averaged(averaged=averaged()["expected"](2.8)),
            "averaged τ",
        ),
        ("09.3", "given tau only", lambda: averaged(sd=7.488**0.5), "when τ is known"),
        ("09.3", "its own error", lambda: averaged(sd=6), "own standard error"),
        ("09.4", "all draws", lambda: output(mcse=0.5 / 4000**0.5), "as if they were independent"),
        ("09.4", "in all chains", lambda: output(draws=14546), "And in each"),
        ("09.4", "upside down", lambda: output(worth=0.16), "upside down"),
        ("09.4", "tau passes", lambda: output(rows="c"), "ESS of the tails"),
        ("09.5", "not mended", lambda: drivers(half(0.05), icc=0.602), "the colleague found"),
        ("09.5", "flat", lambda: drivers(sd_prior("flat"), icc=0.602), "under a flat prior"),
        ("09.5", "of SDs", lambda: drivers(icc=38.2 / (38.2 + 31.1)), "divides standard"),
        ("09.4", "the mean", lambda: output(mcse=0.85 / 640**0.5), "the mean itself"),
        ("09.5", "sigma for tau", lambda: drivers(median=31.07), "within drivers"),
        ("09.6", "REML", lambda: hospitals(kept=0.01), "REML itself"),
        ("09.6", "a plain average", lambda: hospitals(se0=1.269), "plain average"),
        ("09.6", "the same again", lambda: hospitals(se=hospitals()["se0"]), "at τ = 0 again"),
        ("09.6", "a proof", lambda: hospitals(when="b"), "no evidence against 0"),
        ("09.7", "medians", lambda: pastes(0.5), "compared medians"),
        ("09.7", "90 %", lambda: pastes(ten=1.14, three=pastes(0.95)["three"]), "90 %"),
        ("09.7", "the narrower", lambda: pastes(report="b"), "by what was assumed"),
        (
            "09.8",
            "flat",
            lambda: trials(median=lambda r, d: trials(sd_prior("flat"))["median"]),
            "median under a flat prior",
        ),
        (
            "09.8",
            "as measured",
            lambda: trials(best=lambda r, d: d["effect"].max()),
            "partly by luck",
        ),
        ("09.8", "at one tau", lambda: trials(best=at_remls_tau), "at REML's τ alone"),
        ("09.9", "confidence", report().replace("CrI", "confidence interval"), "of a posterior"),
        ("09.9", "a p", report(" (p < 0.001)."), "No test was made"),
        ("09.9", "coverage", report(" In 95 of 100 studies it is true."), "confidence interval"),
        (
            "09.9",
            "were it repeated",
            report(" If we repeated the study, 95 % of the intervals would hold the SD."),
            "confidence interval",
        ),
        ("09.9", "zero", report(" Its interval excludes 0: an SD that excludes 0."), "never has"),
        ("09.9", "robust", report(" The results are robust to the prior."), "what moves"),
        ("09.9", "the mean", report(tau="2.18"), "posterior's mean"),
        (
            "09.9",
            "priors exchanged",
            report(" With scale 2 mm the median was 1.85."),
            "changed places",
        ),
        ("09.9", "of residuals", report(" The residual SD is 2.10."), "Which of them is τ"),
        ("09.9", "a variance", report(" The variance is 2.10."), "a variance"),
        (
            "09.9",
            "slopes, too",
            report().replace("intercepts varied", "intercepts and slopes varied"),
            "Did slopes vary",
        ),
        ("09.9", "a mean", report(tau="posterior mean 2.10"), "You call a median"),
        ("09.9", "a mode", report(" The mode of the SD is 2.10."), "You call a median"),
        (
            "09.9",
            "a variance, of an SD",
            report(" The median of the variance was 2.10 with a scale of 2 mm for that SD."),
            "a variance",
        ),
        *(
            ("09.10", how, lambda old=old, new=new: worded(old, new), said)
            for how, old, new, said in (
                ("a lower scale", "scale 3", "scale 0.3", "scale of the wide prior"),
                ("another limit", "above 1.5", "above 2.5", "the limit itself"),
                ("below for above", "lies above", "lies below", "as one of lying below"),
                ("a variance", "the SD has", "the variance has", "a variance"),
                ("a mean", "a median", "a mean", "the posterior's mean"),
            )
        ),
        (
            "09.10",
            "medians exchanged",
            lambda: worded("of 1.90", "of 1.46", "is 1.46", "is 1.90"),
            "changed places",
        ),
        (
            "09.10",
            "scales exchanged",
            lambda: worded("scale 3", "scale 1", "with scale 1", "with scale 3"),
            "changed places",
        ),
        ("09.10", "REML", lambda: opened(median=reml_of_pastes()), "REML's estimate"),
        ("09.10", "below", lambda: opened(above=1 - opened()["above"]), "below the limit"),
        ("09.10", "swapped", lambda: opened(median=1.46, other=1.90), "swapped"),
        ("09.10", "a p", lambda: opened(" This is significant."), "no p"),
        ("09.10", "a proof", lambda: opened(" This shows that batches differ."), "exactly 0"),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


@pytest.mark.parametrize(
    "key, answer",
    [
        ("09.1", clinics),
        ("09.2", units),
        ("09.3", averaged),
        ("09.4", output),
        ("09.5", drivers),
        ("09.6", hospitals),
        ("09.7", pastes),
        ("09.9", report),
        ("09.9", lambda: report(" The growth is the same under both priors.")),
        ("09.9", lambda: report(" These are credible, not confidence intervals.")),
        (
            "09.9",
            lambda: report().replace(
                "intercepts varied between girls", "each girl had an intercept of her own"
            ),
        ),
        ("09.9", lambda: report(" Scale 2 mm gave 2.10 and scale 1 mm 1.85.")),
        ("09.9", lambda: report(" All 95 % intervals have equal tails.")),
        ("09.9", lambda: report().replace("44 observations", "4 values each, 44 in all")),
        ("09.9", lambda: report(" It does not mean that 95 % of such intervals hold the SD.")),
        ("09.10", opened),
        ("09.10", lambda: opened(" This says how far batches differ.")),
        ("09.9", lambda: report(tau="posterior median 2.10", more=" (Posterior mean 2.18.)")),
        ("09.9", lambda: report(" There are no random slopes.")),
        (
            "09.10",
            lambda: in_words(
                "With half-normal priors of scale 3 and 1 the medians of the SD between 10 batches "
                "are 1.90 and 1.46; under the first P(tau > 1.5) = {above}."
            ),
        ),
        (
            "09.10",
            lambda: in_words(
                "The SD between 10 batches is below 1.5 with probability 0.25 and above it with "
                "{above} (half-normal prior, scale 3, median 1.90; scale 1, median 1.46)."
            ),
        ),
    ],
    ids=[
        "another grid",
        "scipy",
        "with precisions",
        "rounded",
        "more cells",
        "by a search",
        "more cells, ten batches",
        "another report",
        "growth unmoved",
        "denied",
        "her own",
        "both priors",
        "intervals",
        "in all",
        "no coverage",
        "another sentence",
        "no proof",
        "a mean beside it",
        "no slopes",
        "in pairs",
        "below, and above",
    ],
)
def test_a_right_answer_in_another_form_is_right(key, answer):
    assert is_right(key, answer())


def test_a_tail_of_a_wrong_scale_is_not_taken_for_the_share_beyond_ten():
    """A scale of 12.76 leaves as much beyond 25 as the right one beyond 10."""
    scale = 25 / 1.96
    wrong = units(scale=scale, kpa=scale * 0.1333, tail=stats.halfcauchy.sf(25, scale=scale))
    assert "beyond 10" not in said_to("09.2", wrong)
    assert "beyond 10" in said_to("09.2", units(tail=stats.halfcauchy.sf(10, scale=5.102)))


@pytest.mark.parametrize("who", ["Ada", "Grace", 12])
def test_an_own_answer_from_data_without_an_index_is_right(who):
    assert is_right("09.8", trials(who=who), who)


def test_the_average_over_tau_and_its_sd_are_those_of_draws():
    """What 09.3 computes by hand, from a hundred thousand draws of tau and the site's effect."""
    rng, truth = np.random.default_rng(93), find("09.3").numbers_for()
    tau = rng.choice([0.0, 3.0, 8.0], 100_000, p=[0.4, 0.4, 0.2])
    effect = rng.normal(truth["expected"](tau), np.sqrt(tau**2 / (tau**2 + 36) * 36))
    assert effect.mean() == pytest.approx(truth["averaged"], abs=4 * effect.std() / 316)
    assert effect.std() == pytest.approx(truth["sd"], rel=0.02)


def test_a_flat_variance_has_nineteen_times_the_weight_further_out():
    """What 09.2 asks of a prior that is flat in the variance, from draws of the variance."""
    tau = np.sqrt(np.random.default_rng(92).uniform(0, 400, 400_000))
    near, far = ((tau > low) & (tau < low + 1) for low in (0, 9))
    assert far.sum() / near.sum() == pytest.approx(19, rel=0.15)


def test_fewer_cells_change_no_digit_that_is_wanted():
    """The numbers of a report and of an open task, with four times as many cells."""
    girls = load_data("orthodont").query("Sex == 'Female'")
    wide, narrow = (
        grid_posterior("distance ~ age", girls, "Subject", prior_tau=half(s)).table()
        for s in (2.0, 1.0)
    )
    quoted = find("09.9").numbers_for()
    assert quoted["tau"] == pytest.approx(wide.loc["tau", "median"], abs=5e-4)
    assert quoted["mean"] == pytest.approx(wide.loc["tau", "mean"], abs=5e-4)
    assert quoted["other"] == pytest.approx(narrow.loc["tau", "median"], abs=5e-4)
    for part, name in (("low", "lower"), ("high", "upper")):
        assert quoted[part] == pytest.approx(wide.loc["age", name], abs=5e-4)
        assert quoted[f"tau_{part}"] == pytest.approx(wide.loc["tau", name], abs=5e-4)
    model = "distance ~ age + Sex", load_data("orthodont"), "Subject"
    full, opened_numbers = grid_posterior(*model, prior_tau=half(2.0)), find("09.10").numbers_for
    assert opened_numbers("orthodont")["median"] == pytest.approx(
        full.quantile("tau", 0.5), abs=5e-4
    )
    assert opened_numbers("orthodont")["above"] == pytest.approx(1 - full.cdf("tau", 2.0), abs=5e-4)


def test_slips_are_told_apart_in_every_own_data_set():
    for number in range(15):
        parts = own_trials.answers(my_data(f"learner {number}", "09.8"))
        for part in parts.values():
            assert np.diff(sorted(part.values())).min() > 0.12
