"""Chapter 07's exercises: what learners really compute, and what they are told."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from wrong_answers import meets, said_to

from hlm_teach import fit_lmm, is_right, load_data, my_data, variance_shares
from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.own_data import own_numbers

CHILDREN = load_data("egsingle")
PUPILS = load_data("scotssec")
WORDS = load_data("fhch2010").eval("log_rt = log(rt)")
SCHOOLS = {"primary": "1", "second": "1"}


def grids(**wrong):
    right = {"a": "nested", "b": "crossed", "c": "partly", "d": "nested"}
    return right | {"filled": 0.46, "effects": 10} | wrong


def numbered():
    """Class lists: the children of every school numbered from 1."""
    children = CHILDREN.drop_duplicates("child").copy()
    children["number"] = children.groupby("school").cumcount() + 1
    return CHILDREN.merge(children[["child", "number"]], on="child")


def class_list(random, fixed="year + lowinc", **wrong):
    fit = fit_lmm(f"math ~ {fixed}", numbered(), random=dict.fromkeys(random, "1"))
    return {"what": "c", "fit": fit, "one_school": 0.08, "one_child": 0.685} | wrong


def colleagues_school():
    """What two children of one school share by the colleague's model."""
    fit = fit_lmm("math ~ year + lowinc", numbered(), ["school", "number"])
    return fit.vcomp["school"] / (fit.vcomp.sum() + fit.sigma2)


def entry(**wrong):
    return {"both": 0.035, "alone": 0.041, "moved": 0.81, "claim": "c"} | wrong


def shares_of_sds(random):
    fit = fit_lmm("verbal ~ 1", PUPILS, random=random)
    sds = np.sqrt([*fit.vcomp, fit.sigma2])
    return dict(zip([*random, "residual"], sds / sds.sum()))


def entry_variances():
    """The secondary schools' variances, with and without primary schools, undivided."""
    both = fit_lmm("verbal ~ 1", PUPILS, random=SCHOOLS)
    alone = fit_lmm("verbal ~ 1", PUPILS, "second")
    return {"both": both.vcomp["second"], "alone": alone.vcomp.iloc[0]}


def at_16():
    """Shares in another score, the one of the chapter."""
    both = variance_shares(fit_lmm("attain ~ 1", PUPILS, random=SCHOOLS))
    alone = variance_shares(fit_lmm("attain ~ 1", PUPILS, random={"second": "1"}))
    return {"both": both["second"], "alone": alone["second"]}


def assay(**wrong):
    """Exercise 07.4 from the numbers in the printout."""
    total = 0.717 + 3.731 + 0.302
    return {
        "same_plate": 0.717 / total,
        "same_sample": 3.731 / total,
        "same_both": (0.717 + 3.731) / total,
        "sd_difference": np.sqrt(2 * (3.731 + 0.302)),
    } | wrong


def length(random, part, **options):
    """Exercise 07.5 with the last p and its df from another model."""
    fit = fit_lmm("log_rt ~ length", WORDS, random=random, **options)
    right = {"p_persons": 0.0006, "p_both": 0.011, "p_slopes": 0.037, "df_slopes": 41, "claim": "b"}
    found = {part: fit.pvalues["length"]}
    return right | found | ({"df_slopes": fit.df["length"]} if part == "p_slopes" else {})


def length_of_raw_times():
    """Exercise 07.5 of the times themselves."""
    randoms = {
        "p_persons": {"id": "1"},
        "p_both": {"id": "1", "item": "1"},
        "p_slopes": {"id": "1 + length", "item": "1"},
    }
    fits = {part: fit_lmm("rt ~ length", WORDS, random=each) for part, each in randoms.items()}
    found = {part: fit.pvalues["length"] for part, fit in fits.items()}
    return found | {"df_slopes": fits["p_slopes"].df["length"], "claim": "b"}


def vc_call(**wrong):
    return {"what": "d", "effects": 303, "second": 6.3, "se": 0.72, "call": "r"} | wrong


def printed_by_statsmodels():
    """What the colleague's call prints, read off as it stands there."""
    call = smf.mixedlm(
        "verbal ~ 1",
        PUPILS,
        groups="primary",
        re_formula="1",
        vc_formula={"second": "0 + C(second)"},
    )
    got = call.fit()
    return vc_call(second=round(got.vcomp[0], 1), se=round(got.bse_fe.iloc[0], 2))


def slopes(**wrong):
    right = {"year": "yes", "lowinc": "no", "frequency": "no", "sample": "residual"}
    return right | {"schools": 34} | wrong


def scores(which, **wrong):
    """Exercise 07.8 for Ada; `which` terms her model has."""
    fit = fit_lmm("score ~ 1", my_data("Ada", "07.8"), random=dict.fromkeys(which, "1"))
    variances = dict(variance_shares(fit))
    image, reader, rest = (variances.get(one, 0) for one in ("image", "reader", "residual"))
    right = {"image": image, "reader": reader, "mean4": image / (image + (reader + rest) / 4)}
    return right | {name: value(image, reader, rest) for name, value in wrong.items()}


def own_variances():
    data = my_data("Ada", "07.8")
    return fit_lmm("score ~ 1", data, random={"image": "1", "reader": "1"}).vcomp


GIRLS = (
    "At age 16 girls scored {difference} points higher than boys (95 % CI {ci}). The variance "
    "between primary schools was {primary}, between secondary schools {second}, residual {rest}. "
    "3,435 pupils, 148 primary schools × 19 secondary schools, {stand}; mixed model, {by}."
)


def girls(**other):
    return GIRLS.format(
        **{
            "difference": "0.50",
            "ci": "0.31 to 0.69",
            "primary": "1.11",
            "second": "0.37",
            "rest": "8.06",
            "stand": "cross-classified",
            "by": "REML",
        }
        | other
    )


def ols_interval():
    low, high = smf.ols("attain ~ female", PUPILS).fit().conf_int().loc["female"]
    return girls(ci=f"{low:.2f}–{high:.2f}")


def without_secondary():
    fit = fit_lmm("attain ~ female", PUPILS, groups="primary")
    return girls(primary=f"{fit.vcomp.iloc[0]:.2f}", rest=f"{fit.sigma2:.2f}")


def casks(**wrong):
    return {
        "data": "pastes",
        "design": "nested",
        "first": 0.154,
        "second": 0.783,
        "pair": 0.937,
        "sentence": "The 10 batches have 15 % of the variance of 60 measurements and the 30 casks "
        "nested in them 78 % (REML, random intercepts).",
    } | wrong


def casks_by_letter():
    fit = fit_lmm("strength ~ 1", load_data("pastes"), ["batch", "cask"])
    found = variance_shares(fit)
    return casks(first=found["batch"], second=found["cask"], pair=found["batch"] + found["cask"])


def naming(**wrong):
    return {
        "data": "fhch2010",
        "design": "partly",
        "first": 0.201,
        "second": 0.072,
        "pair": 0.072,
        "sentence": "Of the variance of log naming times 20 % lay between 20 readers and 7 % "
        "between 300 words, partly crossed (2,957 times, REML).",
    } | wrong


@meets(
    [
        ("07.1", "a full grid", grids(d="crossed"), "numbers its wards from 1"),
        ("07.1", "empty cells in A", grids(a="partly"), "on how many wards is one nurse"),
        ("07.1", "pairs", grids(effects=11), "not for each pair"),
        ("07.1", "rows times columns", grids(effects=6 * 4), "every pair"),
        ("07.1", "two groupings", grids(effects=2), "counted the two groupings"),
        ("07.1", "empty cells counted", grids(filled=13 / 24), "empty cells of grid C"),
        ("07.1", "pupils over cells", grids(filled=88 / 24), "Not yet: 'filled'"),
        ("07.2", "the same", lambda: class_list(["school", "number"]), "colleague's model again"),
        ("07.2", "no schools", lambda: class_list(["child"]), "the groups are others"),
        (
            "07.2",
            "as in the chapter",
            lambda: class_list(["child", "school"], "year", one_school=0.16, one_child=0.71),
            "`lowinc` has gone",
        ),
        (
            "07.2",
            "the chapter's numbers",
            lambda: class_list(["child", "school"], one_school=0.16, one_child=0.71),
            "without `lowinc`",
        ),
        (
            "07.2",
            "own part",
            lambda: class_list(["school", "child"], one_child=0.670 / (0.085 + 0.670 + 0.347)),
            "every morning",
        ),
        (
            "07.2",
            "the colleague's variances",
            lambda: class_list(["school", "child"], one_school=colleagues_school()),
            "your colleague's model",
        ),
        (
            "07.2",
            "exchanged",
            lambda: class_list(["school", "child"], one_school=0.685, one_child=0.08),
            "two correlations have changed places",
        ),
        ("07.3", "SDs", lambda: entry(both=shares_of_sds(SCHOOLS)["second"]), "don't add up"),
        ("07.3", "variances", lambda: entry(**entry_variances()), "Both are variances"),
        ("07.3", "at 16", lambda: entry(**at_16()), "shares of `attain`"),
        ("07.3", "grown by", entry(moved=170.76 - 158.85), "by how much the residual variance"),
        ("07.3", "so many times", entry(moved=170.76 / 158.85), "how many times as large"),
        ("07.3", "primaries", entry(both=0.082, alone=0.099), "Which schools"),
        ("07.3", "what secondary took", entry(moved=0.06), "Where did the rest of it go"),
        ("07.3", "an effect of schools", entry(claim="a"), "taken on entry"),
        ("07.4", "certain", assay(same_both=1), "but not the residual"),
        ("07.4", "swapped", assay(same_plate=3.731 / 4.75, same_sample=0.717 / 4.75), "swapped"),
        (
            "07.4",
            "the SD column",
            assay(same_plate=0.847 / (0.847 + 1.932 + 0.550)),
            "divided standard deviations",
        ),
        ("07.4", "no samples", assay(same_plate=0.717 / (0.717 + 0.302)), "missing in the total"),
        ("07.4", "variances", assay(same_plate=0.717, same_sample=3.731), "Both are variances"),
        ("07.4", "residuals forgotten", assay(sd_difference=np.sqrt(2 * 3.731)), "doesn't cancel"),
        ("07.4", "error alone", assay(sd_difference=np.sqrt(2 * 0.302)), "don't cancel"),
        ("07.4", "one value", assay(sd_difference=np.sqrt(3.731 + 0.302)), "two values in it"),
        ("07.5", "no logarithm", lambda: length_of_raw_times(), "the time itself"),
        (
            "07.5",
            "as printed",
            lambda: length({"id": "1"}, "p_persons") | {"p_persons": 0.001},
            "which is a bound",
        ),
        ("07.5", "words alone", lambda: length({"item": "1"}, "p_both"), "left the persons out"),
        (
            "07.5",
            "tied to no letters",
            lambda: length({"id": "1 + length", "item": "1"}, "p_slopes", correlated=False),
            "held uncorrelated",
        ),
        (
            "07.5",
            "one slope",
            lambda: length({"id": "1", "item": "1"}, "p_slopes"),
            "still has the same slope",
        ),
        ("07.5", "many df", lambda: length({"id": "1"}, "p_persons") | {"claim": "a"}, "no merit"),
        (
            "07.5",
            "19 df",
            lambda: length({"id": "1"}, "p_persons") | {"df_slopes": 19},
            "Persons less one",
        ),
        ("07.6", "as printed", printed_by_statsmodels, "colleague's model again"),
        (
            "07.6",
            "secondary alone",
            lambda: vc_call(second=entry_variances()["alone"]),
            "with secondary schools alone",
        ),
        ("07.6", "19 effects", vc_call(effects=19), "schools of its own"),
        ("07.6", "all cells", vc_call(effects=148 * 19), "pairs that occur"),
        ("07.6", "roles exchanged", vc_call(call="q"), "the flaw stays"),
        ("07.7", "frequency over words", slopes(frequency="yes"), "rare at another"),
        ("07.7", "samples over plates", slopes(sample="yes"), "left for the residual"),
        ("07.7", "all schools", slopes(schools=60), "no slope to show"),
        ("07.8", "images alone", lambda: scores(["image"]), "knows images only"),
        (
            "07.8",
            "readers cost nothing",
            lambda: scores(["image", "reader"], mean4=lambda e, x, r: e / (e + r / 4)),
            "the same four",
        ),
        (
            "07.8",
            "variances",
            lambda: scores(
                ["image", "reader"],
                image=lambda e, x, r: own_variances()["image"],
                reader=lambda e, x, r: own_variances()["reader"],
            ),
            "Both are variances",
        ),
        (
            "07.8",
            "a single score",
            lambda: scores(["image", "reader"], mean4=lambda e, x, r: e),
            "a single score",
        ),
        (
            "07.8",
            "a conditional share",
            lambda: scores(["image", "reader"], image=lambda e, x, r: e / (e + r)),
            "missing from the total",
        ),
        ("07.9", "ordinary regression", ols_interval, "knows no schools"),
        ("07.9", "one kind of school", without_secondary, "one kind of school in it"),
        ("07.9", "SDs", girls(primary="1.05", second="0.61", rest="2.84"), "Standard deviations"),
        ("07.9", "exchanged", girls(primary="0.37", second="1.11"), "changed places"),
        (
            "07.9",
            "nested",
            girls() + " Primary schools were nested in secondary schools.",
            "Neither kind of school is nested",
        ),
        ("07.9", "fully crossed", girls(stand="fully crossed"), "every secondary school"),
        (
            "07.9",
            "exchanged, in symbols",
            girls().replace("between primary schools was 1.11", "tau_second = 1.11"),
            "changed places",
        ),
        ("07.9", "every girl", girls() + " All girls did better.", "one of means"),
        (
            "07.9",
            "no difference",
            girls() + " So secondary schools didn't differ.",
            "A small share isn't nothing",
        ),
        (
            "07.9",
            "a cause",
            girls() + " They work harder, which shows that sex causes attainment.",
            "doesn't say what causes it",
        ),
        (
            "07.9",
            "not significant, behind an interval",
            girls(ci="0.31 to 0.69, which is not significant"),
            "Your words say that there is no difference",
        ),
        ("07.9", "an effect", girls() + " Primary schools explain more.", "Say where it lies"),
        ("07.9", "nothing about the design", girls(stand="two factors"), "stand to each other"),
        *(
            (
                "07.9",
                f"only {stand}",
                girls(stand=stand),
                "stand to each other (crossed, nested or partly crossed)",
            )
            for stand in ("not crossed", "not nested", "without schools that don't cross")
        ),
        *(
            (
                "07.10",
                f"shares of {first} and {second} exchanged",
                answer(
                    sentence=answer()["sentence"]
                    .replace(first, "X")
                    .replace(second, first)
                    .replace("X", second)
                ),
                "two shares have changed places",
            )
            for answer, first, second in ((casks, "15 %", "78 %"), (naming, "20 %", "7 %"))
        ),
        (
            "07.10",
            "shares exchanged, behind their names",
            casks(
                sentence="Batches account for 0.78 of the variance, casks for 0.15 (10 batches, 30 "
                "casks nested in them, 60 values, REML)."
            ),
            "two shares have changed places",
        ),
        ("07.10", "casks by letter", casks_by_letter, "cask a of one batch"),
        ("07.10", "variances", casks(first=1.657, second=8.434), "Both are variances"),
        ("07.10", "cask alone", casks(pair=0.783), "what do they share"),
        ("07.10", "both shared", naming(pair=0.273), "not the person"),
        ("07.10", "nested words", naming(design="nested"), "how many does it meet"),
        (
            "07.10",
            "another word",
            casks(sentence=casks()["sentence"].replace("nested in them", "crossed with them")),
            "another design",
        ),
        (
            "07.10",
            "a model with nested words",
            naming(sentence=naming()["sentence"] + " A mixed model with nested effects."),
            "another design",
        ),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


@pytest.mark.parametrize(
    "key, answer",
    [
        ("07.1", grids),
        ("07.3", entry),
        ("07.4", assay),
        ("07.5", lambda: length({"id": "1 + length", "item": "1"}, "p_slopes")),
        ("07.6", vc_call),
        ("07.7", slopes),
        ("07.8", lambda: scores(["reader", "image"])),
    ],
)
def test_what_is_right_is_so_by_another_way(key, answer):
    """Worked out above from printed numbers and shares, not by the exercise's own formulas."""
    assert is_right(key, answer(), "Ada")


@pytest.mark.parametrize(
    "key, answer",
    [
        ("07.1", lambda: pd.Series(grids())),
        ("07.2", lambda: class_list(["school:number", "school"])),
        ("07.2", lambda: class_list(["school", "child"])),
        ("07.9", girls),
        (
            "07.9",
            lambda: girls() + " Pupils are nested in both kinds of schools, and these are crossed.",
        ),
        ("07.9", lambda: girls() + " Primary schools are not nested in secondary schools."),
        ("07.9", lambda: girls() + " The random effects of primary schools were the larger ones."),
        (
            "07.9",
            lambda: (
                "Boys attained 0.50 points less than girls (95 % CI 0.31 to 0.69); variance "
                "components 1.11 (primary), 0.37 (secondary), 8.06 (residual); N = 3435 pupils, "
                "148 primary and 19 secondary schools, crossed; restricted maximum likelihood."
            ),
        ),
        (
            "07.9",
            lambda: (
                "Girls scored 0.50 points more than boys (95 % CI 0.31 to 0.69); tau_primary = 1.11, "
                "tau_second = 0.37, sigma^2 = 8.06; 3,435 pupils, 148 primary and 19 secondary "
                "schools, partly crossed, REML."
            ),
        ),
        ("07.9", lambda: [girls()]),
        (
            "07.9",
            lambda: (
                "Girls attained 0.50 points more than boys (95 % CI 0.31 to 0.69). Crossed random "
                "effects for 148 primary schools (variance 1.11) and 19 secondary schools (variance "
                "0.37); 8.06 at the student level; 3,435 students, REML."
            ),
        ),
        ("07.9", lambda: girls(stand="which cross partially")),
        (
            "07.9",
            lambda: girls(
                stand="not nested in one another, as most primary schools send pupils to more than "
                "one secondary school"
            ),
        ),
        (
            "07.10",
            lambda: casks(
                sentence="Of the variance of 60 tests 15 % lay between 10 batches and 78 % between "
                "the 30 casks that lie inside the batches (REML)."
            ),
        ),
        (
            "07.10",
            lambda: casks(
                sentence="The shares of batches and casks were 0.15 and 0.78; 10 batches, 30 casks, "
                "nested; 60 tests; REML."
            ),
        ),
        ("07.10", casks),
        (
            "07.10",
            lambda: casks(
                sentence="Of the variance of 60 tests 15 % lay between 10 batches and 78 % between "
                "the 30 casks within batches (REML)."
            ),
        ),
        ("07.10", naming),
    ],
    ids=[
        "a Series",
        "terms in another order",
        "the real ids",
        "another sentence",
        "nested pupils",
        "not nested",
        "random effects",
        "boys less",
        "symbols",
        "in a list",
        "counts before brackets",
        "they cross",
        "more than one",
        "inside batches",
        "in pairs",
        "rounded by hand",
        "within batches",
        "words",
    ],
)
def test_a_right_answer_in_another_form_is_right(key, answer):
    assert is_right(key, answer())


@pytest.mark.parametrize(
    "first, second, wrong", [("employment_uk", "second", 0.5), ("fhch2010", "first", 0.5)]
)
def test_what_is_right_in_some_data_is_no_mistake_there(first, second, wrong):
    """A pair's share is right for words; where another part is wrong, nothing is said of it."""
    exercise = find("07.10")
    right = exercise.right_answer(exercise.numbers_for(first))
    said = said_to("07.10", dict(right) | {second: wrong})
    assert "nested grouping" not in said and "not the person" not in said
    assert f"Not yet: '{second}'" in said


def test_the_colleagues_call_is_what_fit_lmm_calls_a_pair():
    """07.6 judges by fit_lmm what statsmodels printed: both are one model, by its likelihood."""
    answer = printed_by_statsmodels()
    numbers = find("07.6").numbers_for()
    assert answer["second"] == round(numbers["second_fitted"], 1)
    assert answer["se"] == round(numbers["se_fitted"], 2)


def test_the_two_correlations_of_three_levels_are_those_of_simulated_scores():
    """Two children of a school, two scores of a child: simulated with the fitted variances."""
    numbers, rng = find("07.2").numbers_for(), np.random.default_rng(72)
    school, child = numbers["fit"].vcomp
    n = 200_000
    shared = np.sqrt(school) * rng.standard_normal(n)
    one, other = np.sqrt(child) * rng.standard_normal((2, n))
    noise = np.sqrt(numbers["fit"].sigma2) * rng.standard_normal((3, n))
    scores = shared + one + noise[0], shared + one + noise[1], shared + other + noise[2]
    correlations = np.corrcoef(scores)
    assert correlations[0, 1] == pytest.approx(numbers["one_child"], abs=0.01)
    assert correlations[0, 2] == pytest.approx(numbers["one_school"], abs=0.01)


def test_the_worth_of_a_mean_of_four_scores_is_that_of_simulated_images():
    """Every image draws its own readers: the share of the image in the variance of means."""
    data = my_data("Ada", "07.8")
    numbers, rng = find("07.8").numbers_for(data), np.random.default_rng(78)
    image, reader = numbers["image"], numbers["reader"]
    rest = 1 - image - reader
    n = 200_000
    true = np.sqrt(image) * rng.standard_normal(n)
    luck = np.sqrt([[reader], [rest]])[:, None] * rng.standard_normal((2, 4, n))
    means = true + luck.sum(axis=0).mean(axis=0)
    assert np.corrcoef(true, means)[0, 1] ** 2 == pytest.approx(numbers["mean4"], abs=0.01)


def test_right_answers_of_another_name_are_asked_whose_they_are():
    """By chance some of them look like a mistake in these data."""
    exercise = find("07.8")
    answer = exercise.right_answer(own_numbers(17, exercise))
    said = [said_to("07.8", answer, name) for name in ("learner", "someone else")]
    assert all("this very name" in one for one in said) and "knows images only" in said[1]
