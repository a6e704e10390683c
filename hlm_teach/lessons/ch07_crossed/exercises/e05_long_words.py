"""07.5 Long words: for whom does p speak?"""

import numpy as np
from scipy.stats import norm

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult

MODEL = "log_rt ~ length"


def p_and_df(fit: LmmResult) -> tuple[float, float]:
    return float(fit.pvalues["length"]), float(fit.df["length"])


def numbers() -> Numbers:
    """p and df of a word's length, by what may vary: persons, words as well, slopes as well."""
    words = load_data("fhch2010")
    words["log_rt"] = np.log(words["rt"])
    persons, items, both, slopes = (
        fit_lmm(MODEL, words, random=random)
        for random in (
            {"id": "1"},
            {"item": "1"},
            {"id": "1", "item": "1"},
            {"id": "1 + length", "item": "1"},
        )
    )
    raw = fit_lmm("rt ~ length", words, random={"id": "1", "item": "1"})
    raw_slopes = fit_lmm("rt ~ length", words, random={"id": "1 + length", "item": "1"})
    tied = fit_lmm(MODEL, words, random={"id": "1 + length", "item": "1"}, correlated=False)
    (p_both, df_both), (p_slopes, df_slopes) = p_and_df(both), p_and_df(slopes)
    (p_tied, df_tied), (p_persons, df_persons) = p_and_df(tied), p_and_df(persons)
    return {
        "p_persons": p_persons,
        "p_both": p_both,
        "p_slopes": p_slopes,
        "df_slopes": df_slopes,
        "claim": "b",
        "p_items": p_and_df(items)[0],
        "p_tied": p_tied,
        "df_tied": df_tied,
        "p_by_z": 2 * norm.sf(abs(slopes.tvalues["length"])),
        "p_raw": p_and_df(raw)[0],
        "p_raw_slopes": p_and_df(raw_slopes)[0],
        "df_both": df_both,
        "df_persons": df_persons,
        "persons_less_1": words["id"].nunique() - 1,
        "words_less_2": words["item"].nunique() - 2,
    }


MISTAKES = (
    Mistake(
        {"p_both": "p_raw", "p_slopes": "p_raw_slopes"},
        "The outcome is the time itself in your models. The logarithm of the time is asked for.",
    ),
    Mistake(
        {"p_persons": 0.001},
        "The table prints a small p as '< 0.001', which is a bound. Look for its digits in the "
        "fit's `pvalues`.",
    ),
    Mistake(
        {"p_both": "p_items"},
        "For both you let words vary and left the persons out. Both are to vary at once.",
    ),
    Mistake(
        {"p_both": "p_persons"},
        "For both you gave the p of persons alone: the words have no effects of their own in it.",
    ),
    Mistake(
        {"p_slopes": "p_tied", "df_slopes": "df_tied"},
        "Intercepts and slopes were held uncorrelated. That ties the model to words of no "
        "letters: let them correlate.",
    ),
    Mistake({"p_slopes": "p_tied"}, "For p_slopes the correlation was left out: keep it."),
    Mistake(
        {"p_slopes": "p_both"},
        "For p_slopes every reader still has the same slope. Whose slopes can differ?",
    ),
    Mistake(
        {"p_slopes": "p_by_z"},
        "That p comes from the normal distribution. With a score of readers take t, as "
        "fit_lmm's table does.",
    ),
    Mistake(
        {"df_slopes": "df_persons"},
        "Those degrees of freedom count single trials, as if each were a fresh reader and word.",
    ),
    Mistake(
        {"df_slopes": "df_both"},
        "Those degrees of freedom are of the model in which every reader has the same slope.",
    ),
    Mistake(
        {"df_slopes": "persons_less_1"},
        "Persons less one is a rule for slopes that differ between persons and nothing else. "
        "Here words count too: read the df in the fit's table.",
    ),
    Mistake(
        {"df_slopes": "words_less_2"},
        "Words less two would do if readers had no slopes of their own. Read the fit's table.",
    ),
    Mistake(
        {"claim": "a"},
        "Many degrees of freedom are no merit: there, ten readers of one word count as ten words. "
        "For which words does that p speak?",
    ),
    Mistake(
        {"claim": "c"},
        "With words as well other words are allowed for, and every reader still has the very "
        "same slope. Does the claim speak of these readers only?",
    ),
    Mistake(
        {"claim": "d"},
        "The design is fine: readers and words are both samples. It takes a model that knows it.",
    ),
)

EXERCISE = Exercise(
    "07.5",
    "Long words: for whom does p speak?",
    Several(
        p_persons=Number(4),
        p_both=Number(3),
        p_slopes=Number(3),
        df_slopes=Number(0, within=1),
        claim=Choice("abcd"),
    ),
    numbers=numbers,
    why="the estimate hardly moved, and p went from {p_persons:.4f} to {p_slopes:.3f}: what "
    "changed is for whom, and for which words, it speaks.",
    mistakes=MISTAKES,
    nudge="Which of the two, readers or words, would be others if the study were done again?",
    section="Twenty people, three hundred words",
    formula='random={"id": "1 + length", "item": "1"}: a slope varies over persons, since each '
    "reads words of every length; a word has one length",
    points=3,
)
