"""Chapter 08's exercises: what learners really compute, and what they are told."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from wrong_answers import meets, said_to

from hlm_teach import fit_lmm, fit_many, is_right, load_data, my_data, plan_study
from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.own_data import own_numbers
from hlm_teach.lessons.ch08_sample_size.exercises import e06_simulated_power as table
from hlm_teach.lessons.ch08_sample_size.exercises import e09_report
from hlm_teach.lessons.ch08_sample_size.exercises.e04_eight_schools import EIGHT

HSB = load_data("hsb")


def clinics(**wrong):
    """Exercise 08.1 from a table of χ² with 11 degrees of freedom."""
    return {"low": 55 / 21.920, "high": 55 / 3.816, "clinics": 24, "more": "c"} | wrong


def symmetric():
    se = 5 * np.sqrt(2 / 11)
    return clinics(low=5 - 1.96 * se, high=5 + 1.96 * se)


def shifted_t(se, df, effect=0.8):
    critical = stats.t.ppf(0.975, df)
    return stats.nct.sf(critical, df, effect / se) + stats.nct.cdf(-critical, df, effect / se)


def wards(**wrong):
    """Exercise 08.2 by hand: a ward's mean has variance 0.5 + 4.5/15 = 0.8."""
    se = np.sqrt(0.8 / 12 + 0.8 / 12)
    return {"se": se, "df": 22, "power": shifted_t(se, 22), "wards": 42} | wrong


def pupils(**wrong):
    return {
        "se": lambda j, n: 2 * ((0.15 * n + 0.85) / (n * j)) ** 0.5,
        "floor": 2 * (0.15 / 32) ** 0.5,
        "even": 17 / 3,
        "most": shifted_t(0.1369306, 30, 0.3),
        "free": "b",
    } | wrong


def eight(**wrong):
    return {"what": "b", "kr": 0.077, "means": 0.150, "least": 0.029, "claim": "c"} | wrong


def one_slope():
    """Kenward and Roger's p where the slope of SES doesn't vary."""
    fit = fit_lmm("math ~ catholic + ses_within", chosen(), "school")
    return fit.with_df("kenward-roger").pvalues["catholic"]


def in_pairs():
    means = chosen().groupby(["catholic", "school"], observed=True)["math"].mean()
    return stats.ttest_rel(means[0], means[1]).pvalue


def end_of_sd(data):
    """The upper end of the interval of the clinics' SD."""
    return fit_lmm("recovery ~ 1", data, "clinic").profile_intervals.loc["sd(Intercept)", "upper"]


def chosen():
    return HSB[HSB["school"].isin(EIGHT)]


def by_pupils():
    data = chosen()
    found = stats.ttest_ind(
        data.loc[data["catholic"] == 1, "math"], data[data["catholic"] == 0].math
    )
    return eight(means=found.pvalue)


def in_small_units(**wrong):
    sd = HSB["ses_within"].std()
    fit = fit_lmm("math ~ z + ses_mean", HSB.assign(z=HSB["ses_within"] / sd), "school", "1 + z")
    return {"sd": sd, "tau11": fit.cov_re.iloc[1, 1], "schools": 202, "mean_slope": 52} | wrong


def schools(variance, degrees):
    """The smallest even number of schools with 80 % power, (SE)² = variance/J."""
    effect = 0.8 * HSB["ses_within"].std()
    return next(
        j for j in range(4, 2000, 2) if shifted_t((variance / j) ** 0.5, j - degrees, effect) >= 0.8
    )


def of_table(**wrong):
    """Exercise 08.6 from the three decimals that are printed."""
    formula4, found4 = np.round(table.row(4), 3)
    found20 = round(table.row(20)[1], 3)
    return {
        "error": 100 * (found20 * (1 - found20) / 4000) ** 0.5,
        "apart": (found4 - formula4) / (found4 * (1 - found4) / 4000) ** 0.5,
        "studies": 6400,
        "claim": "b",
    } | wrong


def firms(**wrong):
    return {"size": (20 * 11.5) ** 0.5, "firms": 34, "power": 0.75, "within": "c"} | wrong


def pilot(**wrong):
    """The own pilot, its plan by a search of its own."""
    data = my_data("Ada", "08.8")
    fit = fit_lmm("recovery ~ 1", data, "clinic")
    tau00, sigma2 = fit.vcomp.iloc[0], fit.sigma2
    upper = fit.profile_intervals.loc["sd(Intercept)", "upper"] ** 2
    right = {
        "tau00": tau00,
        "sigma2": sigma2,
        "needed": enough(tau00, sigma2),
        "upper": enough(upper, sigma2),
    }
    return right | {name: value(right, data) for name, value in wrong.items()}


def enough(tau00, sigma2):
    one = 4 * (tau00 + sigma2 / 20)
    return next(j for j in range(4, 2000, 2) if shifted_t((one / j) ** 0.5, j - 2, 4) >= 0.8)


REPORT = (
    "Does a discharge nurse reduce the length of stay? We will include {hospitals} hospitals, 31 with "
    "a nurse and 31 without, and 25 patients per hospital. The minimum relevant difference is "
    "{effect}. Between-hospital variance {tau00} and within-hospital variance {sigma2} of the log "
    "stay were taken from the Medicare data of 1991. {sides} test, alpha = 0.05, linear mixed model "
    "estimated by REML with Satterthwaite degrees of freedom. The formula gives a power of "
    "{power}; of 10,000 simulated studies 81.1% found the effect (Monte Carlo SE 0.4 percentage points)."
)


def report(**other):
    usual = {"hospitals": 62, "effect": "0.20 log days", "tau00": "0.045", "sigma2": "0.750"}
    return REPORT.format(**usual | {"sides": "Two-sided", "power": "0.81"} | other)


def spent(**wrong):
    """Exercise 08.10 with the pupils of HSB, by hand."""
    tau00, sigma2 = 8.614, 39.148
    se = (4 * (tau00 + sigma2 / 11) / 68) ** 0.5
    return {
        "data": "hsb",
        "size": (500 / 20 * sigma2 / tau00) ** 0.5,
        "groups": 68,
        "power": shifted_t(se, 66, 2),
        "sentence": "For 50,000 we can pay 68 schools of 11 pupils each (best size 10.7, given an ICC "
        "of 0.18), and the power is 0.64.",
    } | wrong


@meets(
    [
        ("08.1", "symmetric", symmetric, "anything but symmetric"),
        (
            "08.1",
            "multiplied",
            lambda: clinics(low=5 * 3.816 / 11, high=5 * 21.92 / 11),
            "You multiplied",
        ),
        (
            "08.1",
            "twelve degrees",
            lambda: clinics(low=60 / 23.337, high=60 / 4.404),
            "as many degrees of freedom as clinics",
        ),
        ("08.1", "thirty", lambda: clinics(clinics=30), "rule of thumb"),
        ("08.1", "one less", lambda: clinics(clinics=23), "degrees of freedom are needed"),
        ("08.1", "root of two", lambda: clinics(more="a"), "what is counted here"),
        ("08.2", "one mean", lambda: wards(se=np.sqrt(0.8 / 24)), "mean over all wards"),
        ("08.2", "patients", lambda: wards(se=np.sqrt(5 / 180 + 5 / 180)), "nobody shared a ward"),
        ("08.2", "a variance", lambda: wards(se=0.8 / 6), "squared"),
        ("08.2", "patients' df", lambda: wards(df=358), "counted patients"),
        ("08.2", "z", lambda: wards(power=stats.norm.cdf(2.19 - 1.96)), "normal distribution"),
        (
            "08.2",
            "t moved along",
            lambda: wards(power=stats.t.sf(stats.t.ppf(0.975, 22) - 0.8 / 0.36515, 22)),
            "isn't just moved",
        ),
        (
            "08.2",
            "the effect in SDs",
            lambda: wards(power=shifted_t((0.8 / 6) ** 0.5, 22, 0.8 / 5**0.5)),
            "on one scale",
        ),
        ("08.2", "within", lambda: wards(power=1.0), "for an effect within wards"),
        ("08.2", "two for four", lambda: wards(se=(2 * 0.8 / 24) ** 0.5), "multiplied by 2"),
        ("08.2", "odd", lambda: wards(wards=41), "an even number"),
        ("08.2", "too few", lambda: wards(wards=40), "a little below"),
        ("08.2", "too many", lambda: wards(wards=44), "a smaller even number"),
        ("08.2", "an arm", lambda: wards(wards=21), "in each arm"),
        ("08.2", "proportion", lambda: wards(wards=34), "in proportion"),
        (
            "08.3",
            "divides all",
            lambda: pupils(se=lambda j, n: 2 / (j * n) ** 0.5),
            "divides everything",
        ),
        ("08.3", "no size", lambda: pupils(se=lambda j, n: 2 / j**0.5), "taken over its pupils"),
        (
            "08.3",
            "two for four",
            lambda: pupils(se=lambda j, n: (2 * (0.15 + 0.85 / n) / j) ** 0.5),
            "multiplies by 2",
        ),
        ("08.3", "no floor", lambda: pupils(floor=0), "doesn't fall to zero"),
        ("08.3", "upside down", lambda: pupils(even=0.15 / 0.85), "upside down"),
        ("08.3", "certain", lambda: pupils(most=1.0), "Certainty"),
        ("08.3", "any slope", lambda: pupils(free="c"), "If slopes vary"),
        ("08.4", "Satterthwaite", lambda: eight(kr=0.0401), "Satterthwaite's p"),
        ("08.4", "one slope", lambda: eight(kr=one_slope()), "the slope of SES is one"),
        ("08.4", "pairs", lambda: eight(means=in_pairs()), "a pair"),
        ("08.4", "coins", lambda: eight(least=1 / 256), "flipped a coin"),
        ("08.4", "nothing", lambda: eight(least=0), "thousands of ways"),
        ("08.4", "pupils compared", by_pupils, "pupils with pupils"),
        ("08.4", "one way", lambda: eight(least=1 / 70), "mirror image"),
        ("08.4", "signs", lambda: eight(least=2 / 256), "flipped a sign"),
        ("08.4", "no difference", lambda: eight(claim="b"), "no proof"),
        ("08.5", "as printed", lambda: in_small_units(tau11=0.686), "as printed"),
        ("08.5", "by the SD", lambda: in_small_units(tau11=0.686 * 0.6605), "to their variance"),
        ("08.5", "unscaled", lambda: in_small_units(schools=108), "one unit of SES"),
        ("08.5", "SD of all", lambda: in_small_units(sd=HSB["ses"].std()), "over all pupils"),
        (
            "08.5",
            "equal slopes",
            lambda: in_small_units(schools=schools(4 * 36.713 / 25, 2)),
            "left τ₁₁ at 0",
        ),
        (
            "08.5",
            "a quarter",
            lambda: in_small_units(mean_slope=202 // 4),
            "a quarter of the schools",
        ),
        ("08.5", "rounded up", lambda: in_small_units(mean_slope=51), "a quarter of the schools"),
        ("08.5", "odd", lambda: in_small_units(schools=201), "an even number"),
        ("08.5", "two more", lambda: in_small_units(schools=204), "Not yet: 'schools'"),
        ("08.6", "no root", lambda: of_table(error=of_table()["error"] ** 2 / 100), "a variance"),
        ("08.6", "a share", lambda: of_table(error=of_table()["error"] / 100), "Percentage points"),
        ("08.6", "at one half", lambda: of_table(studies=10_000), "power of one half"),
        ("08.6", "luck", lambda: of_table(claim="c"), "Is that luck"),
        (
            "08.7",
            "upside down",
            lambda: firms(size=(20 / 11.5) ** 0.5),
            "variances are upside down",
        ),
        ("08.7", "no root", lambda: firms(size=230.0), "root is missing"),
        ("08.7", "no employees", lambda: firms(firms=60), "forgot their employees"),
        ("08.7", "thirty-six", lambda: firms(firms=36), "more than there is"),
        ("08.7", "many firms", lambda: firms(within="b"), "differed in their slopes"),
        (
            "08.8",
            "means",
            lambda: pilot(
                tau00=lambda right, d: np.var(d.groupby("clinic").mean().iloc[:, 0], ddof=1)
            ),
            "luck is part",
        ),
        (
            "08.8",
            "SDs",
            lambda: pilot(
                needed=lambda right, d: enough(right["tau00"] ** 0.5, right["sigma2"] ** 0.5)
            ),
            "wants variances",
        ),
        (
            "08.8",
            "the end itself",
            lambda: pilot(upper=lambda right, d: end_of_sd(d)),
            "of a standard deviation",
        ),
        (
            "08.8",
            "the end squared",
            lambda: pilot(upper=lambda right, d: end_of_sd(d) ** 2),
            "the variance at the end",
        ),
        (
            "08.8",
            "same again",
            lambda: pilot(upper=lambda right, d: right["needed"]),
            "same number",
        ),
        (
            "08.8",
            "no clinics",
            lambda: pilot(needed=lambda right, d: enough(0, d["recovery"].var())),
            "didn't differ",
        ),
        ("08.9", "in each arm", report(hospitals="62 per arm, that is 62"), "In each arm?"),
        (
            "08.9",
            "from a pilot",
            report(effect="0.20 log days; this difference was found in an earlier study"),
            "effect that a pilot found",
        ),
        ("08.9", "one-sided", report(sides="Two-sided, or one-sided,"), "two-sided test"),
        (
            "08.9",
            "probability",
            report() + " There is an 81% chance that the nurse works.",
            "no probability",
        ),
        (
            "08.9",
            "proof of none",
            report() + " If the result is not significant, the nurse has no effect.",
            "misses even this effect",
        ),
        ("08.9", "by patients", report(power="0.99"), "nothing in common"),
        ("08.9", "days", report(effect="0.2 days"), "difference of logarithms"),
        ("08.9", "per cent", report(effect="20 %"), "difference of logarithms"),
        (
            "08.9",
            "patients' df",
            report().replace("Satterthwaite degrees", "residual degrees"),
            "names another test",
        ),
        (
            "08.9",
            "longer stays",
            report(effect="0.2 log days: the nurse is paid only if stays become longer by that"),
            "which way does the effect go",
        ),
        (
            "08.9",
            "Kenward and Roger",
            report().replace("Satterthwaite", "Kenward-Roger"),
            "the test that will be made",
        ),
        (
            "08.9",
            "powers exchanged",
            report(power="81.1 %").replace("81.1%", "80.8 %"),
            "two powers have changed places",
        ),
        (
            "08.9",
            "without one",
            report().replace("31 without", "31 without one (62 hospitals in each arm)"),
            "In each arm?",
        ),
        (
            "08.9",
            "25 in all",
            report() + " So we follow 25 patients in all.",
            "How many are that in all",
        ),
        ("08.9", "SDs", report(tau00="0.212", sigma2="0.87"), "Standard deviations stand"),
        ("08.9", "levels", report(tau00="0.750", sigma2="0.045"), "changed places"),
        ("08.10", "too dear", lambda: spent(groups=70), "round down"),
        ("08.10", "total", lambda: spent(size=(25 * 47.762 / 8.614) ** 0.5), "total variance"),
        (
            "08.10",
            "budget",
            lambda: spent(sentence=spent()["sentence"] + " The best size depends on the budget."),
            "doesn't depend on the budget",
        ),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


@pytest.mark.parametrize(
    "key, answer",
    [
        ("08.1", clinics),
        ("08.2", wards),
        ("08.3", pupils),
        ("08.4", eight),
        ("08.5", in_small_units),
        ("08.6", of_table),
        ("08.7", firms),
        ("08.9", report),
        ("08.9", lambda: report() + " A result that is not significant will not prove no effect."),
        ("08.9", lambda: report(hospitals="31 hospitals per arm, 62")),
        (
            "08.9",
            lambda: report(tau00="0.045 between hospitals", sigma2="0.75 between patients").replace(
                "within-hospital variance", ""
            ),
        ),
        ("08.9", lambda: report(effect="0.2 on the log scale, a stay shorter by about 20 %,")),
        ("08.9", lambda: report(power="80.8 %")),
        ("08.9", lambda: report() + " Stays might become longer, so the test is two-sided."),
        ("08.9", lambda: report().replace("Satterthwaite", "Satterthwaite's (not Kenward-Roger)")),
        ("08.10", spent),
        (
            "08.10",
            lambda: spent(
                sentence="By the ICC of 0.18, with schools at 500 and pupils at 20, 10.7 pupils a "
                "school are best. We can test 68 schools with 11 pupils each; the power is 0.64."
            ),
        ),
    ],
    ids=[
        "from a table",
        "by hand",
        "another function",
        "rounded",
        "SES in SDs",
        "from the printed table",
        "by hand again",
        "another report",
        "no proof",
        "both numbers",
        "between patients",
        "a per cent beside it",
        "a decimal",
        "left open",
        "another's name",
        "by hand at last",
        "costs without the word",
    ],
)
def test_a_right_answer_in_another_form_is_right(key, answer):
    assert is_right(key, answer())


def test_an_own_answer_by_a_search_is_right():
    assert is_right("08.8", pilot(), "Ada")


def test_slips_in_a_plan_of_ones_own_are_told_apart_for_every_name():
    """Numbers of clinics are even and few: without care two slips would often end at the same."""
    exercise = find("08.8")
    for number in range(15):
        name = f"person {number}"
        n = own_numbers(name, exercise)
        for mistake in exercise.mistakes:
            answer = dict(exercise.right_answer(n)) | exercise.wrong_answer(mistake, n)
            assert said_to("08.8", answer, name).startswith(mistake.says), (name, mistake.answer)


def test_the_least_p_is_that_of_all_ways_to_choose():
    """The largest difference of means that any choice of four of eight can have, counted."""
    means = np.array([1.0, 2, 4, 8, 16, 32, 64, 128])
    sums = np.array([means[list(four)].sum() for four in combinations(range(8), 4)])
    gaps = np.abs(2 * sums - means.sum())
    assert find("08.4").numbers_for()["least"] == pytest.approx(np.mean(gaps == gaps.max()))


def test_where_formula_and_simulation_part_is_no_luck():
    """08.6 calls the gap with four groups a cause, those from ten on luck: in 400,000 studies."""
    from hlm_teach import power, simulate_power_studies

    for n_groups, low, high in ((4, 3, 6), (10, -0.3, 0.3), (20, -0.3, 0.3), (40, -0.3, 0.3)):
        studies = simulate_power_studies(
            "between",
            n_groups=n_groups,
            n_studies=400_000,
            rng=np.random.default_rng(1000 + n_groups),
            **table.STUDY,
        )
        gap = 100 * (studies.found() - power("between", n_groups=n_groups, **table.STUDY))
        assert low < gap < high, (n_groups, gap)


def test_the_plan_of_the_report_holds_in_studies_that_are_really_fitted():
    """The sampler's power, which the report quotes, against mixed models fitted to drawn patients."""
    n = find("08.9").numbers_for()
    study = {"effect": n["effect"], "tau00": n["tau00"], "sigma2": n["sigma2"]}
    plan = plan_study(
        "between",
        **study,
        group_size=e09_report.PATIENTS,
        n_groups=[n["hospitals"]],
        n_studies=2000,
        rng=np.random.default_rng(890),
    )
    row = plan.table.loc[n["hospitals"]]
    assert abs(row["simulated"] - n["simulated"]) < 3 * row["mc_se"]


def test_slopes_that_do_not_vary_leave_no_floor():
    """08.3's choice: SE of an effect within groups against n, where slopes vary and where not."""
    rng, found = np.random.default_rng(83), {}
    for size in (10, 160):
        groups = np.repeat(np.arange(12), size)
        x = np.tile(np.linspace(-1, 1, size), 12)
        noise = rng.standard_normal((200, len(x)))
        slopes = 0.5 * rng.standard_normal((200, 12))[:, groups] * x
        design = np.column_stack([np.ones(len(x)), x])
        found[size] = [
            fit_many(y, design, groups, 1, progress=False).params[:, 1].std()
            for y in (noise, noise + slopes)
        ]
    equal, varying = (found[160][i] / found[10][i] for i in (0, 1))
    assert equal < 0.35 < 0.6 < varying


def test_the_eight_schools_are_four_of_each_kind():
    kinds = chosen().groupby("school", observed=True)["catholic"].first()
    assert pd.Series(kinds).value_counts().to_dict() == {1: 4, 0: 4}
